import { LRUCache } from 'lru-cache';
import { byteSize } from './byte-size.ts';
import { type CacheEntry, withoutLinks } from './cache-entry.ts';

const SWEEP_MS = 5_000;
/** Links are dropped a sweep before they end, so that none is kept beyond its time. */
const LINK_MARGIN_MS = SWEEP_MS;

/** The answers of one account, bounded by bytes; what was not read for longest goes first. */
export class MemoryCache {
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #now: () => number;
  readonly #sweeper: NodeJS.Timeout;
  /** Keys of entries that hold links, or did. */
  readonly #linked = new Set<string>();

  constructor(maxBytes: number, now: () => number) {
    this.#entries = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
    this.#now = now;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** About how many bytes it takes. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** What is remembered; it holds links only as long as they may be handed out. */
  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    const now = this.#now();
    if (!entry || entry.keptUntil <= now) return undefined;
    return this.#linksEnded(entry) ? this.#dropLinks(key, entry) : entry;
  }

  set(key: string, entry: CacheEntry): void {
    if (this.#linksEnded(entry)) {
      this.#dropLinks(key, entry);
      return;
    }
    this.#entries.set(key, entry);
    if (entry.links) this.#linked.add(key);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#entries.clear();
    this.#linked.clear();
  }

  #linksEnded({ links }: CacheEntry): boolean {
    return links !== undefined && links.until - LINK_MARGIN_MS <= this.#now();
  }

  #dropLinks(key: string, linked: CacheEntry): CacheEntry {
    const entry = withoutLinks(linked);
    this.#entries.set(key, entry);
    this.#linked.delete(key);
    return entry;
  }

  #sweep(): void {
    for (const key of this.#linked) {
      const entry = this.#entries.peek(key);
      if (!entry?.links) this.#linked.delete(key);
      else if (this.#linksEnded(entry)) this.#dropLinks(key, entry);
    }
  }
}

/** An entry of its own takes about 500 bytes, with its place in the cache. */
function sizeOf({ outcome }: CacheEntry, key: string): number {
  return 500 + key.length + ('value' in outcome ? byteSize(outcome.value) : 0);
}
