import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SandboxOptions } from '../../sandbox/options.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { startGatewayProcess } from '../end-to-end/gateway-process.ts';

/** The console as the gateway serves it, on a sandbox that the test holds in its hand. */
export interface ConsoleUnderTest extends AsyncDisposable {
  /** `http://127.0.0.1:4000`, without a slash at its end. */
  url: string;
  sandbox: Sandbox;
}

const run = promisify(execFile);

const CONSOLE = fileURLToPath(new URL('../../console/', import.meta.url));

/** Where the built console is. */
export const DIST = `${CONSOLE}dist/`;

/** Builds the console unless what is built is newer than all it is built from. Of tests that want it at once, one builds. */
async function buildConsole(): Promise<void> {
  const release = await lock(`${CONSOLE}dist.lock`);
  try {
    await buildWhenStale();
  } finally {
    release();
  }
}

async function buildWhenStale(): Promise<void> {
  const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('dist') && /\.(tsx?|css|html|svg)$/.test(name),
  );
  const newest = Math.max(...sources.map((name) => statSync(CONSOLE + name).mtimeMs));
  const built = statSync(`${DIST}index.html`, { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > newest) return;
  // A process of its own: under a test's environment the page would be built for development.
  await run('npm', ['run', '--silent', 'build:console'], {
    cwd: `${CONSOLE}..`,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}

/** Waits until nobody else has it. One that was left behind by a process that was ended counts for a minute. */
async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      mkdirSync(path);
      return () => rmSync(path, { recursive: true, force: true });
    } catch {
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > 60_000) rmSync(path, { recursive: true, force: true });
      await delay(50);
    }
  }
}

export async function startConsole(
  options: SandboxOptions = {},
  environment: Record<string, string> = {},
): Promise<ConsoleUnderTest> {
  await buildConsole();
  const sandbox = await startSandbox(options);
  const gateway = await startGatewayProcess({
    UPSTREAM_ENDPOINT: sandbox.url,
    AUDIT_LOG: '/dev/null',
    LOG_LEVEL: 'error',
    ...environment,
  });
  return {
    url: gateway.url,
    sandbox,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}
