import type { CacheEntry } from './cache-entry.ts';
import { MemoryCache } from './memory-cache.ts';
import { SharedCache } from './shared-cache.ts';
import type { SharedRedis } from './shared-redis.ts';

/** How much is remembered, and who shares it. */
export interface AnswerCacheOptions {
  /** For all accounts together; each has an equal part, so that none can crowd out another's answers. */
  maxBytes: number;
  accounts: number;
  redis?: SharedRedis | undefined;
  now?: () => number;
}

/** What a reader takes. */
export interface Wanted {
  /** In the order in which they are preferred. */
  keys: readonly string[];
  /** Only an answer that holds its download links will do. */
  withLinks: boolean;
}

/** The answers of the upstream that are remembered: in memory, and with Redis for all replicas. */
export class AnswerCache {
  readonly #memories = new Map<string, MemoryCache>();
  readonly #shared: SharedCache | undefined;
  readonly #bytesForEach: number;
  readonly #now: () => number;

  constructor({ maxBytes, accounts, redis, now = Date.now }: AnswerCacheOptions) {
    this.#bytesForEach = Math.floor(maxBytes / Math.max(1, accounts));
    this.#shared = redis && new SharedCache(redis, now);
    this.#now = now;
  }

  /** A fresh answer from memory, or nothing. */
  fresh(accountId: string, { keys, withLinks }: Wanted): CacheEntry | undefined {
    const memory = this.#memories.get(accountId);
    if (!memory) return undefined;
    const now = this.#now();
    for (const key of keys) {
      const entry = memory.get(key);
      if (entry && entry.freshUntil > now && (!withLinks || entry.links || 'error' in entry.outcome)) return entry;
    }
    return undefined;
  }

  /** The newest answer in memory, fresh or not, that may stand in for an upstream that does not answer. */
  newest(accountId: string, keys: readonly string[]): CacheEntry | undefined {
    let newest: CacheEntry | undefined;
    for (const key of keys) {
      const entry = this.#memories.get(accountId)?.get(key);
      if (entry && 'value' in entry.outcome && entry.fetchedAt > (newest?.fetchedAt ?? 0)) newest = entry;
    }
    return newest;
  }

  /** Brings into memory what other replicas have that is newer. */
  async pull(accountId: string, keys: readonly string[]): Promise<void> {
    const entries = (await this.#shared?.get(keys)) ?? [];
    const memory = this.#memoryOf(accountId);
    for (const [index, entry] of entries.entries()) {
      const key = keys[index];
      if (!key || !entry || entry.keptUntil <= this.#now()) continue;
      if (entry.fetchedAt > (memory.get(key)?.fetchedAt ?? 0)) memory.set(key, entry);
    }
  }

  set(accountId: string, key: string, entry: CacheEntry): void {
    this.#memoryOf(accountId).set(key, entry);
    this.#shared?.set(key, entry);
  }

  close(): void {
    for (const memory of this.#memories.values()) memory.close();
  }

  #memoryOf(accountId: string): MemoryCache {
    let memory = this.#memories.get(accountId);
    if (!memory) {
      memory = new MemoryCache(this.#bytesForEach, this.#now);
      this.#memories.set(accountId, memory);
    }
    return memory;
  }
}
