/**
 * Everything in the sandbox's world is a hash of where it stands (seed, account, instance, day, shard), so nothing has to
 * be remembered. MurmurHash3's rounds over whole numbers: fast, and even enough for made-up data.
 */
export function mix(a: number, b: number, c = 0, d = 0): number {
  let hash = round(round(round(round(0x9e3779b9, a), b), c), d);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The hash of a text, 32 bits. */
export function mixText(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = round(hash, text.charCodeAt(index));
  return mix(hash, text.length);
}

/** A hash as a fraction, 0 included, 1 excluded. */
export function fraction(hash: number): number {
  return hash / 0x1_0000_0000;
}

/** One of the choices. */
export function pick<T>(hash: number, choices: readonly [T, ...T[]]): T {
  return choices[hash % choices.length] ?? choices[0];
}

/** Lower-case letters and digits, as in the upstream's ids. */
export function alphanumeric(key: number, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++)
    text += mix(key, block, 0x1d).toString(36).padStart(7, '0').slice(1);
  return text.slice(0, length);
}

/** Random numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return fraction(mix(state, 0x7a));
  };
}

function round(hash: number, value: number): number {
  let block = Math.imul(value, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
