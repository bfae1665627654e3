import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { RowCursor } from './cursor.ts';
import type { ReadFor } from './forward-walk.ts';
import { type Mark, type Marks, moved } from './marks.ts';
import { choosePageBefore, firstPage, SAME_SECOND } from './page-choice.ts';
import type { PageSource } from './page-source.ts';
import { countLater, indexNotBefore, type Position, positionOf, sortTime } from './row-order.ts';
import { longestOf, type Stretch } from './stretch.ts';
import { reachOf, seekStart, upstreamEnd, type Window } from './window.ts';

/** After so many calls the rows are found more surely by reading the window from its beginning. */
export const MAX_BACKWARD_CALLS = 5;
/** The row itself, others of its second, and one behind them: then no row of its second stands on the next page. */
const BEHIND = 1 + SAME_SECOND;

/** A page that was read, from index `sure` on without gaps; the anchor stands at `index`. */
interface Found {
  mark: Mark;
  rows: readonly ClusterBackupRow[];
  /** Of the first of the rows, in the call that returned it. */
  place: Mark;
  /** The same by the mark. */
  offset: number;
  sure: number;
  index: number;
  exhausted: boolean;
}

/**
 * Reads a window from a cursor towards newer rows. The cursor's marks say on which page they should stand; what comes back is compared with the
 * row they have to end at, and where that has moved the page is chosen anew, with what was learnt. Several pages join only where they show the
 * same row, so no row is lost or repeated when others are created, deleted or expire meanwhile.
 */
export class BackwardWalk implements Stretch {
  readonly window: Window;
  /** Starts with rows newer than the window, where the upstream returned such; ends with rows from the cursor on. */
  seen: readonly ClusterBackupRow[] = [];
  marks: Marks;
  longest: number;
  /** Index in `seen` behind the last row before the cursor. */
  end = 0;
  /** Whether the window begins with the rows seen. */
  exhausted = false;
  readonly #source: PageSource;
  readonly #for: ReadFor;
  /** How many rows have started within the reach of the cursor's: about as many as within the reach of any. */
  readonly #hidden: number;
  /** What the rows to read next have to end at: the cursor's row, later the first row seen. */
  #anchor: Position;
  #calls = 0;

  constructor(source: PageSource, { window, position, longest }: RowCursor, marks: Marks, readFor: ReadFor) {
    this.#source = source;
    this.#for = readFor;
    this.#anchor = position;
    this.window = window;
    this.marks = marks;
    this.#hidden = marks.near.offset;
    this.longest = longest;
  }

  /** Index in `seen` of the first row inside the window. */
  get first(): number {
    return Math.min(this.end, countLater(this.seen, this.window.end));
  }

  /**
   * Reads until `count` rows are found before the cursor and it is known whether others precede them, or the window begins. False where
   * the marks do not lead there: the window has to be read from its beginning.
   */
  async until(count: number): Promise<boolean> {
    do {
      const found = await this.#find(count - (this.end - this.first));
      if (found === undefined) return false;
      this.#take(found);
    } while (!this.exhausted && this.end - this.first < count);
    return true;
  }

  /** Reads a page that shows the anchor and rows before it, `needed` of them if one page can. */
  async #find(needed: number): Promise<Found | undefined> {
    let { far, middle } = this.marks;
    const hidden = this.#hidden;
    let before = Math.max(1, needed + 1 + SAME_SECOND);
    let behind = BEHIND;
    let newer = 0;
    // However many have begun since the window was pinned: a first page that did not reach the anchor is made the largest at once.
    let mayBeMany = false;
    while (this.#calls < MAX_BACKWARD_CALLS) {
      const first = far.offset < before + hidden ? firstPage(newer + far.offset + behind, mayBeMany) : undefined;
      const choice = first ? { ...first, mark: far } : choosePageBefore([far, middle], before, behind, hidden);
      if (choice === undefined) return undefined;
      const { mark, pageSize, pageNumber } = choice;
      const end = first ? upstreamEnd(this.window.end, this.#source.now, reachOf(this.longest)) : mark.end;
      const page = await this.#read(end, pageSize, pageNumber);
      if (page.unplaced) return undefined;

      const { rows } = page;
      this.longest = Math.max(this.longest, longestOf(rows, this.#source.now));
      if (first) newer = countLater(rows, far.end);
      const offset = first ? -newer : (pageNumber - 1) * pageSize;
      const index = indexNotBefore(rows, this.#anchor);
      const last = rows.at(-1);
      const cutOff = page.full && last !== undefined && sortTime(last) >= this.#anchor.startTime;
      const sure = first ? 0 : this.#firstSure(rows, end);
      if (!cutOff && (first || sure < index)) {
        const exhausted = first !== undefined || countLater(rows, this.window.end) >= sure;
        const place = { end, offset: (pageNumber - 1) * pageSize };
        return { mark, rows, place, offset, sure, index, exhausted };
      }
      // The anchor has moved, and this page tells how far; or it stands where this mark cannot show what is before it.
      const place = { end: mark.end, offset: offset + index };
      const cannotShow = !cutOff && index > 1;
      if (cutOff && first && !mayBeMany) mayBeMany = true;
      else if (cutOff) behind = BEHIND + rows.length - index;
      else if (cannotShow && mark !== middle) before = Math.max(before, place.offset) + 1;
      else before += Math.max(4, before);
      if (mark === far) far = place;
      else middle = cannotShow ? undefined : place;
    }
    return undefined;
  }

  #read(end: number, pageSize: Parameters<PageSource['read']>[0]['pageSize'], pageNumber: number) {
    this.#calls += 1;
    return this.#source.read({ ...this.#for, start: seekStart(this.window.start), end, pageSize, pageNumber });
  }

  /**
   * Index of the first row that none can be missing behind: rows of the first one's second may stand on the page before, and a range that looks
   * at ends leaves out what ended after it.
   */
  #firstSure(rows: readonly ClusterBackupRow[], end: number): number {
    const another = rows.findIndex((row) => sortTime(row) !== sortTime(rows[0] as ClusterBackupRow));
    return Math.max(another === -1 ? rows.length : another, countLater(rows, end - reachOf(this.longest)));
  }

  #take({ mark, rows, place, offset, sure, index, exhausted }: Found): void {
    const { far, middle } = this.marks;
    // What has come or gone between the one mark and the anchor has most likely done so between the other and the anchor too.
    const shift = offset + sure - (mark.end === far.end ? far.offset : (middle as Mark).offset);
    this.seen = this.seen.length === 0 ? rows.slice(sure) : [...rows.slice(sure, index), ...this.seen];
    this.end += index - sure;
    this.exhausted = exhausted;
    this.marks = {
      near: moved(place, sure),
      middle: middle && moved(middle, shift),
      far: moved(far, shift),
    };
    if (this.seen[0] !== undefined) this.#anchor = positionOf(this.seen[0]);
  }
}
