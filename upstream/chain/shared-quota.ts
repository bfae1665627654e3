import type { Redis } from 'ioredis';
import { COUNTED_MS, type QuotaSlot } from './quota-log.ts';
import { PREFIX, REPLICAS, type SharedRedis } from './shared-redis.ts';

/**
 * The log of all replicas' calls in Redis: for each account and action a sorted set of calls, by the time until which they count
 * on Redis's own clock. Each script runs whole, so that no two replicas take the last slot.
 */
const LOGS = `${PREFIX}quota`;

const NOW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * KEYS: log, set of logs, replicas. ARGV: member, limit, longest count in ms. Returns: granted, calls that count, ms to wait,
 * ids of the replicas.
 */
const TAKE = `${NOW}
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  local count = redis.call('ZCARD', KEYS[1])
  local limit = tonumber(ARGV[2])
  local replicas = redis.call('ZRANGE', KEYS[3], 0, -1)
  if count >= limit then
    local frees = redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')[2]
    return { 0, count, frees and frees - now or ${COUNTED_MS}, replicas }
  end
  redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('SADD', KEYS[2], KEYS[1])
  return { 1, count + 1, 0, replicas }`;

/** KEYS: log, set of logs. ARGV: longest count in ms, then pairs of member and ms that it still counts. */
const RECORD = `${NOW}
  for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now + ARGV[i + 1], ARGV[i]) end
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('SADD', KEYS[2], KEYS[1])`;

/** KEYS: set of logs. ARGV: own replica id. Returns, log after log, its name and for how many ms the others' calls count. */
const OTHERS = `${NOW}
  local answer = {}
  for _, log in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local calls = redis.call('ZRANGEBYSCORE', log, '(' .. now, '+inf', 'WITHSCORES')
    local others = {}
    for i = 1, #calls, 2 do
      if string.sub(calls[i], 1, #ARGV[1]) ~= ARGV[1] then table.insert(others, calls[i + 1] - now) end
    end
    if #calls == 0 then redis.call('SREM', KEYS[1], log) end
    table.insert(answer, log)
    table.insert(answer, others)
  end
  return answer`;

/** What Redis says to one who asks for a call. */
export interface SharedTake {
  granted: boolean;
  /** Calls of all replicas that count now. */
  calls: number;
  /** Milliseconds until a slot is free, 0 when granted. */
  waitMs: number;
}

/** The side of the quota that is in Redis, and what this replica knows of the others for when it is gone. */
export class SharedQuota {
  readonly #redis: SharedRedis;
  readonly #longestCountMs: number;
  readonly #now: () => number;
  #others = new Map<string, number[]>();

  constructor(redis: SharedRedis, longestCallMs: number, now: () => number) {
    this.#redis = redis;
    this.#longestCountMs = longestCallMs + COUNTED_MS;
    this.#now = now;
    redis.onBeat((connection) => this.#listen(connection));
  }

  /** Undefined when Redis does not answer. */
  async take(name: string, member: string, limit: number): Promise<SharedTake | undefined> {
    const answer = await this.#redis.ask((redis) =>
      redis.eval(TAKE, 3, logOf(name), LOGS, REPLICAS, member, limit, this.#longestCountMs),
    );
    if (answer === undefined) return undefined;
    const [granted, calls, waitMs, replicas] = answer as [number, number, number, string[]];
    this.#redis.meet(replicas);
    return { granted: granted === 1, calls, waitMs };
  }

  /** The call has ended: from now on it counts for a minute and no longer. */
  async end(name: string, member: string): Promise<void> {
    await this.#redis.ask((redis) =>
      redis.eval(RECORD, 2, logOf(name), LOGS, this.#longestCountMs, member, COUNTED_MS),
    );
  }

  async drop(name: string, member: string): Promise<void> {
    await this.#redis.ask((redis) => redis.zrem(logOf(name), member));
  }

  /** Tells Redis what it may have missed or lost. */
  async record(redis: Redis, name: string, slots: readonly QuotaSlot[]): Promise<void> {
    if (slots.length === 0) return;
    const calls = slots.flatMap((slot) => [slot.member, slot.countsUntil - this.#now()]);
    await redis.eval(RECORD, 2, logOf(name), LOGS, this.#longestCountMs, ...calls);
  }

  /** Until when the other replicas' calls count, as far as known. */
  others(name: string): number[] {
    const now = this.#now();
    return (this.#others.get(logOf(name)) ?? []).filter((countsUntil) => countsUntil > now);
  }

  /** The others have made so many calls, of which some may be newer than the last heartbeat. */
  knowOfOthers(name: string, calls: number): void {
    const known = this.others(name);
    if (known.length >= calls) return;
    const unknown = new Array<number>(calls - known.length).fill(this.#now() + this.#longestCountMs);
    this.#others.set(logOf(name), [...known, ...unknown]);
  }

  async #listen(redis: Redis): Promise<void> {
    const answer = (await redis.eval(OTHERS, 1, LOGS, `${this.#redis.replicaId}:`)) as (string | number[])[];
    const now = this.#now();
    const others = new Map<string, number[]>();
    for (let index = 0; index < answer.length; index += 2) {
      others.set(
        String(answer[index]),
        (answer[index + 1] as number[]).map((ms) => now + ms),
      );
    }
    this.#others = others;
  }
}

function logOf(name: string): string {
  return `${LOGS}:${name}`;
}
