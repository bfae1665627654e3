import { type Failure, failureAt, type PlacedFailure } from '../failure/failure.ts';
import type { InstanceRowFragment } from '../generated/graphql.ts';

/** One page of the connection, or why there is none. */
export interface InstancePage {
  rows: readonly InstanceRowFragment[];
  totalCount: number | null;
  endCursor: string | null;
  hasNextPage: boolean;
  failures: readonly PlacedFailure[];
  staleSeconds: number | undefined;
}

/** What is known of a list so far. Frozen; another object after every change. */
export interface InstanceListState {
  rows: readonly InstanceRowFragment[];
  /** Rows that the table has room for: the upstream's total where it says one, else what has been read. */
  total: number;
  /** Whether {@link total} is the upstream's word; before the first page it is not. */
  isCounted: boolean;
  reading: boolean;
  /** Why reading stopped; what has been read stands. */
  failure: Failure | undefined;
  /** Why attributes of some rows are hidden. */
  hidden: Failure | undefined;
  staleSeconds: number | undefined;
  /** Epoch milliseconds, while waiting for quota. */
  waitingUntil: number | undefined;
}

/** The instances of a region, read page by page as far as somebody looks. */
export interface InstanceList {
  state(): InstanceListState;
  subscribe(listener: () => void): () => void;
  /** Sees to it that the row at this index gets read, with all before it. */
  want(index: number): void;
  /** Goes on after a failure. */
  retry(): void;
  /** Reads from the start, past the gateway's cache. What is known stays in view until the first page has come. */
  readAgain(): void;
  /** Stops what is being read; {@link want} begins again. */
  stop(): void;
}

export interface InstanceListOptions {
  readPage: (after: string | null, options: { signal: AbortSignal; fresh: boolean }) => Promise<InstancePage>;
  now?: () => number;
}

const NOTHING: InstanceListState = Object.freeze({
  rows: [],
  total: 0,
  isCounted: false,
  reading: false,
  failure: undefined,
  hidden: undefined,
  staleSeconds: undefined,
  waitingUntil: undefined,
});

export function createInstanceList({ readPage, now = Date.now }: InstanceListOptions): InstanceList {
  const listeners = new Set<() => void>();
  let state = NOTHING;
  let cursor: string | null = null;
  let ended = false;
  let wanted = -1;
  let isRenewing = false;
  let current: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    want(index) {
      wanted = Math.max(wanted, index);
      void advance();
    },
    retry() {
      change({ failure: undefined });
      void advance();
    },
    readAgain() {
      cancel();
      isRenewing = true;
      change({ failure: undefined });
      void advance();
    },
    stop() {
      wanted = -1;
      cancel();
    },
  };

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
    current?.abort();
    current = undefined;
    change({ reading: false, waitingUntil: undefined });
  }

  async function advance(): Promise<void> {
    const isEnough = !isRenewing && (ended || state.rows.length > wanted);
    if (isEnough || current !== undefined || timer !== undefined || state.failure !== undefined) return;
    const controller = new AbortController();
    current = controller;
    change({ reading: true });
    const after = isRenewing ? null : cursor;
    const page = await readPage(after, { signal: controller.signal, fresh: isRenewing });
    if (current !== controller) return;
    current = undefined;
    take(page);
    void advance();
  }

  function take(page: InstancePage): void {
    const failure = failureAt(page.failures, 'instances');
    if (failure?.kind === 'quota') {
      const wait = failure.retryAfterSeconds * 1000;
      change({ reading: false, waitingUntil: now() + wait });
      timer = setTimeout(() => {
        timer = undefined;
        change({ waitingUntil: undefined });
        void advance();
      }, wait);
      return;
    }
    if (failure !== undefined) {
      change({ reading: false, failure });
      return;
    }
    const before = isRenewing ? NOTHING : state;
    isRenewing = false;
    // Instances that come and go between two pages may show a row twice.
    const known = new Set(before.rows.map(({ id }) => id));
    const rows = [...before.rows, ...page.rows.filter(({ id }) => !known.has(id))];
    cursor = page.endCursor;
    ended = !page.hasNextPage || page.endCursor === null;
    change({
      rows,
      reading: false,
      isCounted: page.totalCount !== null,
      total: ended ? rows.length : Math.max(page.totalCount ?? 0, rows.length),
      hidden: before.hidden ?? page.failures.find(({ path }) => path.length > 1)?.failure,
      staleSeconds: page.staleSeconds ?? before.staleSeconds,
    });
  }

  function change(patch: Partial<InstanceListState>): void {
    state = Object.freeze({ ...state, ...patch });
    for (const listener of listeners) listener();
  }
}
