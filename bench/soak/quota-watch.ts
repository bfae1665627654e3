import type { RecordedCall } from '../../sandbox/call-log.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Journal } from './journal.ts';
import type { Span } from './known-backups.ts';
import type { Outage } from './redis-outages.ts';
import type { Change } from './replicas.ts';

const MINUTE = 60_000;
const LOOKS_EVERY_MS = 200;
/** Beats of the replicas after which all of them share again. */
const REUNION_MS = 6_000;
/** Of calls that were made so shortly before Redis was lost, the other replicas have not heard. */
const UNHEARD_MS = 1_500;
/** Within so much all replicas have heard of one that is new. */
const HEARD_OF_MS = 2_500;

export interface QuotaWatchOptions {
  sandbox: Sandbox;
  callsPerMinute: number;
  journal: Journal;
  /** When Redis was away. */
  outages: readonly Outage[];
  changes: readonly Change[];
}

/** Counts the calls that arrive at the upstream, of each action, in any 60 seconds. */
export class QuotaWatch {
  readonly #options: QuotaWatchOptions;
  readonly #calls = new Map<string, number[]>();
  #last: RecordedCall | undefined;
  /** The most calls of one action in a minute. */
  peak = 0;
  /** The same in minutes for which nothing is promised. */
  excusedPeak = 0;
  total = 0;

  constructor(options: QuotaWatchOptions) {
    this.#options = options;
  }

  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
      this.look();
    }
  }

  look(): void {
    const recent = this.#options.sandbox.calls.recent();
    const fresh = recent.slice(this.#last ? recent.lastIndexOf(this.#last) + 1 : 0);
    this.#last = recent.at(-1);
    this.total += fresh.length;
    for (const { action, at } of fresh) this.#count(action, at);
  }

  #count(action: string, at: number): void {
    const calls = (this.#calls.get(action) ?? []).filter((time) => time > at - MINUTE);
    calls.push(at);
    this.#calls.set(action, calls);
    const minute = { from: at - MINUTE, to: at };
    const { callsPerMinute, journal, outages } = this.#options;
    if (this.#isExcused(minute)) {
      this.excusedPeak = Math.max(this.excusedPeak, calls.length);
      return;
    }
    this.peak = Math.max(this.peak, calls.length);
    const unheard = calls.filter((time) => outages.some(({ from }) => time >= from - UNHEARD_MS && time <= from));
    if (calls.length !== callsPerMinute + unheard.length + 1) return;
    journal.wrong('quota', `${calls.length} calls of ${action} within 60 s`, {
      minute,
      outages: this.#options.outages,
    });
  }

  /** Whether it holds calls that the replicas cannot all know of, since some came or went while there was no Redis to tell it to. */
  #isExcused(minute: Span): boolean {
    const { outages, changes } = this.#options;
    return outages.some(({ from, to, emptied }) =>
      changes.some(({ at, kind }) => {
        if (at > to + REUNION_MS) return false;
        // Who starts alone takes the whole quota for its own, and the others do not count on it.
        if (kind === 'started') return at >= from - HEARD_OF_MS && minute.to >= at && minute.from <= to + REUNION_MS;
        // What it did alone nobody has heard; what it did before, only Redis, which may have forgotten.
        return at >= from - (emptied ? MINUTE : 0) && minute.to >= from && minute.from <= at;
      }),
    );
  }
}
