import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose';
import { JWKSNoMatchingKey } from 'jose/errors';
import type { Logger } from 'pino';
import { type FileWatch, watchFile } from '../configuration/watched-file.ts';
import { JwkSetError, parseJwkSet } from './jwk-set.ts';

/** Where the JWK Set that verifies bearer tokens comes from. */
export type JwksSource =
  | { readonly kind: 'development' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

export interface VerificationKeysState {
  /** How many keys there are that can verify tokens. */
  keys: number;
  /** Epoch milliseconds of the last good read; absent when there was none yet. */
  loadedAt: number | undefined;
  /** Why the last attempt to read the keys failed, in words that may be shown; absent while all is well. */
  fault: string | undefined;
}

/** Public keys by their id, kept up to date. */
export interface VerificationKeys {
  /**
   * The key for a token's header, in the form that `jose` asks for. Raises `jose`'s own errors, and
   * {@link KeysUnavailable} when there never were any keys.
   */
  readonly find: JWTVerifyGetKey;
  /** Counts the changes of the keys: what was verified under an older number must be verified again. */
  revision(): number;
  state(): VerificationKeysState;
  close(): void;
}

/** No keys could be read since the start of the process. */
export class KeysUnavailable extends Error {
  constructor() {
    super('the keys that verify tokens are not available');
    this.name = 'KeysUnavailable';
  }
}

export interface VerificationKeysOptions {
  now: () => number;
  logger: Pick<Logger, 'info' | 'warn'>;
  fetch: typeof globalThis.fetch;
}

/** The smallest time between two reads of a JWK Set's URL, whatever tokens ask for. */
const KEYS_COOL_DOWN_MS = 30_000;
/** How old keys from a URL get before they are read again; a retired key works no longer than this while the URL answers. */
const KEYS_MAX_AGE_MS = 300_000;

const RETRY_WITHOUT_KEYS_MS = 5_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 8 * 1024 * 1024;
const TICK_MS = 1_000;

/** Keys that never change. */
export function fixedKeys(jwks: JSONWebKeySet, { now }: Pick<VerificationKeysOptions, 'now'>): VerificationKeys {
  const ring = keyRing();
  ring.replace(parseJwkSet(JSON.stringify(jwks)), now());
  return { find: ring.find, revision: ring.revision, state: ring.state, close() {} };
}

/**
 * Keys of a file that is read again when it changes. A file that does not parse keeps the last good keys.
 *
 * @throws Error when the file cannot be read or parsed at the start.
 */
export function fileKeys(path: string, { now, logger }: Omit<VerificationKeysOptions, 'fetch'>): VerificationKeys {
  const ring = keyRing();
  const read = () => ring.replace(parseJwkSet(readFileSync(path, 'utf8')), now());
  const watch: FileWatch = watchFile(path, () => {
    try {
      if (read()) logger.info({ keys: ring.state().keys }, 'the keys that verify tokens changed');
    } catch (error) {
      ring.fail(readFault(error));
      logger.warn({ path, err: error }, 'the file of keys cannot be used, the last good keys stay');
    }
  });
  try {
    read();
  } catch (error) {
    watch.close();
    throw error;
  }
  return { find: ring.find, revision: ring.revision, state: ring.state, close: watch.close };
}

/**
 * Keys of a URL: read at once, then by age, and early when a token names a key that is not among them, but never twice
 * within {@link KEYS_COOL_DOWN_MS}. While the URL does not answer, the last keys go on working.
 */
export function remoteKeys(url: string, { now, logger, fetch }: VerificationKeysOptions): VerificationKeys {
  const ring = keyRing();
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const closing = new AbortController();

  const read = async () => {
    try {
      const text = await download(url, fetch, closing.signal);
      const recovered = ring.state().fault !== undefined;
      if (ring.replace(parseJwkSet(text), now()) || recovered) {
        logger.info({ keys: ring.state().keys }, 'the keys that verify tokens were read');
      }
    } catch (error) {
      if (closing.signal.aborted) return;
      ring.fail(readFault(error));
      logger.warn({ url, err: error }, 'the keys that verify tokens cannot be read, the last good ones stay');
    }
  };

  const sinceAttempt = () => now() - attemptedAt;
  const refresh = (): Promise<void> => {
    if (reading === undefined) {
      attemptedAt = now();
      reading = read().finally(() => {
        reading = undefined;
      });
    }
    return reading;
  };

  const due = () => {
    const { loadedAt, fault } = ring.state();
    if (loadedAt === undefined) return sinceAttempt() >= RETRY_WITHOUT_KEYS_MS;
    return sinceAttempt() >= (fault === undefined ? KEYS_MAX_AGE_MS : KEYS_COOL_DOWN_MS);
  };
  // By the clock and not by traffic: remembered tokens are never looked up again, and must still end with their key.
  const timer = setInterval(() => due() && refresh(), TICK_MS);
  timer.unref();
  refresh();

  const find: JWTVerifyGetKey = async (header, token) => {
    if (ring.state().loadedAt === undefined) await reading;
    try {
      return await ring.find(header, token);
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw error;
      if (reading === undefined && sinceAttempt() < KEYS_COOL_DOWN_MS) throw error;
      await refresh();
      return ring.find(header, token);
    }
  };

  return {
    find,
    revision: ring.revision,
    state: ring.state,
    close() {
      clearInterval(timer);
      closing.abort();
    },
  };
}

/** The current keys, found by id without walking over all of them: a set may be long, and a flood of unknown ids cheap. */
function keyRing() {
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

/** A failed read of the URL, in words that may be shown. */
class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

async function download(url: string, fetch: typeof globalThis.fetch, closing: AbortSignal): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json, application/jwk-set+json' },
      signal: AbortSignal.any([timeout, closing]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new DownloadError(`HTTP status ${response.status}`);
    }
    return await readBounded(response);
  } catch (error) {
    if (timeout.aborted) throw new DownloadError(`no answer within ${TIMEOUT_MS / 1_000} s`);
    throw error;
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new DownloadError(`larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readFault(error: unknown): string {
  if (error instanceof JwkSetError || error instanceof DownloadError) return `JWK Set: ${error.message}`;
  return 'JWK Set: cannot be read';
}
