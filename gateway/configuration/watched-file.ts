import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A watch that goes on until it is closed; it never keeps the process alive. */
export interface FileWatch {
  close(): void;
}

const POLL_INTERVAL_MS = 500;

/**
 * Calls `onChange` within two seconds after the file at `path` changed: written in place, replaced by a rename, reached
 * through a symlink that now leads elsewhere (Kubernetes swaps its `..data` so), removed, or back again. Changes in quick
 * succession may come as one call. Calls never overlap: the next look waits for a promise that `onChange` returns.
 *
 * Start the watch before reading the file, or a change in between goes unseen. `onChange` must not throw.
 *
 * Polls, because inotify follows neither a swapped symlink nor a network file system.
 *
 * @param intervalMs Milliseconds between two looks.
 */
export function watchFile(
  path: string,
  onChange: () => void | Promise<void>,
  intervalMs: number = POLL_INTERVAL_MS,
): FileWatch {
  let seen = fingerprintNow(path);
  let looking = false;
  let closed = false;

  const look = async () => {
    if (looking) return;
    looking = true;
    const found = await fingerprint(path);
    if (!closed && found !== seen) {
      seen = found;
      await onChange();
    }
    looking = false;
  };

  const timer = setInterval(look, intervalMs);
  timer.unref();
  return {
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}

const MISSING = 'missing';

function fingerprintNow(path: string): string {
  try {
    return describe(statSync(path, { bigint: true }));
  } catch {
    return MISSING;
  }
}

async function fingerprint(path: string): Promise<string> {
  try {
    return describe(await stat(path, { bigint: true }));
  } catch {
    return MISSING;
  }
}

// `stat` follows every symlink on the way, so another target shows as another inode.
function describe(found: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}
