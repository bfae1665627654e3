import type { RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { InstanceKey } from '../identifiers.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import { type BackwardRead, NotNewestFirst, readBefore } from './backward-read.ts';
import { BackupPage, type ConnectionRequest } from './connection.ts';
import type { RowCursor } from './cursor.ts';
import { ForwardWalk, indexAfter } from './forward-walk.ts';
import { type OperationReadOptions, PageSource } from './page-source.ts';
import { comparePositions, positionOf } from './row-order.ts';
import { readShards } from './shards.ts';
import type { Stretch } from './stretch.ts';
import type { Window } from './window.ts';
import { WindowScan } from './window-scan.ts';

/** A walk longer than this is two calls whatever else it serves, so overlapping wishes are merged up to here. */
const LONGEST_RUN = LARGEST_PAGE - 10;

/** Indices of a page in a stretch, and what is known of its neighbours. */
interface Choice {
  indices: readonly number[];
  hasNextPage: boolean | undefined;
  hasPreviousPage: boolean | undefined;
}

/** Reads one window of one instance for all fields of one operation that want something of it, with the fewest calls. */
export class WindowReader {
  readonly #store: RKVStore;
  readonly #key: InstanceKey;
  readonly #window: Window;
  readonly #options: OperationReadOptions;
  readonly #now: number;
  #scan: { scan: WindowScan; source: PageSource } | undefined;

  constructor(store: RKVStore, key: InstanceKey, window: Window, options: OperationReadOptions, now: number) {
    this.#store = store;
    this.#key = key;
    this.#window = window;
    this.#options = options;
    this.#now = now;
  }

  /** The pages that these requests want, in their order; a request that fails does not fail the others. */
  readAll(requests: readonly ConnectionRequest[]): Promise<BackupPage>[] {
    const answers = new Map<ConnectionRequest, Promise<BackupPage>>();
    const forward: ConnectionRequest[] = [];
    for (const request of requests) {
      if (this.#needsScan(request)) answers.set(request, this.#fromScan(request));
      else if (request.from === 'end') answers.set(request, this.#backward(request));
      else forward.push(request);
    }
    for (const run of mergedRuns(forward)) {
      const running = this.#run(run);
      for (const request of run.requests) answers.set(request, this.#fromRun(request, run, running));
    }
    return requests.map((request) => answers.get(request) as Promise<BackupPage>);
  }

  /** Whether the window has to be read far or whole anyway, so that a page is best taken out of that. */
  #needsScan(request: ConnectionRequest): boolean {
    const { matches, from, before, after, selection } = request;
    if (matches !== null || (from === 'end' && before === undefined)) return true;
    return selection.totalCount && !selection.shards && after === undefined && from === 'start';
  }

  async #fromScan(request: ConnectionRequest): Promise<BackupPage> {
    const { from, count, after, before, matches } = request;
    const ownWalk = from === 'start' && after !== undefined;
    const { scan, source } = ownWalk ? this.#newScan(after) : this.#sharedScan();
    const candidates = () => {
      const { seen } = scan.walk;
      const low = after === undefined ? 0 : indexAfter(seen, after.position);
      const high = before === undefined ? seen.length : indexNotBefore(seen, before);
      return scan.matching(matches).filter((index) => index >= low && index < high);
    };
    const passed = () => before !== undefined && indexNotBefore(scan.walk.seen, before) < scan.walk.seen.length;
    await scan.until(() => (from === 'start' ? candidates().length > count : false) || passed());
    const all = candidates();
    const indices = from === 'start' ? all.slice(0, count) : all.slice(Math.max(0, all.length - count));
    const cut = all.length > indices.length;
    const beside = (index: number) => this.#matchesAt(request, scan.walk, index);
    return this.#page(request, scan.walk, source, {
      indices,
      hasNextPage:
        (from === 'start' && cut) || (before === undefined ? false : beside(indexNotBefore(scan.walk.seen, before))),
      hasPreviousPage:
        (from === 'end' && cut) ||
        (after === undefined ? false : beside(indexAfter(scan.walk.seen, after.position) - 1)),
    });
  }

  /** True when the row there is in the window and matches; undefined where only another read can tell. */
  #matchesAt(request: ConnectionRequest, walk: ForwardWalk, index: number): boolean | undefined {
    const row = walk.seen[index];
    if (
      row === undefined ||
      index >= walk.end ||
      (row.startTime !== null && Date.parse(row.startTime) / 1000 > walk.window.end)
    ) {
      return undefined;
    }
    return request.matches === null || request.matches(row) ? true : undefined;
  }

  async #run(run: Run): Promise<{ walk: ForwardWalk; source: PageSource }> {
    const source = this.#source();
    const walk = new ForwardWalk(source, this.#window, run.from, {
      withShards: run.requests.some(({ selection }) => selection.shards),
      withLinks: run.requests.some(({ selection }) => selection.links),
    });
    const asked = run.requests.some(({ count, selection }) => count > 0 || selection.hasNextPage || selection.storage);
    if (asked) await walk.until(run.count);
    return { walk, source };
  }

  async #fromRun(
    request: ConnectionRequest,
    run: Run,
    running: Promise<{ walk: ForwardWalk; source: PageSource }>,
  ): Promise<BackupPage> {
    const { count, after, before } = request;
    let { walk, source } = await running;
    if (count > 0 && !serves(request, run, walk)) {
      const own = await this.#run({ from: after, count, requests: [request] });
      walk = own.walk;
      source = own.source;
    }
    const low = after === undefined ? walk.first : Math.max(walk.first, indexAfter(walk.seen, after.position));
    const high = Math.max(low, before === undefined ? walk.end : Math.min(walk.end, indexNotBefore(walk.seen, before)));
    const end = Math.min(high, low + count);
    return this.#page(request, walk, source, {
      indices: range(low, end),
      hasNextPage: end < walk.end || walk.cutApart,
      hasPreviousPage: after === undefined ? false : this.#matchesAt(request, walk, low - 1),
    });
  }

  async #backward(request: ConnectionRequest): Promise<BackupPage> {
    const { count, after, before, selection } = request;
    const source = this.#source();
    let read: BackwardRead;
    try {
      read = await readBefore(source, before as RowCursor, count, {
        withShards: selection.shards,
        withLinks: selection.links,
      });
    } catch (error) {
      if (error instanceof NotNewestFirst) return this.#fromScan(request);
      throw error;
    }
    const low = after === undefined ? read.first : Math.max(read.first, indexAfter(read.seen, after.position));
    const first = Math.max(low, read.end - count);
    const follows = read.seen[read.end];
    return this.#page(request, read, source, {
      indices: range(first, read.end),
      hasNextPage:
        follows !== undefined && Date.parse(follows.startTime ?? '') / 1000 >= this.#window.start ? true : undefined,
      hasPreviousPage:
        first > read.first || !read.exhausted ? true : after === undefined ? false : first > 0 ? true : undefined,
    });
  }

  async #page(request: ConnectionRequest, stretch: Stretch, source: PageSource, choice: Choice): Promise<BackupPage> {
    const { after, before, selection } = request;
    let indices = choice.indices;
    let rows = indices.map((index) => stretch.seen[index] as ClusterBackupRow);
    if (selection.shards && rows.some((row) => row.shardBackups === null)) {
      rows = await readShards(source, stretch, indices, selection.links);
      const left = new Set(rows.map((row) => row.clusterBackupId));
      indices = indices.filter((index) => left.has((stretch.seen[index] as ClusterBackupRow).clusterBackupId));
    }
    return new BackupPage({
      request,
      rows,
      stretch,
      indices,
      hasNextPage: choice.hasNextPage ?? (() => this.#anyFrom(request, before as RowCursor)),
      hasPreviousPage: choice.hasPreviousPage ?? (() => this.#anyUpTo(request, after as RowCursor)),
      total: () => this.#total(request),
      provenance: source.provenance,
    });
  }

  /** Whether a row that matches stands at a cursor or after it. */
  async #anyFrom(request: ConnectionRequest, cursor: RowCursor): Promise<boolean> {
    const { scan } = this.#newScan(cursor);
    if (request.matches === null) await scan.walk.until(0);
    const at = () => scan.matching(request.matches, indexNotBefore(scan.walk.seen, cursor)).length > 0;
    await scan.until(at);
    return at() || (scan.walk.cutApart && request.matches === null);
  }

  /** Whether a row that matches stands at a cursor or before it. */
  async #anyUpTo(request: ConnectionRequest, cursor: RowCursor): Promise<boolean> {
    const { scan } = this.#sharedScan();
    const { matches } = request;
    const found = () =>
      scan
        .matching(matches)
        .some((index) => comparePositions(positionOf(scan.walk.seen[index] as ClusterBackupRow), cursor.position) <= 0);
    if (matches === null && scan.walk.seen.length === 0) await scan.walk.until(0);
    await scan.until((walk) => found() || indexAfter(walk.seen, cursor.position) < walk.seen.length);
    return found();
  }

  async #total(request: ConnectionRequest): Promise<number> {
    const { scan } = this.#sharedScan();
    await scan.until(() => false);
    return scan.matching(request.matches).length;
  }

  #sharedScan(): { scan: WindowScan; source: PageSource } {
    this.#scan ??= this.#newScan(undefined);
    return this.#scan;
  }

  #newScan(from: RowCursor | undefined): { scan: WindowScan; source: PageSource } {
    const source = this.#source();
    const how = { withShards: false, withLinks: false, priority: 'background' as const };
    return { scan: new WindowScan(new ForwardWalk(source, this.#window, from, how)), source };
  }

  #source(): PageSource {
    return new PageSource(this.#store, this.#key, this.#options, this.#now);
  }
}

/** Requests that one walk serves: where it begins, and how many rows it has to find. */
interface Run {
  from: RowCursor | undefined;
  count: number;
  requests: ConnectionRequest[];
}

/** Joins requests whose rows overlap or touch, by what their cursors remember of their places. */
function mergedRuns(requests: readonly ConnectionRequest[]): Run[] {
  const start = (from: RowCursor | undefined) => (from === undefined ? 0 : from.offset + 1);
  const runs: Run[] = [];
  for (const request of requests.toSorted((left, right) => start(left.after) - start(right.after))) {
    const run = runs.at(-1);
    const ahead = run === undefined ? 0 : start(request.after) - start(run.from);
    const count = Math.max(run?.count ?? 0, ahead + request.count);
    if (run !== undefined && ahead <= run.count && (count <= LONGEST_RUN || count === run.count)) {
      run.count = count;
      run.requests.push(request);
    } else {
      runs.push({ from: request.after, count: request.count, requests: [request] });
    }
  }
  return runs;
}

/** Whether a walk that was made for several requests began and reached far enough for this one. */
function serves(request: ConnectionRequest, run: Run, walk: ForwardWalk): boolean {
  const { after, before, count } = request;
  if (run.from !== undefined && after !== undefined && comparePositions(after.position, run.from.position) < 0)
    return false;
  if (walk.exhausted) return true;
  const low = after === undefined ? walk.first : indexAfter(walk.seen, after.position);
  const high = before === undefined ? walk.end : indexNotBefore(walk.seen, before);
  return high < walk.end || high - low > count || (walk.cutApart && high - low >= count);
}

function indexNotBefore(rows: readonly ClusterBackupRow[], cursor: RowCursor): number {
  const index = rows.findIndex((row) => comparePositions(positionOf(row), cursor.position) >= 0);
  return index === -1 ? rows.length : index;
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}
