import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import { JWKSNoMatchingKey } from 'jose/errors';

export interface VerificationKeysState {
  /** How many keys there are that can verify tokens. */
  keys: number;
  /** Epoch milliseconds of the last good read; absent when there was none yet. */
  loadedAt: number | undefined;
  /** Why the last attempt to read the keys failed, in words that may be shown; absent while all is well. */
  fault: string | undefined;
}

/** No keys could be read since the start of the process. */
export class KeysUnavailable extends Error {
  constructor() {
    super('the keys that verify tokens are not available');
    this.name = 'KeysUnavailable';
  }
}

/** The keys of the moment. They are found by id without a walk over all of them, so that a flood of unknown ids stays cheap however long the set is. */
export function createKeyRing() {
  let keysById = new Map<string, JWK[]>();
  let setsById = new Map<string, JWTVerifyGetKey>();
  let all: JWK[] = [];
  let whole: JWTVerifyGetKey | undefined;
  let fingerprint: string | undefined;
  let revision = 0;
  let loadedAt: number | undefined;
  let fault: string | undefined;

  const find: JWTVerifyGetKey = (header, token) => {
    if (loadedAt === undefined) throw new KeysUnavailable();
    if (header.kid === undefined) {
      whole ??= createLocalJWKSet({ keys: all });
      return whole(header, token);
    }
    const keys = keysById.get(header.kid);
    if (keys === undefined) throw new JWKSNoMatchingKey();
    const set = setsById.get(header.kid) ?? createLocalJWKSet({ keys });
    setsById.set(header.kid, set);
    return set(header, token);
  };

  return {
    find,
    revision: () => revision,
    state: (): VerificationKeysState => ({ keys: all.length, loadedAt, fault }),
    fail(reason: string) {
      fault = reason;
    },
    /** Whether the keys are others than before. */
    replace(keys: JWK[], at: number): boolean {
      loadedAt = at;
      fault = undefined;
      const text = JSON.stringify(keys);
      if (text === fingerprint) return false;
      fingerprint = text;
      all = keys;
      keysById = Map.groupBy(
        keys.filter((key) => typeof key.kid === 'string'),
        (key) => String(key.kid),
      );
      setsById = new Map();
      whole = undefined;
      revision += 1;
      return true;
    },
  };
}
