import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Attempt, callOf } from './call.ts';
import { credentialsConfig, explicitCredentials } from './credentials/explicit.ts';
import type { CredentialSource } from './credentials.ts';
import { isKnownRegion } from './endpoints.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { onceMoreWhenPutRight } from './put-right.ts';
import type { UpstreamError } from './upstream-error.ts';

/** The file of further accounts: `[{ id, credentials, regions? }]`. */
export const accountsFile = z
  .array(
    z.object({
      id: z.string().regex(/^[\w-]{1,64}$/, 'expected the id of an account'),
      credentials: credentialsConfig,
      /** Absent: all. */
      regions: z.array(z.string().refine(isKnownRegion, 'expected the id of a region')).min(1).optional(),
    }),
  )
  .refine((accounts) => new Set(accounts.map(({ id }) => id)).size === accounts.length, 'expected each id once');

/** What the file of further accounts holds. */
export type AccountsFile = z.infer<typeof accountsFile>;

/** Whose credentials there are. */
export interface AccountsOptions {
  /** The account of requests that name none; its id is asked from STS when it is not given. */
  defaultAccount: { id?: string | undefined; credentials: CredentialSource };
  others?: AccountsFile;
  /** Region of the STS host, which matters inside of VPCs only. */
  stsRegionId?: string;
  /** Hears of each failed fetch of a further account's credentials, also while older ones still serve. */
  report?(accountId: string, failure: UpstreamError): void;
}

/** The accounts that the gateway holds credentials for. */
export interface Accounts {
  /** Undefined for an account that is not known. */
  credentialsOf(accountId: string): CredentialSource | undefined;
  /** Whether there are credentials for the account, and whether it may be asked in the region. */
  knows(accountId: string, regionId: string): { account: boolean; region: boolean };
  /** The default account's id when it was given or has been asked. */
  readonly defaultAccountId: string | undefined;
  /** Asks STS for the default account's id if need be: once, whoever waits for it, until it answers. */
  resolveDefaultAccountId(attempt: Attempt, options: { signal: AbortSignal }): Promise<string>;
}

/** Stands for the default account while nobody knows its id. A request that could name it would get around policies. */
const DEFAULT_ACCOUNT = `default-${randomUUID()}`;

/** The accounts of a process; nothing is asked of anybody before it is needed. */
export function createAccounts(options: AccountsOptions): Accounts {
  const { defaultAccount, others = [], stsRegionId = 'cn-hangzhou', report = () => {} } = options;
  const known = new Map(
    others.map(({ id, credentials: config, regions }) => {
      const reported = { report: (failure: UpstreamError) => report(id, failure) };
      return [id, { credentials: explicitCredentials(config, defaultAccount.credentials, reported), regions }];
    }),
  );
  let defaultAccountId = defaultAccount.id;
  let asking: Promise<string> | undefined;

  const find = (accountId: string) => {
    const isDefault = accountId === DEFAULT_ACCOUNT || accountId === defaultAccountId;
    return (
      known.get(accountId) ?? (isDefault ? { credentials: defaultAccount.credentials, regions: undefined } : undefined)
    );
  };

  return {
    credentialsOf: (accountId) => find(accountId)?.credentials,
    knows(accountId, regionId) {
      const account = find(accountId);
      const region = isKnownRegion(regionId) && (account?.regions?.includes(regionId) ?? true);
      return { account: account !== undefined, region };
    },
    get defaultAccountId() {
      return defaultAccountId;
    },
    async resolveDefaultAccountId(attempt, { signal }) {
      signal.throwIfAborted();
      if (defaultAccountId !== undefined) return defaultAccountId;
      asking ??= ask(attempt, stsRegionId)
        .then((id) => {
          defaultAccountId = id;
          return id;
        })
        .finally(() => {
          asking = undefined;
        });
      return untilAborted(asking, signal);
    },
  };
}

/** Not bound to any caller's signal, since others may wait for it; the attempt has a time of its own. */
function ask(attempt: Attempt, regionId: string): Promise<string> {
  const call = callOf(getCallerIdentity, { accountId: DEFAULT_ACCOUNT, regionId }, undefined);
  return onceMoreWhenPutRight(attempt)(call, { signal: new AbortController().signal });
}

async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
