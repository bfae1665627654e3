import type { RKVStore } from '../../upstream/rkvstore.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { seconds } from '../cluster-backups/row-order.ts';
import type { InstanceKey } from '../identifiers.ts';
import { LEAST_WAIT_MS, PollPace } from './poll-pace.ts';
import { covers, ProgressWatcher } from './progress-watcher.ts';
import { isRunning, type Poll, readRunningBackups, type WantedShards } from './running-backups.ts';

/** What a poller needs of whoever has it. */
export interface InstancePollerOptions {
  store: RKVStore;
  /** For each poll, its retries included. */
  timeoutMs: number;
  /** Milliseconds that must lie between two polls, for all that is polled to stay within its part of the quota. */
  fairWaitMs: () => number;
  /** Called when nobody has watched for so long that its last answer is of no use any more. */
  idle: () => void;
  now: () => number;
}

/** So many polls in a row may fail; with their waits that is about a minute. */
const MOST_FAILURES = 6;
const LONGEST_PAUSE_MS = 30_000;

/** Polls one instance for as long as somebody watches it, once for all who do. */
export class InstancePoller {
  readonly #key: InstanceKey;
  readonly #options: InstancePollerOptions;
  readonly #watchers = new Set<ProgressWatcher>();
  #pace = new PollPace();
  /** The latest answer, which newcomers begin with. */
  #latest: { poll: Poll; at: number } | undefined;
  /** The poll under way. */
  #running: { controller: AbortController; wanted: WantedShards } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(key: InstanceKey, options: InstancePollerOptions) {
    this.#key = key;
    this.#options = options;
  }

  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  watch(wanted: WantedShards): ProgressWatcher {
    const watcher = new ProgressWatcher(this.#key, wanted, (left) => this.#leave(left));
    const alone = this.#watchers.size === 0;
    this.#watchers.add(watcher);
    if (alone && this.#age() >= LEAST_WAIT_MS) this.#latest = undefined;
    // A poll under way that will not show what is wanted may be the last that shows a backup's end.
    const misses = this.#running !== undefined && !covers(this.#running.wanted, wanted);
    // While polls fail, what is known grows old, and would pass for news.
    const isNews = !misses && this.#failures === 0;
    if (this.#latest !== undefined && isNews) watcher.take(this.#latest.poll);
    const wait = this.#running !== undefined || this.#failures > 0;
    if (this.#watchers.size > 0 && !wait && (alone || !watcher.served)) this.#schedule();
    return watcher;
  }

  /** Ends it for all who watch. */
  close(): void {
    for (const watcher of this.#watchers) watcher.finish();
    clearTimeout(this.#timer);
  }

  #leave(watcher: ProgressWatcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#running?.controller.abort();
    this.#running = undefined;
    this.#failures = 0;
    this.#pace = new PollPace();
    clearTimeout(this.#timer);
    // Whoever comes and goes all the time costs no more than whoever stays.
    this.#timer = setTimeout(this.#options.idle, Math.max(0, LEAST_WAIT_MS - this.#age()));
    this.#timer.unref();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#poll(), Math.max(0, this.#waitMs() - this.#age()));
  }

  /** Milliseconds between the latest answer and the next poll. */
  #waitMs(): number {
    for (const watcher of this.#watchers) if (!watcher.served) return LEAST_WAIT_MS;
    return Math.max(this.#pace.waitMs, this.#options.fairWaitMs());
  }

  async #poll(): Promise<void> {
    const { store, timeoutMs, now } = this.#options;
    const controller = new AbortController();
    const wanted = wantedBy(this.#watchers);
    this.#running = { controller, wanted };
    const known = this.#latest?.poll;
    const began = now();
    const options = {
      signal: controller.signal,
      deadline: began + timeoutMs,
      // Another replica may have polled a moment ago; but that nothing runs is remembered for longer than may be believed here.
      readThrough: known === undefined || ![...known.rows.values()].some(isRunning),
      freshOnly: true,
      meter: { made: 0, cached: 0 },
    } as const;
    try {
      const poll = await readRunningBackups(store, this.#key, { since: this.#since(), wanted }, options, began);
      if (controller.signal.aborted) return;
      this.#running = undefined;
      this.#failures = 0;
      this.#latest = { poll, at: now() };
      this.#pace.note(poll, this.#latest.at);
      for (const watcher of this.#watchers) watcher.take(poll);
      if (this.#watchers.size > 0) this.#schedule();
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#running = undefined;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    const { retryable = false, retryAfterMs = 0 } = error instanceof UpstreamError ? error : {};
    if (!retryable || this.#failures >= MOST_FAILURES) {
      for (const watcher of this.#watchers) watcher.finish({ error });
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, LEAST_WAIT_MS * 2 ** (this.#failures - 1));
    this.#timer = setTimeout(() => void this.#poll(), Math.max(pause, retryAfterMs));
  }

  /** Start of the oldest backup that runs, in seconds: nothing before it can change any more. */
  #since(): number | undefined {
    const running = [...(this.#latest?.poll.rows.values() ?? [])].filter(isRunning);
    const starts = running.map(({ startTime }) => (startTime === null ? Number.NaN : seconds(startTime)));
    const oldest = Math.min(...starts);
    return Number.isFinite(oldest) ? oldest : undefined;
  }

  #age(): number {
    return this.#latest === undefined ? Number.POSITIVE_INFINITY : this.#options.now() - this.#latest.at;
  }
}

function wantedBy(watchers: Iterable<ProgressWatcher>): WantedShards {
  const wanted = { shards: false, links: false };
  for (const watcher of watchers) {
    wanted.shards ||= watcher.wanted.shards;
    wanted.links ||= watcher.wanted.links;
  }
  return wanted;
}
