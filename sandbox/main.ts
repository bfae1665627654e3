import { readCommandLine, USAGE } from './command-line.ts';
import { endsWithNpm } from './ends-with-npm.ts';
import type { Sandbox } from './sandbox.ts';
import { startSandbox } from './server.ts';

// `npm run sandbox`. Exit codes: 0 after SIGTERM or SIGINT, 1 when it cannot start.
try {
  const options = readCommandLine(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
  else run(await startSandbox(options));
} catch (error) {
  process.stderr.write(`sandbox: ${lineOf(error)}\n`);
  process.exitCode = 1;
}

function run(sandbox: Sandbox): void {
  const end = () => void sandbox.close().then(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  endsWithNpm(end);
  process.stdout.write(greeting(sandbox));
}

function greeting({ url, accountId, accessKeyId, accessKeySecret, demo, accounts }: Sandbox): string {
  return [
    `R-KVStore sandbox  ${url}`,
    `account            ${accountId}`,
    `access key         ${accessKeyId}`,
    `secret             ${accessKeySecret}`,
    ...accounts
      .slice(1)
      .map((account) => `another account    ${account.accountId}, access key ${account.accessKeys[0]?.accessKeyId}`),
    `an instance        ${demo.instanceId} (${demo.name}) in ${demo.regionId}`,
    `faults             POST ${url}/_sandbox/faults`,
    '',
  ].join('\n');
}

/** One line, whatever went wrong. */
function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return 'the port is taken; choose another with --port';
  return error.message.split('\n')[0] ?? '';
}
