import { ZodError } from 'zod';
import { PolicyFaults } from '../permissions/policy-fault.ts';
import { endsWithNpm } from '../sandbox/ends-with-npm.ts';
import { type Configuration, ConfigurationError, readConfiguration } from './configuration/configuration.ts';
import type { DemoPlace } from './demo/demo-instance.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { welcomeText } from './welcome.ts';

// What `main.ts` starts. Exit codes: 0 after SIGTERM or SIGINT, 1 when it cannot start, or ends for a fault of its own.

/** Then the process exits, whatever is still open. */
const LONGEST_END_MS = 9_900;

let starting: Promise<Gateway> | undefined;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
endsWithNpm(() => void end(0));

try {
  const configuration = readConfiguration(process.env);
  starting = startGateway(configuration, { environment: process.env });
  const gateway = await starting;
  watchFaults(gateway);
  const { url, sandbox, principals } = gateway;
  const upstream = sandbox === undefined ? 'the upstream that was configured' : 'its sandbox';
  const demo =
    configuration.upstream === 'sandbox'
      ? { principals, instance: sandbox?.demo ?? (await standaloneDemo(configuration)) }
      : undefined;
  process.stdout.write(welcomeText({ url, upstream, demo }));
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}

/** Asked only for somebody who reads it: an endpoint that is no sandbox is not to get a request that it does not know. */
async function standaloneDemo({ upstreamEndpoint }: Configuration): Promise<DemoPlace | undefined> {
  if (upstreamEndpoint === undefined || process.stdout.isTTY !== true) return undefined;
  const { demoInstanceAt } = await import('./demo/demo-instance.ts');
  return demoInstanceAt(upstreamEndpoint);
}

/** Ends the process, once, with requests in flight answered. */
async function end(exitCode: number): Promise<never> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).on(signal, () => {});
  setTimeout(() => process.exit(exitCode), LONGEST_END_MS).unref();
  try {
    const gateway = await starting;
    await gateway?.close();
  } catch {
    process.exit(1);
  }
  process.exit(exitCode);
}

/** A rejection that nobody handles is logged and must not end the process; after an error that nobody caught its state is unknown, so it ends. */
function watchFaults({ logger }: Gateway): void {
  process.on('unhandledRejection', (reason) => {
    logger.error({ err: reason instanceof Error ? reason : new Error(String(reason)) }, 'unhandled rejection');
  });
  process.once('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception: the process ends');
    void end(1);
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof PolicyFaults) return error.message.replace(/^/gm, 'RAM_POLICIES: ');
  if (error instanceof ZodError) {
    // Where, not what: the file holds secrets.
    return error.issues.map(({ path, message }) => `ACCOUNTS: ${path.join('.')}: ${message}`).join('\n');
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'PORT: another process listens there already; PORT=0 picks a free one';
  if (code === 'EACCES') return 'PORT: not allowed to listen there';
  return `cannot start: ${message}`;
}
