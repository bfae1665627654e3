/** Remembers nonces for at least the time in which their signature is valid, in bounded memory. */
export interface Nonces {
  /** False when this access key has used the nonce before. */
  use(accessKeyId: string, nonce: string, now: number): boolean;
}

/** A date is accepted 15 minutes early and late, so a signature lives for 30. */
const LIFETIME = 30 * 60_000;

/** Two generations: the older one is dropped when the younger one is a lifetime old, or full. */
export function createNonces(limit = 50_000): Nonces {
  let young = new Set<string>();
  let old = new Set<string>();
  let since = Number.NEGATIVE_INFINITY;
  return {
    use(accessKeyId, nonce, now) {
      if (now - since >= LIFETIME || young.size >= limit) {
        old = young;
        young = new Set();
        since = now;
      }
      const entry = `${accessKeyId} ${nonce}`;
      if (young.has(entry) || old.has(entry)) return false;
      young.add(entry);
      return true;
    },
  };
}
