import { callOf, type Operation } from '../call.ts';
import type { Answer, ReadOptions, RecallOptions } from '../rkvstore.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { AnswerCache } from './answer-cache.ts';
import { type CacheEntry, type CacheRules, entryOf, notFoundEntry, withoutLinks } from './cache-entry.ts';
import type { Flight, Send } from './link.ts';
import type { CacheOutcome, UpstreamObserver } from './observer.ts';
import { Abandoned } from './refusals.ts';
import type { SingleFlight, Waiter } from './single-flight.ts';

/** One operation as it is read. */
export interface Resource<Query, Value> extends CacheRules<Query, Value> {
  operation: Operation<Query, Value>;
  /** The region that a query is about; absent where it is about none, and any endpoint will do. */
  regionOf?(query: Query): string;
  /** Whether the reader wants download links; absent where answers have none. */
  wantsLinks?(query: Query): boolean;
}

/** What all reads of a process share. */
export interface ReaderOptions {
  cache: AnswerCache;
  flights: SingleFlight;
  send: Send;
  knows(accountId: string, regionId: string): { account: boolean; region: boolean };
  attemptTimeoutMs: number;
  observer?: UpstreamObserver;
  now?: () => number;
}

/** Its endpoint is the central one, which answers what is about no region. */
const CENTRAL_REGION = 'cn-hangzhou';

/** The ways of reading one operation. */
export interface Reader<Query, Value> {
  /** Raises `UpstreamError`, and serves a stale answer instead where it may. */
  read(query: Query, options: ReadOptions): Promise<Answer<Value>>;
  /** A fresh answer from memory, or undefined. */
  recall(query: Query, options: RecallOptions): Answer<Value> | undefined;
}

/**
 * Reads an operation: from the cache, else through the call in flight or one of its own, else, when the upstream does not
 * answer, from what the cache has kept for that.
 */
export function reading<Query extends { accountId: string }, Value>(
  resource: Resource<Query, Value>,
  { cache, flights, send, knows, attemptTimeoutMs, observer = {}, now = Date.now }: ReaderOptions,
): Reader<Query, Value> {
  const { operation } = resource;

  const observe = ({ accountId }: Query, outcome: CacheOutcome) => {
    observer.cache?.({ accountId, action: operation.action, outcome });
  };

  const served = (entry: CacheEntry, query: Query, options: RecallOptions, outcome: CacheOutcome) => {
    options.meter.cached += 1;
    observe(query, outcome);
    if ('error' in entry.outcome) throw entry.outcome.error;
    const ageSeconds = Math.max(0, Math.floor((now() - entry.fetchedAt) / 1_000));
    return { value: entry.outcome.value as Value, ageSeconds, stale: outcome === 'stale' };
  };

  const fetch = async (query: Query, flight: Flight): Promise<Value> => {
    const [key] = resource.keys(query);
    try {
      const place = { accountId: query.accountId, regionId: regionOf(resource, query) };
      const value = await send(callOf(operation, place, query), flight);
      cache.set(query.accountId, key, entryOf(value, query, resource, now()));
      return value;
    } catch (error) {
      if (error instanceof UpstreamError && error.kind === 'not-found') {
        cache.set(query.accountId, key, notFoundEntry(error, now()));
      }
      throw error;
    }
  };

  const wantsLinks = (query: Query) => resource.wantsLinks?.(query) ?? false;

  const freshInMemory = (query: Query, { readThrough }: RecallOptions, keys: readonly string[]) =>
    readThrough ? undefined : cache.fresh(query.accountId, { keys, withLinks: wantsLinks(query) });

  const readOn = async (query: Query, options: ReadOptions, keys: readonly [string, ...string[]]) => {
    const { accountId } = query;
    const withLinks = wantsLinks(query);
    refuseUnknown(knows(accountId, regionOf(resource, query)), resource.regionOf !== undefined);
    const inAir = () => keys.find((key) => flights.inAir(key));
    // What replicas share neither holds links nor is newer than what was asked to be read through.
    if (!options.readThrough && !withLinks && inAir() === undefined) {
      await cache.pull(accountId, keys);
      const entry = cache.fresh(accountId, { keys, withLinks });
      if (entry) return served(entry, query, options, 'shared');
    }
    // Whoever has a stale copy at hand waits for one attempt, not for all.
    const hasStaleCopy = options.freshOnly !== true && cache.newest(accountId, keys) !== undefined;
    const patience = hasStaleCopy ? Math.min(options.deadline, now() + attemptTimeoutMs) : options.deadline;
    const waiter: Waiter = { ...options, patience };
    const joined = inAir();
    try {
      const value = await flights.join(joined ?? keys[0], waiter, (flight) => fetch(query, flight));
      observe(query, joined === undefined ? 'call' : 'joined');
      return { value, ageSeconds: 0, stale: false };
    } catch (error) {
      if (options.freshOnly === true || !mayBeStale(error)) throw error;
      if (options.readThrough || withLinks) await cache.pull(accountId, keys);
      const entry = cache.newest(accountId, keys);
      if (!entry) throw error;
      const answer = served(withoutLinks(entry), query, options, 'stale');
      return withLinks ? { ...answer, linksWithheld: true as const } : answer;
    }
  };

  // A page of this second is recalled with the query that read it; made and hashed anew each time, its keys took a tenth of an overview's time.
  const recalledBy = new WeakMap<Query, readonly string[]>();
  const keysOf = (query: Query) => {
    let keys = recalledBy.get(query);
    if (keys === undefined) {
      keys = resource.keys(query);
      recalledBy.set(query, keys);
    }
    return keys;
  };

  return {
    read(query, options) {
      const keys = resource.keys(query);
      const entry = freshInMemory(query, options, keys);
      if (!entry) return readOn(query, options, keys);
      try {
        return Promise.resolve(served(entry, query, options, 'memory'));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    recall(query, options) {
      const entry = freshInMemory(query, options, keysOf(query));
      return entry && 'value' in entry.outcome ? served(entry, query, options, 'memory') : undefined;
    },
  };
}

function regionOf<Query, Value>(resource: Resource<Query, Value>, query: Query): string {
  return resource.regionOf?.(query) ?? CENTRAL_REGION;
}

function refuseUnknown(known: { account: boolean; region: boolean }, namesRegion: boolean): void {
  if (!known.account) throw new UpstreamError({ kind: 'invalid', message: 'The account is not known.' });
  if (namesRegion && !known.region)
    throw new UpstreamError({ kind: 'invalid', message: 'The region is not known for this account.' });
}

/** Whether the upstream gave no answer, for a while, to a reader who is still there. */
function mayBeStale(error: unknown): boolean {
  if (!(error instanceof UpstreamError) || error instanceof Abandoned) return false;
  return error.kind === 'throttled' || error.kind === 'timeout' || error.kind === 'unavailable';
}
