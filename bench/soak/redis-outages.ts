import type { RedisServer } from '../../test/upstream/chain/redis-server.ts';
import { between, oneOf, restFor } from './chance.ts';
import type { Span } from './known-backups.ts';
import type { Phases } from './phases.ts';

/** When it was away; and whether it came back empty. */
export interface Outage extends Span {
  emptied: boolean;
}

/** Kills, restarts and pauses the Redis that all replicas share. */
export class RedisOutages {
  readonly #redis: RedisServer;
  readonly spans: Outage[] = [];
  readonly counts = new Map<string, number>();

  constructor(redis: RedisServer) {
    this.#redis = redis;
  }

  async run(phases: Phases, end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await restFor(4_000, 15_000, end);
      if (end.aborted) return;
      if (!phases.now.redis) continue;
      const kind = oneOf(['killed', 'restarted', 'paused'] as const);
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      const span = { from: Date.now(), to: Number.POSITIVE_INFINITY, emptied: kind !== 'paused' };
      this.spans.push(span);
      const ms = kind === 'restarted' ? 0 : between(1_000, 5_000);
      if (kind === 'paused') {
        this.#redis.pause();
        await restFor(ms, ms, end);
        this.#redis.resume();
      } else {
        await this.#redis.kill();
        await restFor(ms, ms, end);
        await this.#redis.start();
      }
      span.to = Date.now();
    }
  }
}
