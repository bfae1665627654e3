import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { isRunning, type Poll } from './running-backups.ts';

/** Milliseconds between two polls of an instance. The least is the time for which an answer with a running backup is fresh. */
export const LEAST_WAIT_MS = 3_000;
const MOST_WAIT_MS = 10_000;
/** By how much the wait grows when a poll brought nothing new. */
const GROWTH = 1.5;

/**
 * How long to wait until the next poll: about as long as the fastest backup takes for a percent, so that most polls bring something and
 * few changes are missed.
 */
export class PollPace {
  waitMs = LEAST_WAIT_MS;
  readonly #seen = new Map<string, { percent: number; at: number }>();

  /** Learns from a poll that was answered `at` (epoch milliseconds). */
  note({ rows }: Poll, at: number): void {
    const running = [...rows.values()].filter(isRunning);
    const paces = running.map((row) => this.#millisecondsOfPercent(row, at));
    const fastest = Math.min(...paces.filter((pace) => pace !== undefined));
    const wait = Number.isFinite(fastest) ? fastest : this.waitMs * GROWTH;
    this.waitMs = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, wait));
    for (const id of this.#seen.keys()) if (!running.some((row) => row.clusterBackupId === id)) this.#seen.delete(id);
  }

  /** Undefined where it did not come on; 0 for one that was not seen before. */
  #millisecondsOfPercent({ clusterBackupId, progressPercent }: ClusterBackupRow, at: number): number | undefined {
    const percent = progressPercent ?? 0;
    const before = this.#seen.get(clusterBackupId);
    if (before !== undefined && percent <= before.percent) return undefined;
    this.#seen.set(clusterBackupId, { percent, at });
    return before === undefined ? 0 : (at - before.at) / (percent - before.percent);
  }
}
