import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { UpstreamObserver } from './observer.ts';

/** Which Redis, and who hears of its loss. */
export interface SharedRedisOptions {
  url: string;
  observer?: UpstreamObserver;
  /** Milliseconds between heartbeats. */
  beatMs?: number;
  now?: () => number;
}

/** How many replicas share a Redis, and this one's place among them, from 0. */
export interface Replicas {
  count: number;
  rank: number;
}

/** Names of everything that is kept in Redis begin with this; the number changes with the shape of what is kept. */
export const PREFIX = 'kvstore-gateway:1:';

/** Ids of the replicas, by when each was last heard of. */
export const REPLICAS = `${PREFIX}replicas`;

/** The longest that any request waits for Redis, in milliseconds. */
const COMMAND_TIMEOUT_MS = 100;
/** Beats after which a replica that was not heard of is gone. */
const MEMBERSHIP_BEATS = 5;
/** Beats in which all replicas have found back to a Redis that was away, and have told it what they did meanwhile. */
const REUNION_BEATS = 3;
/** Beats missed in a row after which the connection itself is given up: a network that swallows packets reports nothing. */
const BEATS_BEFORE_RECONNECT = 5;

/** KEYS: replicas. ARGV: own id, membership in ms. Returns the ids of all that live. */
const BEAT = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
  return redis.call('ZRANGE', KEYS[1], 0, -1)`;

type Listener = () => Promise<void>;

/**
 * The connection to the Redis that all replicas share. It is never needed: one that is lost, slow or refuses is left alone after
 * the first failure, so that no request waits for it again, and used again once it answers the heartbeat.
 */
export class SharedRedis {
  readonly replicaId = randomBytes(6).toString('hex');
  /** Settles when Redis has answered for the first time, or failed to. */
  readonly ready: Promise<void>;
  /** As last seen while it was shared. */
  replicas: Replicas = { count: 1, rank: 0 };
  /** Epoch milliseconds since when this replica reckons for itself; what it did before, the others know of. */
  aloneSince = Number.NEGATIVE_INFINITY;
  readonly #redis: Redis;
  readonly #observer: UpstreamObserver;
  readonly #beatMs: number;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #returned: Listener[] = [];
  readonly #beats: Listener[] = [];
  #usable = false;
  #closed = false;
  #announced: 'shared' | 'alone' | undefined;
  #everUsable = false;
  #reunitedAt = Number.NEGATIVE_INFINITY;
  #missed = 0;
  #beating: Promise<void> | undefined;

  constructor({ url, observer = {}, beatMs = 1_000, now = Date.now }: SharedRedisOptions) {
    this.#beatMs = beatMs;
    this.#observer = observer;
    this.#now = now;
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 1_000,
      retryStrategy: (attempts) => Math.min(beatMs / 2, 25 * 2 ** attempts),
    });
    // Without a listener an error event would end the process.
    this.#redis.on('error', (error) => this.#lose(error));
    this.#redis.on('close', () => this.#lose(new Error('the connection is closed')));
    this.#redis.on('ready', () => void this.#beat());
    this.#timer = setInterval(() => void this.#beat(), beatMs).unref();
    this.ready = new Promise((resolve) => {
      this.#redis.once('ready', () => void this.#beat().then(resolve));
      this.#redis.once('close', resolve);
      setTimeout(resolve, beatMs).unref();
    });
  }

  /** Whether what is asked of Redis is likely to be answered. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Whether this replica must reckon for itself: Redis is away, or so freshly back that others may not have told theirs. */
  get alone(): boolean {
    return !this.#usable || this.#now() < this.#reunitedAt;
  }

  /** Runs a command; undefined when Redis is away or does not answer at once. */
  async ask<Value>(command: (redis: Redis) => Promise<Value>): Promise<Value | undefined> {
    if (!this.#usable) return undefined;
    try {
      return await inTime(command(this.#redis));
    } catch (error) {
      this.#lose(error);
      return undefined;
    }
  }

  /** These are all replicas, as Redis has just said. Kept as it was while this one reckons for itself. */
  meet(ids: string[]): void {
    const rank = ids.sort().indexOf(this.replicaId);
    if (!this.alone && rank !== -1) this.replicas = { count: ids.length, rank };
  }

  /** `returned` runs before Redis is used again after it was away, with the command line still closed to others. */
  onReturn(returned: (redis: Redis) => Promise<void>): void {
    this.#returned.push(() => returned(this.#redis));
  }

  /** `beat` runs with every heartbeat while Redis is shared. */
  onBeat(beat: (redis: Redis) => Promise<void>): void {
    this.#beats.push(() => beat(this.#redis));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.ask((redis) => redis.zrem(REPLICAS, this.replicaId));
    this.#usable = false;
    this.#closed = true;
    this.#redis.disconnect();
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#beatOnce().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #beatOnce(): Promise<void> {
    try {
      const answer = await inTime(this.#redis.eval(BEAT, 1, REPLICAS, this.replicaId, MEMBERSHIP_BEATS * this.#beatMs));
      this.#missed = 0;
      if (!this.#usable) await this.#reunite();
      this.meet(answer as string[]);
      if (this.alone) return;
      await inTime(Promise.all(this.#beats.map((beat) => beat())));
    } catch (error) {
      this.#lose(error);
      this.#missed += 1;
      const { status } = this.#redis;
      if (this.#missed % BEATS_BEFORE_RECONNECT === 0 && (status === 'ready' || status === 'connect')) {
        this.#redis.disconnect(true);
      }
    }
  }

  async #reunite(): Promise<void> {
    await inTime(Promise.all(this.#returned.map((returned) => returned())));
    if (this.#everUsable) this.#reunitedAt = this.#now() + REUNION_BEATS * this.#beatMs;
    this.#usable = true;
    this.#everUsable = true;
    this.#announce('shared');
  }

  #lose(cause: unknown): void {
    // Lost again before all were back: what was done since the first loss is still unknown to others.
    if (!this.alone) this.aloneSince = this.#now();
    this.#usable = false;
    this.#announce('alone', cause);
  }

  #announce(state: 'shared' | 'alone', cause?: unknown): void {
    if (this.#announced === state || this.#closed) return;
    this.#announced = state;
    this.#observer.sharing?.({ state, replicas: this.replicas.count, ...(cause === undefined ? {} : { cause }) });
  }
}

/** Waits no longer than a request may be delayed. A busy event loop reads what has arrived before it gives up. */
function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const timer = setTimeout(() => setImmediate(reject, new Error('no answer in time')), COMMAND_TIMEOUT_MS);
  answer.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}
