import { readFileSync } from 'node:fs';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { JWKSNoMatchingKey } from 'jose/errors';
import type { Logger } from 'pino';
import { type FileWatch, watchFile } from '../configuration/watched-file.ts';
import { JwkSetError, parseJwkSet } from './jwk-set.ts';
import { DownloadError, downloadJwkSet } from './jwk-set-download.ts';
import { createKeyRing, type VerificationKeysState } from './key-ring.ts';

/** Where the JWK Set that verifies bearer tokens comes from. */
export type JwksSource =
  | { readonly kind: 'development' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

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

export interface VerificationKeysOptions {
  now: () => number;
  logger: Pick<Logger, 'info' | 'warn'>;
  fetch: typeof globalThis.fetch;
}

/** Between two reads of a URL at least, whatever key ids tokens name. */
const KEYS_COOL_DOWN_MS = 30_000;
/** Keys from a URL are read again at this age, so a retired key works no longer than this while the URL answers. */
const KEYS_MAX_AGE_MS = 300_000;
const RETRY_WITHOUT_KEYS_MS = 5_000;
/** How often it is looked whether a read is due. */
const TICK_MS = 1_000;

/** Keys that never change. */
export function fixedKeys(jwks: JSONWebKeySet, { now }: Pick<VerificationKeysOptions, 'now'>): VerificationKeys {
  const ring = createKeyRing();
  ring.replace(parseJwkSet(JSON.stringify(jwks)), now());
  return { find: ring.find, revision: ring.revision, state: ring.state, close() {} };
}

/**
 * Keys of a file that is read again when it changes. A file that does not parse keeps the last good keys.
 *
 * @throws Error when the file cannot be read or parsed at the start.
 */
export function fileKeys(path: string, { now, logger }: Omit<VerificationKeysOptions, 'fetch'>): VerificationKeys {
  const ring = createKeyRing();
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
  const ring = createKeyRing();
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const closing = new AbortController();

  const read = async () => {
    try {
      const text = await downloadJwkSet(url, { fetch, closing: closing.signal });
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
  // By the clock and not by traffic: remembered tokens are not looked up again, and must stop working with their key all the same.
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

function readFault(error: unknown): string {
  if (error instanceof JwkSetError || error instanceof DownloadError) return `JWK Set: ${error.message}`;
  return 'JWK Set: cannot be read';
}
