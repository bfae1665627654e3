import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The gateway in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** Sends a signal, and resolves when the process has ended: with what, and after how long. */
  end(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null; milliseconds: number }>;
}

const MAIN = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url));

/** They do not outlive tests that are given up in the middle. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});
process.once('SIGTERM', () => process.exit(143));

export interface GatewayProcessOptions {
  /** What to run in place of this repository's gateway; default: this node and its `gateway/main.ts`. */
  command?: readonly [string, ...string[]];
  cwd?: string;
  /** Arguments of node itself, where `command` is left out. */
  nodeArguments?: readonly string[];
}

/** Starts it on a free port, and resolves when it listens. Raises what it said when it ended instead. */
export async function startGatewayProcess(
  environment: Record<string, string> = {},
  { cwd, nodeArguments = [], command = [process.execPath, ...nodeArguments, MAIN] }: GatewayProcessOptions = {},
): Promise<GatewayProcess> {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const found = /GraphQL +(http:\/\/\S+)\/graphql/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with code ${code}: ${output}`)));
  });
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const began = performance.now();
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    return { code: child.exitCode, signal: child.signalCode, milliseconds: performance.now() - began };
  };
  return {
    url,
    child,
    output: () => output,
    end,
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}
