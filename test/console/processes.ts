import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A process of the project that listens. */
export interface Listening {
  /** `http://127.0.0.1:4100`, without a slash at its end. */
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The gateway on a free port, on its own sandbox unless the environment says otherwise. */
export function startGatewayProcess(env: Readonly<Record<string, string>> = {}): Promise<Listening> {
  return start(['gateway/main.ts'], env, /Console\s+(http:\S+?)\/?$/);
}

/** The emulated upstream alone, for a gateway that gets its URL as `UPSTREAM_ENDPOINT`. */
export function startSandboxProcess(args: readonly string[] = []): Promise<Listening> {
  return start(['sandbox/main.ts', '--port', '0', ...args], {}, /sandbox\s+(http:\S+?)\/?$/);
}

async function start(args: readonly string[], env: Readonly<Record<string, string>>, line: RegExp): Promise<Listening> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', AUDIT_LOG: '/dev/null', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  for await (const text of createInterface(child.stdout)) {
    const url = line.exec(text)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, [Symbol.asyncDispose]: () => end(child) };
  }
  throw new Error(`${args.join(' ')} ended before it listened: ${said}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
