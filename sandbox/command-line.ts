import { parseArgs } from 'node:util';
import { type ZodError, z } from 'zod';
import type { Account } from './accounts.ts';
import { type Behaviour, behaviourSchema } from './behaviour.ts';
import { type FaultRequest, faultRequestSchema } from './faults.ts';
import type { SandboxOptions } from './options.ts';

/** What `--help` prints. */
export const USAGE = `Usage: npm run sandbox -- [options]

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

/**
 * The options of a command line; undefined when only help was asked for. Raises an error whose message is one line that
 * names the option, what it takes, and what it was given where that is no secret.
 */
export function readCommandLine(words: string[]): SandboxOptions | undefined {
  const { values } = parseArgs({
    args: valuesAttached(words),
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
  const fault = (name: 'latency' | 'error-rate' | 'calls-per-minute', of: (value: number) => unknown) => {
    const value = numberOf(name, values[name]);
    return value === undefined ? [] : [faultOf(name, of(value))];
  };
  return {
    host: values.host,
    port: numberOf('port', values.port),
    instances: numberOf('instances', values.instances),
    shards: numberOf('shards', values.shards),
    days: numberOf('days', values.days),
    seed: numberOf('seed', values.seed),
    runningBackups: values['running-backups'],
    accounts: values.account.map(accountOf),
    faults: [
      ...fault('latency', (ms) => ({ kind: 'latency', ms })),
      ...fault('error-rate', (rate) => ({ kind: 'error', code: 'ServiceUnavailable', rate })),
      ...fault('calls-per-minute', (callsPerMinute) => ({ kind: 'throttle', callsPerMinute })),
      ...values.fault.map((text) => faultOf('fault', jsonOf('fault', text))),
    ],
    behaviour: behaviourOf(values.behaviour),
  };
}

/** `--instances -1` as `--instances=-1`, so that what is said about it is that it takes no such number. */
function valuesAttached(words: string[]): string[] {
  return words.flatMap((word, index) => {
    if (/^-\d/.test(word) && words[index - 1]?.startsWith('--')) return [];
    const next = words[index + 1] ?? '';
    return word.startsWith('--') && /^-\d/.test(next) ? [`${word}=${next}`] : [word];
  });
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

function faultOf(option: string, value: unknown): FaultRequest {
  const { data, error } = faultRequestSchema.safeParse(value);
  if (error) throw new RangeError(`--${option}: ${inOneLine(error)}`);
  return data;
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
  const { data, error } = behaviourSchema.partial().safeParse(Object.fromEntries(pairs));
  if (error) throw new RangeError(`--behaviour: ${inOneLine(error)}`);
  return data as Partial<Behaviour>;
}

function inOneLine(error: ZodError): string {
  return z
    .prettifyError(error)
    .replace(/✖ |\s+/g, ' ')
    .trim();
}
