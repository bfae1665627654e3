import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { UpstreamError } from '../upstream-error.ts';
import { type CacheEntry, withoutLinks } from './cache-entry.ts';
import { PREFIX, type SharedRedis } from './shared-redis.ts';

/** Longer texts are compressed, to about a fifteenth: 20 backups of 32 shards from 209 kB to 12 kB, in 1.0 ms and back in 1.2 ms. */
const COMPRESSED_FROM = 8_192;
/** A page of 300 backups of 256 shards takes less. */
const MOST_BYTES = 64 * 1_048_576;

const PLAIN = 0;
const COMPRESSED = 1;

/** The answers that all replicas share in Redis, never with download links. */
export class SharedCache {
  readonly #redis: SharedRedis;
  readonly #now: () => number;
  readonly #pending = new Map<string, Promise<(CacheEntry | undefined)[]>>();

  constructor(redis: SharedRedis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  /** What is remembered under each key; those who ask for the same at the same time share one command. */
  get(keys: readonly string[]): Promise<(CacheEntry | undefined)[]> {
    const all = keys.join('\n');
    let pending = this.#pending.get(all);
    if (!pending) {
      pending = this.#read(keys).finally(() => this.#pending.delete(all));
      this.#pending.set(all, pending);
    }
    return pending;
  }

  /** Sent before the answer goes out, so that who hears of it finds it here; not waited for. */
  set(key: string, entry: CacheEntry): void {
    const milliseconds = entry.keptUntil - this.#now();
    if (!this.#redis.usable || milliseconds <= 0) return;
    void this.#redis.ask((redis) => redis.set(nameOf(key), encode(entry), 'PX', milliseconds));
  }

  async #read(keys: readonly string[]): Promise<(CacheEntry | undefined)[]> {
    const found = await this.#redis.ask((redis) => redis.mgetBuffer(keys.map(nameOf)));
    return (found ?? []).map((bytes) => (bytes ? decode(bytes) : undefined));
  }
}

/** Keys hold texts of any length, searches among them. */
function nameOf(key: string): string {
  return `${PREFIX}answer:${key.length <= 200 ? key : createHash('sha256').update(key).digest('base64url')}`;
}

function encode(entry: CacheEntry): Buffer {
  const text = Buffer.from(JSON.stringify(writable(withoutLinks(entry))));
  if (text.length < COMPRESSED_FROM) return Buffer.concat([Buffer.of(PLAIN), text]);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  return Buffer.concat([Buffer.of(COMPRESSED), brotliCompressSync(text, { params })]);
}

/** Undefined for bytes that are no entry. */
function decode(bytes: Buffer): CacheEntry | undefined {
  try {
    const rest = bytes.subarray(1);
    const text = bytes[0] === COMPRESSED ? brotliDecompressSync(rest, { maxOutputLength: MOST_BYTES }) : rest;
    const { error, value, ...times } = JSON.parse(text.toString('utf8')) as Written;
    return { ...times, outcome: error ? { error: new UpstreamError(error) } : { value } };
  } catch {
    return undefined;
  }
}

/** An entry as JSON. */
type Written = Pick<CacheEntry, 'fetchedAt' | 'freshUntil' | 'keptUntil'> & {
  value?: unknown;
  error?: Pick<UpstreamError, 'kind' | 'message' | 'code' | 'requestId' | 'httpStatus' | 'retryable'>;
};

function writable({ outcome, fetchedAt, freshUntil, keptUntil }: CacheEntry): Written {
  const times = { fetchedAt, freshUntil, keptUntil };
  if ('value' in outcome) return { ...times, value: outcome.value };
  const { kind, message, code, requestId, httpStatus, retryable } = outcome.error;
  return { ...times, error: { kind, message, code, requestId, httpStatus, retryable } };
}
