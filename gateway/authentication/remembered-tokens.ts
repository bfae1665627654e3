import { LRUCache } from 'lru-cache';

const MAX_REMEMBERED_TOKENS = 10_000;

interface Remembered<Result> {
  result: Result;
  /** Epoch milliseconds. */
  until: number;
  revision: number;
}

/** What verified tokens came to, by the digest of the token. Those that were not used for longest are forgotten first. */
export class RememberedTokens<Result> {
  readonly #tokens = new LRUCache<string, Remembered<Result>>({ max: MAX_REMEMBERED_TOKENS });

  /** @param revision Of the keys that are in force: what was verified by others is not given back. */
  get(digest: string, revision: number, now: number): Result | undefined {
    const found = this.#tokens.get(digest);
    if (found === undefined) return undefined;
    if (found.until > now && found.revision === revision) return found.result;
    this.#tokens.delete(digest);
    return undefined;
  }

  add(digest: string, remembered: Remembered<Result>): void {
    this.#tokens.set(digest, remembered);
  }
}
