import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import { TooCostly } from '../too-costly.ts';
import type { RowCursor } from './cursor.ts';
import { firstMarks, type Mark, type Marks, marksAhead, middleMark } from './marks.ts';
import { choosePageAfter, type PageChoice } from './page-choice.ts';
import type { PageRead, PageRequest, PageSource } from './page-source.ts';
import { comparePositions, countLater, indexAfter, instant, positionOf, seconds, sortTime } from './row-order.ts';
import { leastEnd, looksAtStarts, mayShowNewer, seekMarks } from './seek-range.ts';
import { cursorAt, longestOf, type Stretch } from './stretch.ts';
import { readWhole } from './whole-window.ts';
import { reachOf, seekStart, upstreamEnd, upstreamStart, type Window } from './window.ts';

/**
 * The most calls that a scan makes, and of those that a page takes where the window has to be read whole; a window that needs more is refused, never
 * cut short.
 */
export const MAX_WALK_CALLS = 10;

/** After so many pages in a row that did not show what follows, rows are in no order that a place could be told by. */
const MAX_MISSES = 3;

/** What of the backups a read is for. */
export type ReadFor = Pick<PageRequest, 'withShards' | 'withLinks' | 'priority'>;

/** For whoever reads far or whole: without shards, and behind those whom somebody waits for. */
export const SCAN: ReadFor = { withShards: false, withLinks: false, priority: 'background' };

/**
 * Reads a window from its newest row, or from a cursor, towards older ones. Every call is a seek: the same window with its end moved to
 * where the last row is sure to be seen again, and everything up to that row dropped. So no row is lost or repeated when others are
 * created, deleted or expire between two calls. Where the upstream does not answer newest first a page is no prefix of the window: it is then read
 * whole, without shards, and sorted here.
 */
export class ForwardWalk implements Stretch {
  window: Window;
  /** Starts with rows up to the cursor, or newer than the window, where the upstream returned such. */
  readonly seen: ClusterBackupRow[] = [];
  marks: Marks | undefined;
  longest: number;
  /** Whether the window ends with the rows seen. */
  exhausted = false;
  /** Whether a row follows those seen, although its exact place is not known yet: rows of one second cut apart by a page's end. */
  cutApart = false;
  /** Index in `seen` of the first row after the cursor. */
  #after = 0;
  #calls = 0;
  #mostCalls = MAX_WALK_CALLS;
  readonly #source: PageSource;
  readonly #from: RowCursor | undefined;
  readonly #for: ReadFor;
  /** The last row seen, which the next call has to show again. */
  #anchor: RowCursor | undefined;

  constructor(source: PageSource, window: Window, from: RowCursor | undefined, readFor: ReadFor) {
    this.#source = source;
    this.window = window;
    this.#from = from;
    this.#anchor = from;
    this.#for = readFor;
    this.longest = from?.longest ?? 0;
  }

  /** Index in `seen` of the first row after the cursor and inside the window. */
  get first(): number {
    return Math.max(this.#after, countLater(this.seen, this.window.end));
  }

  /** How many rows of the window were found after the cursor. */
  get found(): number {
    return this.end - this.first;
  }

  /** Index in `seen` behind the last row inside the window. */
  get end(): number {
    const start = instant(this.window.start);
    const { first } = this;
    let end = this.seen.length;
    while (end > first && sortTime(this.seen[end - 1] as ClusterBackupRow) < start) end -= 1;
    return end;
  }

  /** Reads until `count` rows are found and it is known whether another follows, or the window ends. */
  async until(count: number): Promise<void> {
    while (!this.exhausted && this.found <= count && !(this.cutApart && this.found >= count)) {
      await this.advance(count + 1 - this.found);
    }
  }

  /** Reads on: one call that shows `needed` further rows if it can; more calls where one shows nothing new. */
  async advance(needed: number): Promise<void> {
    const anchor = this.#anchor;
    if (anchor !== undefined && anchor.marks === undefined) return this.#readWhole();
    let marks = seekMarks(this.#seek);
    // So many within an hour that seeks would mostly show what was seen: as good as no order, for whoever wants all of them.
    if (needed >= LARGEST_PAGE && (marks[0] as Mark).offset >= LARGEST_PAGE / 2) return this.#readWhole();
    let count = needed;
    let misses = 0;
    let blocked: PageChoice | undefined;
    for (;;) {
      const choice = choosePageAfter(marks, count, mayShowNewer(this.#seek, (marks[0] as Mark).end));
      if (choice === undefined) return this.#readWhole();
      const page = await this.#read(choice);
      const isFirst = anchor === undefined && choice.pageSize === LARGEST_PAGE;
      if (page.unplaced) return this.#readWhole(isFirst ? page : undefined);
      if (this.#mayHideRows(page, choice.mark.end)) {
        marks = seekMarks(this.#seek);
        continue;
      }
      const { rows } = page;
      const base = (choice.pageNumber - 1) * choice.pageSize;
      const from = anchor === undefined ? 0 : indexAfter(rows, anchor.position);
      const sure = page.full ? lastSecond(rows) : rows.length;
      // Only then the rows of the anchor's second are all here.
      const continues =
        base === 0 || (from > 0 && sortTime(rows[0] as ClusterBackupRow) > (anchor as RowCursor).position.startTime);
      if (continues && (sure > from || !page.full)) return this.#take(choice, page, from, sure);
      misses += 1;
      if (misses > MAX_MISSES) return this.#readWhole();
      if (!continues) {
        marks = replaced(marks, choice.mark, Math.max(0, base - misses * misses));
      } else if (from === rows.length) {
        marks = replaced(marks, choice.mark, base + from - 1);
      } else {
        // All of one second, which may go on in the next page: one that shows more, if there is one.
        if (blocked?.pageSize === choice.pageSize && blocked.pageNumber === choice.pageNumber) return this.#readWhole();
        blocked = choice;
        count = base + choice.pageSize - choice.mark.offset;
      }
    }
  }

  get #seek() {
    return { window: this.window, anchor: this.#anchor, longest: this.longest, now: this.#source.now };
  }

  /**
   * Whether a range that looks at ends may have left out rows that took as long as one of these did: then the calls have to reach further, unless
   * the rows prove that it does not look at ends.
   */
  #mayHideRows({ rows }: PageRead, end: number): boolean {
    const longest = Math.max(this.longest, longestOf(rows, this.#source.now));
    if (longest === this.longest) return false;
    this.longest = longest;
    return leastEnd(this.#seek) > end && !looksAtStarts(rows, end);
  }

  #read({ mark, pageSize, pageNumber }: PageChoice): Promise<PageRead> {
    const { start, open } = this.window;
    const range =
      this.#anchor === undefined
        ? { start: upstreamStart(start), meaning: open?.meaning }
        : { start: seekStart(start), meaning: undefined };
    return this.#call({ ...this.#for, ...range, end: mark.end, pageSize, pageNumber });
  }

  async #call(request: PageRequest): Promise<PageRead> {
    if (this.#calls >= this.#mostCalls) {
      throw new TooCostly(
        `expected a window that ${MAX_WALK_CALLS} pages of ${LARGEST_PAGE} backups can hold, got a larger one: narrow startTime and endTime`,
        this.#calls + 1,
      );
    }
    this.#calls += 1;
    return this.#source.read(request);
  }

  /** Adds rows that are new (from index `from`) and whose places are sure (before index `sure`). */
  #take(choice: PageChoice, { rows, newestFirst }: PageRead, from: number, sure: number): void {
    const start = instant(this.window.start);
    if (this.#anchor === this.#from) this.#begin(choice, rows.slice(0, sure), from);
    else this.seen.push(...rows.slice(from, sure));
    if (!newestFirst) this.marks = undefined;
    if (this.marks !== undefined) this.marks = { ...this.marks, middle: middleMark(this.seen, this.marks) };
    const next = rows[sure];
    this.cutApart = next !== undefined && sortTime(next) >= start;
    this.exhausted = next === undefined || sortTime(rows.at(-1) as ClusterBackupRow) < start;
    if (this.seen.length > 0) this.#anchor = cursorAt(this, this.seen.length - 1);
  }

  /** The first rows seen; those before index `from` stand up to the cursor. */
  #begin({ mark, pageSize, pageNumber }: PageChoice, rows: readonly ClusterBackupRow[], from: number): void {
    this.seen.push(...rows);
    this.#pinWindow(rows);
    this.#after = from;
    const place = { end: mark.end, offset: (pageNumber - 1) * pageSize };
    if (this.#from?.marks === undefined) {
      this.marks = firstMarks(rows, this.window, place);
      return;
    }
    const last = rows[from - 1];
    const isThere = last !== undefined && comparePositions(positionOf(last), this.#from.position) === 0;
    this.marks = marksAhead(this.#from.marks, isThere ? from - 1 : from, place);
  }

  /** Fixes an end that lies in what is still to come, or means "now", to what there is by now: the later of our clock and the newest row. */
  #pinWindow(rows: readonly ClusterBackupRow[]): void {
    const { start, end, open } = this.window;
    if (open === undefined) return;
    const newest = rows[open.meaning === undefined ? countLater(rows, end) : 0];
    this.window = { start, end: Math.max(open.now, newest === undefined ? 0 : seconds(sortTime(newest))) };
  }

  async #readWhole(first?: PageRead): Promise<void> {
    // A page has read little by then, and that for nothing; a scan keeps to its calls.
    if (this.#for !== SCAN) this.#mostCalls = this.#calls + MAX_WALK_CALLS - (first === undefined ? 0 : 1);
    const range = {
      start: upstreamStart(this.window.start),
      end: upstreamEnd(this.window.end, this.#source.now, reachOf(this.longest)),
      meaning: this.window.open?.meaning,
    };
    const rows = await readWhole(range, (page) => this.#call({ ...page, ...SCAN }), first);
    this.seen.splice(0, Number.POSITIVE_INFINITY, ...rows);
    this.longest = Math.max(this.longest, longestOf(rows, this.#source.now));
    this.marks = undefined;
    this.#pinWindow(rows);
    this.#after = this.#from === undefined ? 0 : indexAfter(rows, this.#from.position);
    this.exhausted = true;
    this.cutApart = false;
  }
}

/** The last second of a full page may go on in the next one, where ids can stand before those read here: index of its first row. */
function lastSecond(rows: readonly ClusterBackupRow[]): number {
  const time = sortTime(rows.at(-1) as ClusterBackupRow);
  return rows.findIndex((row) => sortTime(row) === time);
}

function replaced(marks: readonly Mark[], mark: Mark, offset: number): Mark[] {
  return marks.map((each) => (each === mark ? { end: mark.end, offset } : each));
}
