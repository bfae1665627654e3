import type { ClusterBackupPageSize } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { TooCostly } from '../bad-input.ts';
import { LARGEST_PAGE, pageSizeFor } from '../page-plan.ts';
import type { RowCursor } from './cursor.ts';
import type { PageRead, PageRequest, PageSource } from './page-source.ts';
import { comparePositions, compareRows, instant, type Position, positionOf, seconds, sortTime } from './row-order.ts';
import { cursorAt, longestOf, type Stretch } from './stretch.ts';
import { minuteAfter, minuteNotAfter, upstreamEnd, upstreamStart, type Window } from './window.ts';

/** The most calls that one walk makes; a window that needs more is refused, never cut short. */
export const MAX_WALK_CALLS = 10;

/**
 * Reads a window from its newest row, or from a cursor, towards older ones. Every call is a seek: the same window with its end moved to
 * where the last row is sure to be seen again, first page, and everything up to that row dropped. So no row is lost or repeated
 * when others are created, deleted or expire between two calls. Where the upstream does not answer newest first a page is no prefix of the
 * window: it is then read whole, page by page and without shards, and sorted here.
 */
export class ForwardWalk implements Stretch {
  window: Window;
  /** Starts with rows up to the cursor, or newer than the window, where the upstream returned such. */
  readonly seen: ClusterBackupRow[] = [];
  offset: number;
  longest: number;
  /** Index in `seen` of the first row after the cursor and inside the window. */
  first = 0;
  /** Whether the window ends with the rows seen. */
  exhausted = false;
  /** Whether a row follows those seen, although its exact place is not known yet: rows of one second cut apart by a page's end. */
  cutApart = false;
  calls = 0;
  readonly #source: PageSource;
  readonly #from: RowCursor | undefined;
  readonly #how: Pick<PageRequest, 'withShards' | 'withLinks' | 'priority'>;
  #anchor: RowCursor | undefined;

  constructor(
    source: PageSource,
    window: Window,
    from: RowCursor | undefined,
    how: Pick<PageRequest, 'withShards' | 'withLinks' | 'priority'>,
  ) {
    this.#source = source;
    this.window = window;
    this.#from = from;
    this.#anchor = from;
    this.#how = how;
    this.offset = 0;
    this.longest = from === undefined ? 0 : from.horizon - seconds(from.position.startTime);
  }

  /** How many rows of the window were found after the cursor. */
  get found(): number {
    return this.end - this.first;
  }

  /** Index in `seen` behind the last row inside the window. */
  get end(): number {
    const start = instant(this.window.start);
    let end = this.seen.length;
    while (end > this.first && isBefore(this.seen[end - 1] as ClusterBackupRow, start)) end -= 1;
    return end;
  }

  /** Reads until `count` rows are found and it is known whether another follows, or the window ends. */
  async until(count: number): Promise<void> {
    while (!this.exhausted && this.found <= count && !(this.cutApart && this.found >= count)) {
      await this.advance(count + 1 - this.found);
    }
  }

  /** One call, for a page that holds `needed` further rows if it can; more calls where one brings nothing new. */
  async advance(needed: number): Promise<void> {
    const dropped = this.#anchor === undefined ? 0 : this.#anchor.skip + 1;
    let pageSize = pageSizeFor(needed + dropped);
    let pageNumber = 1;
    const rows: ClusterBackupRow[] = [];
    for (;;) {
      const page = await this.#read(pageSize, pageNumber, this.#how);
      if (page.full && !page.newestFirst) return this.#readWhole();
      rows.push(...page.rows);
      if (this.#take(rows, page.full)) return;
      if (pageSize === LARGEST_PAGE) {
        pageNumber += 1;
      } else {
        pageSize = pageSizeFor(pageSize + 1);
        rows.length = 0;
      }
    }
  }

  async #readWhole(): Promise<void> {
    this.#anchor = undefined;
    this.calls = 0;
    const rows = new Map<string, ClusterBackupRow>();
    for (let pageNumber = 1, full = true; full; pageNumber++) {
      const page = await this.#read(LARGEST_PAGE, pageNumber, {
        withShards: false,
        withLinks: false,
        priority: 'background',
      });
      for (const row of page.rows) rows.set(row.clusterBackupId, row);
      full = page.full;
    }
    this.seen.length = 0;
    const sorted = [...rows.values()].sort(compareRows);
    this.#begin(sorted, this.#from === undefined ? 0 : indexAfter(sorted, this.#from.position));
    this.longest = Math.max(this.longest, longestOf(sorted));
    this.exhausted = true;
    this.cutApart = false;
  }

  #read(
    pageSize: ClusterBackupPageSize,
    pageNumber: number,
    how: Pick<PageRequest, 'withShards' | 'withLinks' | 'priority'>,
  ): Promise<PageRead> {
    if (this.calls >= MAX_WALK_CALLS) {
      throw new TooCostly(
        `expected a window that ${MAX_WALK_CALLS} pages of ${LARGEST_PAGE} backups can hold, got a larger one: narrow startTime and endTime`,
        this.calls + 1,
      );
    }
    this.calls += 1;
    return this.#source.read({
      ...how,
      start: upstreamStart(this.window.start),
      end: this.#rangeEnd(),
      pageSize,
      pageNumber,
      meaning: this.#anchor === undefined ? this.window.meaning : undefined,
    });
  }

  /** Adds what is new and sure; false when there was nothing of that kind though more may follow. */
  #take(rows: readonly ClusterBackupRow[], full: boolean): boolean {
    const last = rows.at(-1);
    // The last second of a full page may go on in the next one, where ids can stand before those read here.
    const sure = full && last !== undefined ? rows.findIndex((row) => sortTime(row) === sortTime(last)) : rows.length;
    const from = this.#anchor === undefined ? 0 : indexAfter(rows, this.#anchor.position);
    if (full && sure <= from) return false;
    this.longest = Math.max(this.longest, longestOf(rows));
    this.#append(rows, from, sure);
    const next = rows[sure];
    this.cutApart = next !== undefined && !isBefore(next, instant(this.window.start));
    this.exhausted = !full || (last !== undefined && isBefore(last, instant(this.window.start)));
    this.#anchor = cursorAt(this, this.seen.length - 1);
    return true;
  }

  #append(rows: readonly ClusterBackupRow[], from: number, sure: number): void {
    if (this.#anchor === this.#from) this.#begin(rows.slice(0, sure), from);
    else this.seen.push(...rows.slice(from, sure));
  }

  /** The first rows seen; those before index `from` stand up to the cursor. */
  #begin(rows: readonly ClusterBackupRow[], from: number): void {
    this.seen.push(...rows);
    const newest = rows[0];
    if (this.window.meaning !== undefined && newest?.startTime) {
      // An end that means "now" is the later of our clock and the upstream's.
      this.window = { ...this.window, end: Math.max(this.window.end, seconds(newest.startTime)) };
    }
    this.first = Math.max(from, countLater(rows, this.window.end));
    // Offsets count from the window's last whole minute: backups created since cannot move them.
    this.offset =
      this.#from === undefined ? -countLater(rows, minuteNotAfter(this.window.end)) : this.#from.offset - from;
  }

  #rangeEnd(): number {
    const windowEnd = upstreamEnd(this.window.end, this.#source.now);
    if (this.#anchor === undefined) return windowEnd;
    const end = Math.min(windowEnd, minuteAfter(this.#anchor.horizon));
    return Math.max(end, upstreamStart(this.window.start) + 60);
  }
}

/** Index of the first row that stands after a position. */
export function indexAfter(rows: readonly ClusterBackupRow[], position: Position): number {
  const index = rows.findIndex((row) => comparePositions(positionOf(row), position) > 0);
  return index === -1 ? rows.length : index;
}

/** How many rows at the head start after a moment, in seconds. */
export function countLater(rows: readonly ClusterBackupRow[], moment: number): number {
  const limit = instant(moment);
  const index = rows.findIndex((row) => row.startTime === null || row.startTime <= limit);
  return index === -1 ? rows.length : index;
}

/** Whether a row starts before an instant; one whose start cannot be read is never left out for it. */
function isBefore(row: ClusterBackupRow, start: string): boolean {
  return row.startTime !== null && row.startTime < start;
}
