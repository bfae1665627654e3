import { type AccessKey, type Account, DEFAULT_ACCESS_KEY, DEFAULT_ACCOUNT_ID } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import type { ExplicitBackup } from './data/explicit-backups.ts';
import type { FaultRequest } from './faults.ts';

/** How a sandbox is started; everything has a default. */
export interface SandboxOptions {
  /** 127.0.0.1. */
  host?: string;
  /** 0: a free one. */
  port?: number;
  /** Same seed and same clock: same data. */
  seed?: number;
  /** Instances of each account that does not say otherwise; 40. */
  instances?: number;
  /** Shards of every cluster; by default 2 to 32, by instance. */
  shards?: number;
  /** Days for which automated backups are kept, one a day; manual ones are kept four times as long. 45. */
  days?: number;
  /**
   * Whether some instances are backed up round the clock, the first of each account without a pause: true. Without it an
   * instance has its daily backups and a manual one now and then.
   */
  runningBackups?: boolean;
  /** Accounts beside the default one, or instead of it when they have its id. */
  accounts?: readonly Account[];
  /** Clock of the data, epoch milliseconds. */
  now?: () => number;
  /** Clock that signatures are checked by; `now` by default. A client that cannot be given a clock needs `Date.now` here. */
  signatureNow?: () => number;
  behaviour?: Partial<Behaviour>;
  faults?: readonly FaultRequest[];
  /** Backups by instance id that stand for the instance's own; also `Sandbox.backups`. */
  backups?: Iterable<readonly [instanceId: string, backups: ExplicitBackup[]]>;
}

export const DEFAULTS = { host: '127.0.0.1', port: 0, seed: 20_240_110, instances: 40, days: 45 } as const;

/** The default account first, unless an account with its id is given. */
export function accountsOf(options: SandboxOptions): Account[] {
  const given = options.accounts ?? [];
  const key: AccessKey = { ...DEFAULT_ACCESS_KEY };
  if (given.some((account) => account.accountId === DEFAULT_ACCOUNT_ID)) return [...given];
  return [{ accountId: DEFAULT_ACCOUNT_ID, accessKeys: [key] }, ...given];
}
