import { parseArgs } from 'node:util';
import { ZodError, z } from 'zod';
import type { Account } from './accounts.ts';
import { type Behaviour, behaviourSchema } from './behaviour.ts';
import { faultRequestSchema } from './faults.ts';
import type { SandboxOptions } from './options.ts';
import type { Sandbox } from './sandbox.ts';
import { startSandbox } from './server.ts';

const USAGE = `Usage: npm run sandbox -- [options]

  --port N              4100; 0 picks a free one
  --host ADDRESS        127.0.0.1
  --instances N         instances of each account; 40
  --shards N            shards of every cluster; by default 2 to 32
  --days N              days for which automated backups are kept; 45
  --seed N              another world for each seed
  --no-running-backups  nothing is backed up round the clock
  --account ID:KEY:SECRET[:TOKEN]  one more account; may be repeated
  --latency MS          every answer comes later
  --error-rate R        the share of calls, 0 to 1, that fails with ServiceUnavailable
  --calls-per-minute N  more calls of one account and action are Throttling.User
  --fault JSON          a fault as in docs/sandbox.md; may be repeated
  --behaviour NAME=VALUE  a switch as in docs/sandbox.md; may be repeated
  --help
`;

await main(process.argv.slice(2));

async function main(words: string[]): Promise<void> {
  try {
    const options = optionsOf(words);
    if (!options) return void process.stdout.write(USAGE);
    const sandbox = await startSandbox(options);
    process.stdout.write(greeting(sandbox));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
    }
  } catch (error) {
    process.stderr.write(`sandbox: ${lineOf(error)}\n`);
    process.exitCode = 1;
  }
}

/** Undefined when only help was asked for. */
function optionsOf(words: string[]): SandboxOptions | undefined {
  const { values } = parseArgs({
    args: words,
    allowNegative: true,
    options: {
      port: { type: 'string', default: '4100' },
      host: { type: 'string' },
      instances: { type: 'string' },
      shards: { type: 'string' },
      days: { type: 'string' },
      seed: { type: 'string' },
      'running-backups': { type: 'boolean', default: true },
      account: { type: 'string', multiple: true, default: [] },
      latency: { type: 'string' },
      'error-rate': { type: 'string' },
      'calls-per-minute': { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      behaviour: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'latency' | 'error-rate' | 'calls-per-minute') => numberOf(name, values[name]);
  const [latency, rate, callsPerMinute] = [number('latency'), number('error-rate'), number('calls-per-minute')];
  const faults = [
    ...(latency === undefined ? [] : [{ kind: 'latency', ms: latency }]),
    ...(rate === undefined ? [] : [{ kind: 'error', code: 'ServiceUnavailable', rate }]),
    ...(callsPerMinute === undefined ? [] : [{ kind: 'throttle', callsPerMinute }]),
    ...values.fault.map((text) => jsonOf('fault', text)),
  ];
  return {
    host: values.host,
    port: numberOf('port', values.port),
    instances: numberOf('instances', values.instances),
    shards: numberOf('shards', values.shards),
    days: numberOf('days', values.days),
    seed: numberOf('seed', values.seed),
    runningBackups: values['running-backups'],
    accounts: values.account.map(accountOf),
    faults: faults.map((fault) => faultRequestSchema.parse(fault)),
    behaviour: behaviourOf(values.behaviour),
  };
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) throw new RangeError(`--${name} takes a number, got ${JSON.stringify(text)}`);
  return Number(text);
}

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(`--${name} takes JSON, got ${JSON.stringify(text)}`);
  }
}

function accountOf(text: string): Account {
  const [accountId, accessKeyId, accessKeySecret, securityToken, ...rest] = text.split(':');
  if (!accountId || !accessKeyId || !accessKeySecret || rest.length > 0) {
    // what was given has a secret in it
    throw new RangeError('--account takes ID:KEY:SECRET or ID:KEY:SECRET:TOKEN');
  }
  return { accountId, accessKeys: [{ accessKeyId, accessKeySecret, securityToken }] };
}

function behaviourOf(texts: readonly string[]): Partial<Behaviour> {
  const pairs = texts.map((text) => {
    const [name = '', value = ''] = text.split('=');
    return [name, /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value];
  });
  return behaviourSchema.partial().parse(Object.fromEntries(pairs)) as Partial<Behaviour>;
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
  if (error instanceof ZodError)
    return z
      .prettifyError(error)
      .replace(/✖ |\s+/g, ' ')
      .trim();
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return 'the port is taken; choose another with --port';
  return error.message.split('\n')[0] ?? '';
}
