import type { UpstreamError } from '../upstream-error.ts';

/** What is remembered of one answer. Times are epoch milliseconds. */
export interface CacheEntry {
  /** What the upstream gave, or its word that there is no such thing. */
  readonly outcome: { readonly value: unknown } | { readonly error: UpstreamError };
  readonly fetchedAt: number;
  /** Until when it may be served as it is. */
  readonly freshUntil: number;
  /** Until when it may be served in place of an upstream that does not answer. */
  readonly keptUntil: number;
  /** Present while the value holds download links. */
  readonly links?: HeldLinks;
}

/** Download links in a remembered value. */
interface HeldLinks {
  /** Until when they may be handed out. */
  readonly until: number;
  without(value: unknown): unknown;
}

/** The same without download links, for what leaves the memory of the process and for readers who want none. */
export function withoutLinks({ links, ...entry }: CacheEntry): CacheEntry {
  return links && 'value' in entry.outcome
    ? { ...entry, outcome: { value: links.without(entry.outcome.value) } }
    : entry;
}

/** What a cache must know about the answers of one operation. */
export interface CacheRules<Query, Value> {
  /**
   * Under which keys an answer may be found, the key of the very answer that is asked for first. Two queries share a key only
   * when one answer is right for both.
   */
  keys(query: Query): readonly [own: string, ...others: string[]];
  /** Milliseconds for which an answer that was just given is fresh. */
  timeToLiveMs(value: Value, query: Query, now: number): number;
  /** Where answers hold download links. */
  links?: LinkRules<Value>;
}

/** Where the download links in an answer are. */
export interface LinkRules<Value> {
  /** Epoch milliseconds until which all links in it say that they are valid; undefined when it has none. */
  validUntil(value: Value, now: number): number | undefined;
  without(value: Value): Value;
}

/** How long an answer that is no longer fresh is kept for bad times, in milliseconds. */
const STALE_MS = 3_600_000;

/** How long the upstream's word that there is no such instance is believed, in milliseconds. */
const NOT_FOUND_MS = 5_000;

/** What is remembered of an answer that was given `now`. */
export function entryOf<Query, Value>(
  value: Value,
  query: Query,
  rules: CacheRules<Query, Value>,
  now: number,
): CacheEntry {
  const freshUntil = now + rules.timeToLiveMs(value, query, now);
  const entry = { outcome: { value }, fetchedAt: now, freshUntil, keptUntil: now + STALE_MS };
  const validUntil = rules.links?.validUntil(value, now);
  if (!rules.links || validUntil === undefined) return entry;
  const without = rules.links.without as (value: unknown) => unknown;
  return { ...entry, links: { until: Math.min(freshUntil, validUntil), without } };
}

/** What is remembered of the word that there is no such thing. */
export function notFoundEntry(error: UpstreamError, now: number): CacheEntry {
  const until = now + NOT_FOUND_MS;
  return { outcome: { error }, fetchedAt: now, freshUntil: until, keptUntil: until };
}
