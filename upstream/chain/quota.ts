import { NotSent } from '../not-sent.ts';
import type { Priority } from '../rkvstore.ts';
import type { Link } from './link.ts';
import type { UpstreamObserver } from './observer.ts';
import { QuotaLog, type QuotaSlot, WINDOW_MS, waitMs } from './quota-log.ts';
import { RefusedHere } from './refusals.ts';
import { SharedQuota, type SharedTake } from './shared-quota.ts';
import type { SharedRedis } from './shared-redis.ts';

/** How many calls may be made, and who counts them together. */
export interface QuotaOptions {
  /** For each account and action, by all replicas, in any 60 seconds. */
  callsPerMinute: number;
  /** The longest that a call may take, in milliseconds. */
  longestCallMs: number;
  redis?: SharedRedis | undefined;
  observer?: UpstreamObserver;
  now?: () => number;
}

/** The part of the quota that is kept for those before them in line. */
const RESERVES: Readonly<Record<Priority, number>> = { interactive: 0, background: 0.2, refresh: 0.4 };

/** For how long a refusal by Redis stands for all who ask after it, in milliseconds: a storm of refused reads spares Redis. */
const REFUSAL_MS = 250;

/**
 * Lets a call pass when fewer than the quota have been made in the last minute, retries included: a sliding log, since a window
 * that starts anew every minute lets twice as many through around its edge. It keeps nobody waiting: over the quota, the
 * error says when to come back.
 */
export function quota(options: QuotaOptions): Link {
  const { now = Date.now } = options;
  const limiter = new QuotaLimiter(options);
  return async ({ call, flight, signal }, next) => {
    const refuseLate = () => {
      if (!signal.aborted && now() < flight.deadline) return;
      throw new RefusedHere({ kind: 'timeout', message: 'There was no time left for a call.', retryable: true });
    };
    refuseLate();
    const slot = await limiter.take(call.accountId, call.action, flight.priority);
    try {
      refuseLate();
      return await next(signal);
    } catch (error) {
      if (error instanceof NotSent) slot.drop();
      throw error;
    } finally {
      slot.end();
    }
  };
}

/** A granted call; `end` when it has ended, `drop` when it was not made. */
export interface GrantedSlot {
  end(): void;
  drop(): void;
}

/** What is left of each account's quota for each action: of this process alone, or with Redis of all replicas together. */
export class QuotaLimiter {
  readonly #options: QuotaOptions;
  readonly #now: () => number;
  readonly #redis: SharedRedis | undefined;
  readonly #shared: SharedQuota | undefined;
  readonly #logs = new Map<string, QuotaLog>();
  readonly #refusals = new Map<string, Refusal>();
  #taken = 0;

  constructor(options: QuotaOptions) {
    const { longestCallMs, redis, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#redis = redis;
    this.#shared = redis && new SharedQuota(redis, longestCallMs, now);
    redis?.onReturn(async (connection) => {
      const logs = Array.from(this.#logs);
      await Promise.all(logs.map(([name, log]) => this.#shared?.record(connection, name, log.slots())));
    });
  }

  /** Raises an `UpstreamError` of kind `throttled` when no call may be made now. */
  async take(accountId: string, action: string, priority: Priority): Promise<GrantedSlot> {
    const name = `${accountId}:${action}`;
    const limit = this.#limitOf(priority);
    const log = this.#logOf(name);
    const alone = this.#redis?.alone ?? true;
    const wait = alone ? this.#waitAlone(name, log, limit) : 0;
    if (wait > 0) throw this.#refusal(accountId, action, wait, log.count);
    // Taken before anything is awaited, or all who ask meanwhile would find it free.
    const slot = log.take(`${this.#redis?.replicaId ?? ''}:${this.#taken++}`);
    const shared = await this.#takeShared(name, log, slot, limit);
    if (shared && !shared.granted) {
      log.drop(slot);
      throw this.#refusal(accountId, action, shared.waitMs, shared.calls);
    }
    if (!shared && !alone) {
      log.drop(slot);
      return this.take(accountId, action, priority);
    }
    this.#observe(accountId, action, true, shared?.calls ?? log.count);
    return this.#granted(name, log, slot);
  }

  #waitAlone(name: string, log: QuotaLog, limit: number): number {
    // Without replicas to share with, counting is enough, as long as there is something left.
    if (!this.#redis && log.count < limit) return 0;
    const { aloneSince = Number.NEGATIVE_INFINITY, replicas = { count: 1, rank: 0 } } = this.#redis ?? {};
    const common = this.#shared?.others(name) ?? [];
    const own: number[] = [];
    for (const { takenAt, countsUntil } of log.slots()) (takenAt < aloneSince ? common : own).push(countsUntil);
    return waitMs({ common, own, limit, replicas }, this.#now());
  }

  /** Undefined when Redis is away. */
  async #takeShared(name: string, log: QuotaLog, slot: QuotaSlot, limit: number): Promise<SharedTake | undefined> {
    if (!this.#shared) return undefined;
    const key = `${name}:${limit}`;
    const refusal = this.#refusals.get(key);
    const now = this.#now();
    if (refusal && now < refusal.standsUntil)
      return { ...refusal.take, waitMs: refusal.take.waitMs - (now - refusal.at) };
    const take = await this.#shared.take(name, slot.member, limit);
    if (take && !this.#redis?.alone) {
      this.#shared.knowOfOthers(name, take.calls - log.count + (take.granted ? 0 : 1));
    }
    if (take && !take.granted) {
      const at = this.#now();
      this.#refusals.set(key, { take, at, standsUntil: at + Math.min(REFUSAL_MS, take.waitMs) });
    }
    return take;
  }

  #granted(name: string, log: QuotaLog, slot: QuotaSlot): GrantedSlot {
    return {
      end: () => {
        if (log.end(slot)) void this.#shared?.end(name, slot.member);
      },
      drop: () => {
        log.drop(slot);
        void this.#shared?.drop(name, slot.member);
      },
    };
  }

  #observe(accountId: string, action: string, granted: boolean, calls: number): void {
    const left = Math.max(0, this.#options.callsPerMinute - calls);
    this.#options.observer?.quota?.({ accountId, action, granted, left });
  }

  #refusal(accountId: string, action: string, wait: number, calls: number): RefusedHere {
    this.#observe(accountId, action, false, calls);
    const message = `No more calls of ${action} may be made at the moment.`;
    // A call under way counts for its longest time, but ends sooner as a rule.
    return new RefusedHere({ kind: 'throttled', message, retryable: true, retryAfterMs: Math.min(WINDOW_MS, wait) });
  }

  #limitOf(priority: Priority): number {
    const { callsPerMinute } = this.#options;
    return callsPerMinute - Math.floor(callsPerMinute * RESERVES[priority]);
  }

  #logOf(name: string): QuotaLog {
    let log = this.#logs.get(name);
    if (!log) {
      log = new QuotaLog(this.#options.longestCallMs, this.#now);
      this.#logs.set(name, log);
    }
    return log;
  }
}

/** A refusal by Redis, which stands for all who ask soon after it. */
interface Refusal {
  take: SharedTake;
  at: number;
  standsUntil: number;
}
