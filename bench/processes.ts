import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:4000`, without a path. */
  readonly url: string;
  /** Milliseconds from the start of the process to the line that names its address. */
  readonly startedInMs: number;
  /** Microseconds of processor time so far. */
  cpuMicroseconds(): number;
  /** Bytes in memory now. */
  residentBytes(): number;
  output(): string;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;
/** Linux counts processor time in these. */
const TICK_MICROSECONDS = 10_000;

/** Starts a script that prints the address it listens on; its output goes to a file, so that nobody has to keep reading it. */
export async function startServer(
  script: string,
  { arguments: given = [], environment = {}, flags = [], cwd }: StartOptions = {},
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const path = join(folder, 'output');
  const file = openSync(path, 'a');
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, script, ...given], {
    stdio: ['ignore', file, file],
    env: { PATH: process.env.PATH, ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  });
  closeSync(file);
  const output = () => readFileSync(path, 'utf8');
  const url = await listening(child, script, output);
  const startedInMs = performance.now() - began;
  return {
    url,
    startedInMs,
    cpuMicroseconds: () => processorTicks(child) * TICK_MICROSECONDS,
    residentBytes: () => residentBytes(child),
    output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface StartOptions {
  arguments?: readonly string[];
  /** All that it gets besides PATH. */
  environment?: Readonly<Record<string, string>>;
  /** For node itself. */
  flags?: readonly string[];
  cwd?: string;
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

function processorTicks(child: ChildProcess): number {
  const [, fields = ''] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  return Number(user) + Number(system);
}

function residentBytes(child: ChildProcess): number {
  const [, pages] = readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4_096;
}
