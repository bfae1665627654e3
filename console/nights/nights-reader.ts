import { type Failure, failureWithin, type PlacedFailure } from '../failure/failure.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';

/** The backups of one instance over the last days, as far as they are known. */
export type NightsState =
  | { state: 'waiting' }
  /** Until when, epoch milliseconds. */
  | { state: 'quota'; until: number }
  | { state: 'failed'; failure: Failure; readAt: number }
  | { state: 'read'; backups: readonly BackupOutcomeFragment[]; complete: boolean; readAt: number };

/** What one read brought, in the order of the ids that it was for. */
export interface NightsAnswer {
  instances: readonly ({ backups: readonly BackupOutcomeFragment[]; complete: boolean } | undefined)[];
  /** With paths that begin at `nodes`. */
  failures: readonly PlacedFailure[];
  staleSeconds: number | undefined;
}

/**
 * Reads the backups of those instances alone that somebody looks at. Each costs the gateway one upstream call, and calls
 * are scarce: rows that are only scrolled past are never asked for, and a read whose rows have all left is cancelled.
 */
export interface NightsReader {
  /** Looks at an instance, by its global id, until the returned function is called. */
  watch(id: string, listener: () => void): () => void;
  /** The same object until it changes. */
  state(id: string): NightsState;
  /** Everything that is known, by global id. */
  known(): ReadonlyMap<string, NightsState>;
  /** Calls the listener after any change. */
  subscribe(listener: () => void): () => void;
  /** How old what was last read is, if the gateway had it from a copy because the upstream does not answer. */
  staleSeconds(): number | undefined;
  /** Forgets everything and reads what is looked at again, past the gateway's cache. */
  readAgain(): void;
}

export interface NightsReaderOptions {
  read: (ids: readonly string[], options: { signal: AbortSignal; fresh: boolean }) => Promise<NightsAnswer>;
  now?: () => number;
  /** How long rows must stay before they are asked for. */
  settleMs?: number;
}

/** Small enough that the first rows show early and that a batch leaves the screen as one. */
const BATCH_SIZE = 8;
const PARALLEL_READS = 3;
const FRESH_FOR_MS = 120_000;
const FRESH_WHILE_RUNNING_MS = 20_000;

const WAITING: NightsState = Object.freeze({ state: 'waiting' });

export function createNightsReader({ read, now = Date.now, settleMs = 90 }: NightsReaderOptions): NightsReader {
  const watchers = new Map<string, Set<() => void>>();
  const states = new Map<string, NightsState>();
  const everybody = new Set<() => void>();
  const flights = new Map<AbortController, readonly string[]>();
  let pausedUntil = 0;
  const toRefresh = new Set<string>();
  let staleSeconds: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  return {
    watch(id, listener) {
      const ofId = watchers.get(id) ?? new Set();
      watchers.set(id, ofId.add(listener));
      wake(settleMs);
      return () => {
        ofId.delete(listener);
        if (ofId.size > 0) return;
        watchers.delete(id);
        // Not at once: a row that is drawn anew leaves and comes back in the same moment.
        setTimeout(cancelUnwatched, 0);
      };
    },
    state: (id) => states.get(id) ?? WAITING,
    known: () => states,
    subscribe(listener) {
      everybody.add(listener);
      return () => everybody.delete(listener);
    },
    staleSeconds: () => staleSeconds,
    readAgain() {
      for (const id of watchers.keys()) toRefresh.add(id);
      for (const controller of flights.keys()) controller.abort();
      flights.clear();
      states.clear();
      for (const id of watchers.keys()) tell(id);
      wake(0);
    },
  };

  function wake(afterMs: number): void {
    const at = now() + afterMs;
    // Settling begins anew with every row that comes; anything else only ever brings the next look forward.
    if (timer !== undefined && afterMs !== settleMs && at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timer = undefined;
      timerAt = Number.POSITIVE_INFINITY;
      pump();
    }, afterMs);
  }

  function pump(): void {
    const wait = pausedUntil - now();
    if (wait > 0) {
      showQuota();
      wake(wait);
      return;
    }
    const busy = new Set([...flights.values()].flat());
    const due = [...watchers.keys()].filter((id) => !busy.has(id) && dueIn(id) <= 0);
    while (due.length > 0 && flights.size < PARALLEL_READS) void fly(due.splice(0, BATCH_SIZE));
    if (due.length > 0) return;
    const next = Math.min(...[...watchers.keys()].map(dueIn).filter((ms) => ms > 0));
    if (Number.isFinite(next)) wake(Math.max(next, 1000));
  }

  /** Milliseconds until an instance has to be read, again or for the first time. */
  function dueIn(id: string): number {
    const known = states.get(id);
    if (known === undefined || known.state === 'waiting') return 0;
    if (known.state === 'quota') return known.until - now();
    if (known.state === 'failed') {
      const { failure } = known;
      const passes = failure.kind === 'unreachable' || (failure.kind === 'upstream' && failure.retryable);
      return passes ? known.readAt + FRESH_WHILE_RUNNING_MS - now() : Number.POSITIVE_INFINITY;
    }
    const isRunning = known.backups.some(({ status }) => status === 'RUNNING');
    return known.readAt + (isRunning ? FRESH_WHILE_RUNNING_MS : FRESH_FOR_MS) - now();
  }

  async function fly(ids: readonly string[]): Promise<void> {
    const controller = new AbortController();
    flights.set(controller, ids);
    const answer = await read(ids, { signal: controller.signal, fresh: ids.some((id) => toRefresh.has(id)) });
    if (!flights.delete(controller)) return;
    staleSeconds = answer.staleSeconds;
    for (const [index, id] of ids.entries()) {
      toRefresh.delete(id);
      const failure = failureWithin(answer.failures, 'nodes', index);
      const instance = answer.instances[index];
      if (instance !== undefined) set(id, { state: 'read', ...instance, readAt: now() });
      else if (failure?.kind === 'quota') pausedUntil = Math.max(pausedUntil, now() + failure.retryAfterSeconds * 1000);
      else set(id, { state: 'failed', failure: failure ?? { kind: 'missing' }, readAt: now() });
    }
    pump();
  }

  /** What was read before stays in view while its next read waits. */
  function showQuota(): void {
    for (const id of watchers.keys()) {
      const known = states.get(id);
      const isOutdated = known?.state === 'quota' && known.until !== pausedUntil;
      if (known === undefined || isOutdated) set(id, { state: 'quota', until: pausedUntil });
    }
  }

  function set(id: string, next: NightsState): void {
    states.set(id, Object.freeze(next));
    tell(id);
  }

  function tell(id: string): void {
    for (const listener of watchers.get(id) ?? []) listener();
    for (const listener of everybody) listener();
  }

  function cancelUnwatched(): void {
    for (const [controller, ids] of flights) {
      if (ids.some((id) => watchers.has(id))) continue;
      flights.delete(controller);
      controller.abort();
    }
    if (watchers.size > 0) wake(settleMs);
  }
}
