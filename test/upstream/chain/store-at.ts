import { createAttempt } from '../../../upstream/attempt.ts';
import { createRKVStore, type RKVStoreClient, type RKVStoreOptions } from '../../../upstream/client.ts';
import { staticCredentials } from '../../../upstream/credentials.ts';
import { createEndpoints } from '../../../upstream/endpoints.ts';
import { describeClusterBackupList } from '../../../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../../../upstream/operations/describe-instances.ts';
import { describeRegions } from '../../../upstream/operations/describe-regions.ts';
import type { ClusterBackupListQuery, ReadOptions } from '../../../upstream/rkvstore.ts';

export const ACCOUNT = '1234567890123456';
/** Its access key id is its own id, with `other-secret`. */
export const OTHER_ACCOUNT = '2222222222222222';
export const DAY = 86_400_000;

/** A client whose every call goes to one server; ends with its connections. */
export function storeAt(url: string, options: Partial<RKVStoreOptions> = {}): RKVStoreClient & AsyncDisposable {
  const attemptTimeoutMs = options.attemptTimeoutMs ?? 3_000;
  const attempt = createAttempt({
    endpoints: createEndpoints({ override: url }),
    credentialsOf: (accountId) =>
      staticCredentials(
        accountId === ACCOUNT
          ? { accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' }
          : { accessKeyId: accountId, accessKeySecret: 'other-secret' },
      ),
    userAgent: 'kvstore-gateway/test',
    timeoutMs: attemptTimeoutMs,
  });
  const store = createRKVStore({
    attempt,
    operations: {
      describeClusterBackupList: describeClusterBackupList(),
      describeInstances: describeInstances(),
      describeRegions,
    },
    accounts: {
      defaultAccountId: ACCOUNT,
      knows: (accountId) => ({ account: accountId === ACCOUNT || accountId === OTHER_ACCOUNT, region: true }),
    },
    callsPerMinute: 1_000,
    concurrency: 16,
    attemptTimeoutMs,
    ...options,
  });
  const closeStore = store.close;
  const close = async () => {
    await closeStore();
    await attempt.close();
  };
  return Object.defineProperties(store, {
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  }) as RKVStoreClient & AsyncDisposable;
}

/** A page of a window that ended days ago, so that it stays the same. */
export function pastPage(instanceId: string, changes: Partial<ClusterBackupListQuery> = {}): ClusterBackupListQuery {
  const endTime = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
  return {
    accountId: ACCOUNT,
    regionId: 'cn-hangzhou',
    instanceId,
    startTime: endTime - 10 * DAY,
    endTime,
    pageSize: 5,
    pageNumber: 1,
    withShards: false,
    withLinks: false,
    ...changes,
  };
}

/** How a read is asked for; by default as somebody who waits up to twelve seconds, however slow the machine. */
export function reader(changes: Partial<ReadOptions> = {}): ReadOptions {
  return {
    signal: new AbortController().signal,
    deadline: Date.now() + 12_000,
    priority: 'interactive',
    readThrough: false,
    meter: { made: 0, cached: 0 },
    ...changes,
  };
}

/** How much time an outcome took, in milliseconds. */
export async function timed<Value>(run: () => Promise<Value>): Promise<{ outcome: Value; ms: number }> {
  const startedAt = performance.now();
  const outcome = await run();
  return { outcome, ms: performance.now() - startedAt };
}

/** The middle one: others work on the machine too. */
export function median(times: readonly number[]): number | undefined {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)];
}
