import { type AccessKey, type Account, DEFAULT_ACCESS_KEY, DEFAULT_ACCOUNT_ID } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import type { ExplicitBackup } from './data/explicit-backups.ts';
import { MAX_INSTANCES } from './data/instances.ts';
import type { FaultRequest } from './faults.ts';

/** How a sandbox is started; everything has a default. */
export interface SandboxOptions {
  /** 127.0.0.1. */
  host?: string | undefined;
  /** 0: a free one. */
  port?: number | undefined;
  /** Same seed and same clock: same data. */
  seed?: number | undefined;
  /** Instances of each account that does not say otherwise; 40. */
  instances?: number | undefined;
  /** Shards of every cluster; by default 2 to 32, by instance. */
  shards?: number | undefined;
  /** Days for which automated backups are kept, one a day; manual ones are kept four times as long. 45. */
  days?: number | undefined;
  /**
   * Whether some instances are backed up round the clock, the first of each account without a pause: true. Without it an
   * instance has its daily backups and a manual one now and then.
   */
  runningBackups?: boolean | undefined;
  /** Accounts beside the default one, or instead of it when they have its id. */
  accounts?: readonly Account[] | undefined;
  /** Clock of the data, epoch milliseconds. */
  now?: (() => number) | undefined;
  /** Clock that signatures are checked by; `now` by default. A client that cannot be given a clock needs `Date.now` here. */
  signatureNow?: (() => number) | undefined;
  behaviour?: Partial<Behaviour> | undefined;
  faults?: readonly FaultRequest[] | undefined;
  /** Backups by instance id that stand for the instance's own; also `Sandbox.backups`. */
  backups?: Iterable<readonly [instanceId: string, backups: ExplicitBackup[]]> | undefined;
}

export const DEFAULTS = { host: '127.0.0.1', port: 0, seed: 20_240_110, instances: 40, days: 45 } as const;

const RANGES = {
  port: [0, 65_535],
  seed: [0, 4_294_967_295],
  instances: [1, MAX_INSTANCES],
  shards: [1, 256],
  days: [1, 3650],
} as const;

/** Raises a `RangeError` that names the first option whose number is out of range, what it was given, and what it takes. */
export function checkRanges(options: SandboxOptions): void {
  for (const [name, [from, to]] of Object.entries(RANGES)) {
    const value = options[name as keyof typeof RANGES];
    if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) continue;
    throw new RangeError(`${name} takes a whole number from ${from} to ${to}, got ${value}`);
  }
}

/** The default account first, unless an account with its id is given. */
export function accountsOf(options: SandboxOptions): Account[] {
  const given = options.accounts ?? [];
  const key: AccessKey = { ...DEFAULT_ACCESS_KEY };
  if (given.some((account) => account.accountId === DEFAULT_ACCOUNT_ID)) return [...given];
  return [{ accountId: DEFAULT_ACCOUNT_ID, accessKeys: [key] }, ...given];
}
