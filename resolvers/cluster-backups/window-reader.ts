import type { Answer, RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { InstanceKey } from '../identifiers.ts';
import { BackwardWalk } from './backward-walk.ts';
import { BackupPage, type ConnectionRequest, type PageReads } from './connection.ts';
import type { RowCursor } from './cursor.ts';
import { ForwardWalk, SCAN } from './forward-walk.ts';
import { mergedRuns, type Run, serves } from './merged-runs.ts';
import { anyAhead, anyBehind, matchesAt } from './neighbours.ts';
import { type OperationReadOptions, PageSource } from './page-source.ts';
import type { RecentPages } from './recent-pages.ts';
import { indexAfter, indexNotBefore, instant, sortTime } from './row-order.ts';
import { readShards } from './shards.ts';
import type { Stretch } from './stretch.ts';
import type { Window } from './window.ts';
import { WindowScan } from './window-scan.ts';

/** Indices of a page in a stretch, and what is known of its neighbours: undefined where only another read can tell. */
interface Choice {
  indices: readonly number[];
  hasNextPage: boolean | undefined;
  hasPreviousPage: boolean | undefined;
}

interface Reading {
  walk: ForwardWalk;
  source: PageSource;
}

/** What every reader of one operation reads with. */
export interface WindowReaderParts {
  store: RKVStore;
  options: OperationReadOptions;
  /** Epoch milliseconds at which the operation began. */
  now: number;
  recent: RecentPages;
}

/** Reads one window of one instance for all fields of one operation that want something of it, with the fewest calls. */
export class WindowReader implements PageReads {
  readonly #store: RKVStore;
  readonly #key: InstanceKey;
  readonly #window: Window;
  readonly #options: OperationReadOptions;
  readonly #now: number;
  readonly #recent: RecentPages;
  #scan: WindowScan | undefined;

  constructor(
    { key, window }: Pick<ConnectionRequest, 'key' | 'window'>,
    { store, options, now, recent }: WindowReaderParts,
  ) {
    this.#store = store;
    this.#key = key;
    this.#window = window;
    this.#options = options;
    this.#now = now;
    this.#recent = recent;
  }

  /** The pages that these requests want, in their order; a request that fails does not fail the others. */
  readAll(requests: readonly ConnectionRequest[]): Promise<BackupPage>[] {
    const answers = new Map<ConnectionRequest, Promise<BackupPage>>();
    const forward: ConnectionRequest[] = [];
    for (const request of requests) {
      if (needsScan(request)) answers.set(request, this.#fromScan(request));
      else if (request.from === 'end') answers.set(request, this.#backward(request));
      else forward.push(request);
    }
    for (const run of mergedRuns(forward)) {
      const reading = this.#run(run);
      for (const request of run.requests) answers.set(request, this.#fromRun(request, run, reading));
    }
    return requests.map((request) => answers.get(request) as Promise<BackupPage>);
  }

  async #run(run: Run): Promise<Reading> {
    const source = this.#source();
    const walk = new ForwardWalk(source, this.#window, run.from, {
      withShards: run.requests.some(({ selection }) => selection.shards),
      withLinks: run.requests.some(({ selection }) => selection.links),
    });
    if (run.requests.some(readsRows)) await walk.until(run.count);
    return { walk, source };
  }

  async #fromRun(request: ConnectionRequest, run: Run, reading: Promise<Reading>): Promise<BackupPage> {
    const { count, after, before } = request;
    let { walk, source } = await reading;
    if (readsRows(request) && !serves(request, run, walk)) {
      ({ walk, source } = await this.#run({ from: after, count, requests: [request] }));
    }
    const low = after === undefined ? walk.first : Math.max(walk.first, indexAfter(walk.seen, after.position));
    const high = before === undefined ? walk.end : Math.min(walk.end, indexNotBefore(walk.seen, before.position));
    const end = Math.max(low, Math.min(high, low + count));
    return this.#page(request, walk, source, {
      indices: indices(low, end),
      hasNextPage: end < walk.end || walk.cutApart,
      hasPreviousPage: after === undefined ? false : matchesAt(request, walk, low - 1),
    });
  }

  async #backward(request: ConnectionRequest): Promise<BackupPage> {
    const { count, after, selection } = request;
    const before = request.before as RowCursor;
    const source = this.#source();
    const readFor = { withShards: selection.shards, withLinks: selection.links };
    if (!readsRows(request) || before.marks === undefined) return this.#fromScan(request);
    const walk = new BackwardWalk(source, before, before.marks, readFor);
    if (!(await walk.until(count))) return this.#fromScan(request);
    const { seen, first, end, exhausted } = walk;
    const low = after === undefined ? first : Math.max(first, indexAfter(seen, after.position));
    const start = Math.min(end, Math.max(low, end - count));
    const next = seen[end];
    return this.#page(request, walk, source, {
      indices: indices(start, end),
      hasNextPage: next !== undefined && sortTime(next) >= instant(this.#window.start),
      hasPreviousPage: start > first || !exhausted,
    });
  }

  async #fromScan(request: ConnectionRequest): Promise<BackupPage> {
    const { from, count, after, before, matches } = request;
    const scan = after === undefined ? this.#sharedScan() : this.#newScan(after);
    const { walk, source } = scan;
    const candidates = () => {
      const low = after === undefined ? 0 : indexAfter(walk.seen, after.position);
      const high = before === undefined ? walk.seen.length : indexNotBefore(walk.seen, before.position);
      return scan.matching(matches).filter((index) => index >= low && index < high);
    };
    const passed = () => before !== undefined && indexNotBefore(walk.seen, before.position) < walk.seen.length;
    const read = readsRows(request);
    if (read) await scan.until(() => (from === 'start' && candidates().length > count) || passed());
    const all = candidates();
    const chosen = from === 'start' ? all.slice(0, count) : all.slice(Math.max(0, all.length - count));
    const isCut = all.length > chosen.length;
    const atBefore = before && matchesAt(request, walk, indexNotBefore(walk.seen, before.position));
    const atAfter = after && matchesAt(request, walk, indexAfter(walk.seen, after.position) - 1);
    // As it is now: others may read the scan on.
    const { window, seen, marks, longest } = walk;
    return this.#page(request, { window, seen: [...seen], marks, longest }, source, {
      indices: chosen,
      hasNextPage: (from === 'start' && isCut) || (before === undefined ? false : atBefore),
      hasPreviousPage:
        (from === 'end' && isCut) || (after === undefined && (read || from === 'start') ? false : atAfter),
    });
  }

  async #page(request: ConnectionRequest, stretch: Stretch, source: PageSource, choice: Choice): Promise<BackupPage> {
    const { selection } = request;
    let { indices } = choice;
    let rows = indices.map((index) => stretch.seen[index] as ClusterBackupRow);
    if (selection.shards && rows.some((row) => row.shardBackups === null && row.faults?.shardBackups === undefined)) {
      const read = await readShards(source, stretch, indices, selection.links);
      rows = read.map(({ row }) => row);
      indices = read.map(({ index }) => index);
    }
    const { window, seen, marks, longest } = stretch;
    const { hasNextPage, hasPreviousPage } = choice;
    const content = { rows, stretch: { window, seen, marks, longest }, indices, hasNextPage, hasPreviousPage };
    this.#recent.add(request, content, source);
    return new BackupPage(request, { content, provenance: { ...source.provenance }, recalled: false }, () => this);
  }

  hasNextPage(request: ConnectionRequest): Promise<Answer<boolean>> {
    return asked(this.#newScan(request.before), (scan) => anyBehind(scan, request));
  }

  hasPreviousPage(request: ConnectionRequest): Promise<Answer<boolean>> {
    const scan = request.matches === null ? this.#newScan(undefined) : this.#sharedScan();
    return asked(scan, (scan) => anyAhead(scan, request));
  }

  totalCount(request: ConnectionRequest): Promise<Answer<number>> {
    return asked(this.#sharedScan(), (scan) => count(scan, request));
  }

  #sharedScan(): WindowScan {
    this.#scan ??= this.#newScan(undefined);
    return this.#scan;
  }

  #newScan(from: RowCursor | undefined): WindowScan {
    const source = this.#source();
    return new WindowScan(new ForwardWalk(source, this.#window, from, SCAN), source);
  }

  #source(): PageSource {
    return new PageSource(this.#store, this.#key, this.#options, this.#now);
  }
}

/** Whether the window has to be read far or whole anyway, so that a page is best taken out of that. */
function needsScan({ matches, from, before, after, selection }: ConnectionRequest): boolean {
  if (matches !== null || (from === 'end' && before === undefined)) return true;
  return selection.totalCount && !selection.shards && after === undefined && from === 'start';
}

/** Whether anything is asked for that only rows, or an answer that has them, can tell. */
function readsRows({ count, selection }: ConnectionRequest): boolean {
  return count > 0 || selection.hasNextPage || selection.storage;
}

/** How many rows of the window match. */
async function count(scan: WindowScan, { matches }: ConnectionRequest): Promise<number> {
  await scan.until(() => false);
  return scan.matching(matches).length;
}

/** What a scan is asked for once the page is there, with the age of all that the scan has read. */
async function asked<Value>(scan: WindowScan, ask: (scan: WindowScan) => Promise<Value>): Promise<Answer<Value>> {
  const value = await ask(scan);
  const { ageSeconds, stale } = scan.source.provenance;
  return { value, ageSeconds, stale };
}

function indices(first: number, end: number): number[] {
  const found: number[] = [];
  for (let index = first; index < end; index++) found.push(index);
  return found;
}
