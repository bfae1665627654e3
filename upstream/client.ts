import type { Accounts } from './accounts.ts';
import type { Attempt, Operation } from './call.ts';
import { AnswerCache } from './chain/answer-cache.ts';
import { breaker } from './chain/breaker.ts';
import { bulkhead } from './chain/bulkhead.ts';
import { clusterBackupListKeys, instancesKeys, regionsKeys } from './chain/cache-keys.ts';
import { counted } from './chain/counted.ts';
import { downloadLinks } from './chain/download-links.ts';
import { chain, type Send } from './chain/link.ts';
import type { UpstreamObserver } from './chain/observer.ts';
import { quota } from './chain/quota.ts';
import { type ReaderOptions, reading } from './chain/reader.ts';
import { retries } from './chain/retry.ts';
import { SharedRedis } from './chain/shared-redis.ts';
import { SingleFlight } from './chain/single-flight.ts';
import { clusterBackupsTimeToLiveMs, instancesTimeToLiveMs, REGIONS_MS } from './chain/time-to-live.ts';
import type { ClusterBackupListQuery, InstancesQuery, RegionsQuery, RKVStore } from './rkvstore.ts';
import type { ClusterBackupPage, InstancePage, RegionRow } from './rows.ts';
import { UpstreamError } from './upstream-error.ts';

/** What the client is made of, and what it may take. */
export interface RKVStoreOptions {
  attempt: Attempt;
  operations: {
    describeClusterBackupList: Operation<ClusterBackupListQuery, ClusterBackupPage>;
    describeInstances: Operation<InstancesQuery, InstancePage>;
    describeRegions: Operation<RegionsQuery, readonly RegionRow[]>;
  };
  accounts: Pick<Accounts, 'knows' | 'defaultAccountId'>;
  /** How many accounts share the cache's memory; 1 when absent. */
  accountCount?: number;
  /** What fails together: the host behind a region. Absent: each region for itself. */
  endpointOf?(regionId: string): string;
  /** Quota for each account and action, of all replicas together. */
  callsPerMinute: number;
  /** Calls in flight for each account. */
  concurrency: number;
  /** What `attempt` takes at the longest. */
  attemptTimeoutMs: number;
  /** Absent: this process shares nothing. */
  redisUrl?: string | undefined;
  /** Memory for answers, in bytes; 128 MiB when absent. */
  cacheBytes?: number;
  observer?: UpstreamObserver;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** The client of a process, for as long as the process lives. */
export interface RKVStoreClient extends RKVStore {
  /** Settles, within about a second, when Redis has answered or not; who reads earlier may find it not yet there. */
  readonly ready: Promise<void>;
  /** Cancels what is in flight and lets go of Redis. The attempt and its connections are their owner's to close. */
  close(): Promise<void>;
}

const CACHE_BYTES = 128 * 1_048_576;

/** The client of R-KVStore: reads through the caches and the flights, then through the chain of links to `attempt`. */
export function createRKVStore(options: RKVStoreOptions): RKVStoreClient {
  const { operations, accounts, attemptTimeoutMs, observer = {}, redisUrl, now = Date.now } = options;
  const redis = redisUrl === undefined ? undefined : new SharedRedis({ url: redisUrl, observer, now });
  const { cacheBytes: maxBytes = CACHE_BYTES, accountCount = 1 } = options;
  const cache = new AnswerCache({ maxBytes, accounts: accountCount, redis, now });
  const flights = new SingleFlight(now);
  const send = sendThroughChain(options, redis);
  const knows: RKVStore['knows'] = (accountId, regionId) => accounts.knows(accountId, regionId);
  const reader: ReaderOptions = { cache, flights, send, knows, attemptTimeoutMs, observer, now };

  const clusterBackups = reading(
    {
      operation: operations.describeClusterBackupList,
      regionOf: (query) => query.regionId,
      keys: clusterBackupListKeys,
      timeToLiveMs: clusterBackupsTimeToLiveMs,
      links: downloadLinks,
      wantsLinks: (query) => query.withLinks,
    },
    reader,
  );
  const instances = reading(
    {
      operation: operations.describeInstances,
      regionOf: (query) => query.regionId,
      keys: instancesKeys,
      timeToLiveMs: instancesTimeToLiveMs,
    },
    reader,
  );
  const regions = reading(
    { operation: operations.describeRegions, keys: regionsKeys, timeToLiveMs: () => REGIONS_MS },
    reader,
  );

  return {
    get defaultAccountId() {
      if (accounts.defaultAccountId !== undefined) return accounts.defaultAccountId;
      throw new UpstreamError({ kind: 'unavailable', message: 'The id of the default account is not known yet.' });
    },
    knows,
    describeClusterBackupList: clusterBackups.read,
    recallClusterBackupList: clusterBackups.recall,
    describeInstances: instances.read,
    describeRegions: regions.read,
    ready: redis?.ready ?? Promise.resolve(),
    async close() {
      flights.close();
      cache.close();
      await redis?.close();
    },
  };
}

/**
 * What a call goes through that no cache and no flight has answered, first to last. The quota stands behind the line, since a
 * call counts when it leaves, and inside the retries, since each attempt counts.
 */
function sendThroughChain(options: RKVStoreOptions, redis: SharedRedis | undefined): Send {
  const {
    attempt,
    endpointOf = (regionId) => regionId,
    callsPerMinute,
    concurrency,
    attemptTimeoutMs,
    observer = {},
    now = Date.now,
  } = options;
  const breakers = breaker({ endpointOf, observer });
  return chain(
    [
      retries({ observer, now }),
      breakers.gate,
      bulkhead(concurrency),
      quota({ callsPerMinute, longestCallMs: attemptTimeoutMs, redis, observer, now }),
      breakers.breaker,
      counted(observer),
    ],
    attempt,
  );
}
