import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:4000`, without a path. */
  readonly url: string;
  /** `performance.now()` when the process was started. */
  readonly startedAt: number;
  /** What it has used so far; with `collect` after its garbage was collected. */
  usage(collect?: 'collect'): Promise<Usage>;
  output(): string;
  stop(): Promise<void>;
}

/** What a process has used, as it says itself. */
export interface Usage {
  cpuMicroseconds: number;
  /** In memory now, and the most there ever were. */
  residentBytes: number;
  peakBytes: number;
  /** By objects and buffers that are alive, and garbage that was not collected yet. */
  heldBytes: number;
}

export interface StartOptions {
  arguments?: readonly string[];
  /** All that it gets besides PATH. */
  environment?: Readonly<Record<string, string>>;
  /** Whether it can be asked for its usage: true. Without, it is started as anybody would. */
  reports?: boolean;
}

const STARTS_WITHIN_MS = 60_000;

/** Starts a script that prints the address it listens on; its output goes to a file, so that nobody has to keep reading it. */
export async function startServer(
  script: string,
  { arguments: given = [], environment = {}, reports = true }: StartOptions = {},
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const path = join(folder, 'output');
  const file = openSync(path, 'a');
  const flags = reports ? ['--import', new URL('usage-reporter.ts', import.meta.url).href] : [];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, script, ...given], {
    stdio: ['ignore', file, file, ...(reports ? ['ipc' as const] : [])],
    env: { PATH: process.env.PATH, ...environment },
  });
  closeSync(file);
  const output = () => readFileSync(path, 'utf8');
  return {
    url: await listening(child, script, output),
    startedAt,
    async usage(collect) {
      child.send({ collect: collect !== undefined });
      const [usage] = await once(child, 'message');
      return usage;
    },
    output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(child: ChildProcess, script: string, output: () => string): Promise<string> {
  const until = performance.now() + STARTS_WITHIN_MS;
  while (performance.now() < until) {
    const url = /\bhttp:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    if (url !== undefined) return url;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  throw new Error(`${script} did not start:\n${output()}`);
}
