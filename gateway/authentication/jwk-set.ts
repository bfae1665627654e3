import type { JWK } from 'jose';

/** A fault in the text of a JWK Set; the message repeats nothing of it. */
export class JwkSetError extends Error {
  override readonly name = 'JwkSetError';
}

/**
 * The public signature keys of a JWK Set (RFC 7517). Keys of kinds that this gateway does not take, symmetric ones first of
 * all, are left out, and so are the private halves of key pairs.
 *
 * @throws JwkSetError
 */
export function parseJwkSet(text: string): JWK[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    throw new JwkSetError('not JSON');
  }
  if (!isObject(set) || !Array.isArray(set.keys)) throw new JwkSetError('not a JWK Set: no array "keys"');
  if (!set.keys.every(isObject)) throw new JwkSetError('not a JWK Set: a key is not an object');
  return set.keys.filter((key) => ASYMMETRIC.has(String(key.kty))).map(publicHalf);
}

const ASYMMETRIC = new Set(['RSA', 'EC', 'OKP']);
const PRIVATE_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']);

function publicHalf(key: Record<string, unknown>): JWK {
  const isPrivate = 'd' in key;
  const kept = Object.entries(key).filter(([name]) => !PRIVATE_MEMBERS.has(name) && !(isPrivate && name === 'key_ops'));
  return Object.fromEntries(kept);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
