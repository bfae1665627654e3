import { isIPv6 } from 'node:net';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../observability/logger.ts';

/** Counts the requests of each principal. */
export interface RequestRate {
  /**
   * Counts one more request of a principal, and says when it is one too many. Never fails.
   *
   * @param subject Null for a caller without a token, who is known by address.
   */
  take(subject: string | null, address: string): Promise<ExceededRate | undefined>;
  /** Settles when Redis is there, or in a second. */
  readonly ready: Promise<void>;
  close(): void;
}

/** A principal has asked more often than it may within a minute. */
export interface ExceededRate {
  limit: number;
  /** Requests of that minute, this one included. */
  value: number;
  retryAfterSeconds: number;
}

export interface RequestRateOptions {
  perMinute: number;
  /** Shared by all replicas; absent: each process counts for itself. */
  redisUrl: string | undefined;
  logger: Pick<Logger, 'info' | 'warn'>;
  now?: () => number;
}

const MINUTE_SECONDS = 60;
/** The longest that a request waits for Redis. */
const COMMAND_TIMEOUT_MS = 100;
/** How long a Redis that failed is left alone, so that no other request waits for it. */
const LEFT_ALONE_MS = 1_000;

/** With Redis all replicas count together; while it is away each goes on alone. */
export function createRequestRate({ perMinute, redisUrl, logger, now = Date.now }: RequestRateOptions): RequestRate {
  const limits = { points: perMinute, duration: MINUTE_SECONDS, keyPrefix: 'kvstore-gateway:1:requests' };
  const alone = new RateLimiterMemory(limits);
  const redis = redisUrl === undefined ? undefined : connect(redisUrl);
  const shared =
    redis &&
    // Who is over the limit is remembered in this process, and asks Redis no more.
    new RateLimiterRedis({
      ...limits,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      inMemoryBlockOnConsumed: perMinute + 1,
    });
  let aloneUntil = 0;
  let isAlone = false;

  const consume = async (key: string): Promise<unknown> => {
    if (shared === undefined || now() < aloneUntil) return alone.consume(key);
    try {
      const taken = await shared.consume(key);
      if (isAlone) logger.info('requests are counted by all replicas together again');
      isAlone = false;
      return taken;
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      if (!isAlone) logger.warn({ err: error }, 'Redis does not count requests, each replica does so alone');
      isAlone = true;
      aloneUntil = now() + LEFT_ALONE_MS;
      return alone.consume(key);
    }
  };

  return {
    async take(subject, address) {
      try {
        await consume(subject === null ? `address:${networkOf(address)}` : `subject:${subject}`);
        return undefined;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        return {
          limit: perMinute,
          value: Math.max(error.consumedPoints, perMinute + 1),
          retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)),
        };
      }
    },
    ready: redis === undefined ? Promise.resolve() : readyOrLate(redis),
    close: () => redis?.disconnect(),
  };
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempts) => Math.min(LEFT_ALONE_MS, 25 * 2 ** attempts),
  });
  // Without a listener an error event would end the process; what matters of it is said where it is used.
  redis.on('error', () => {});
  return redis;
}

function readyOrLate(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    redis.once('ready', resolve).once('close', resolve);
    setTimeout(resolve, LEFT_ALONE_MS).unref();
  });
}

/** Of IPv6 the /64, as whoever has one address of it has them all. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
