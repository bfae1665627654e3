import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { countLater, instant, seconds, sortTime } from './row-order.ts';
import { minuteAfter, type Window } from './window.ts';

/**
 * A row's place in the answer of a call: one over the row's window whose range ends at `end` (a whole minute, in seconds) returned `offset` rows
 * before it. It is a hint, for choosing the page: what comes back is compared with the row.
 */
export interface Mark {
  readonly end: number;
  readonly offset: number;
}

/**
 * The places of one row. Two that count from different moments, since the pages that one of them allows cut some rows apart, and the
 * other's do not; neither moves when backups are created or expire.
 */
export interface Marks {
  /** In the call that ends as soon behind the row as it may: the one to read on from it. */
  readonly near: Mark;
  /** Counted from a moment some rows into the window. */
  readonly middle: Mark | undefined;
  /** Counted from the minute of the window's newest row, as first read. */
  readonly far: Mark;
}

/** How many rows into the window the middle mark begins: half a page of 300, so that one mark's pages end in the middle of the other's. */
const MIDDLE = 150;

/** The marks of the first of `rows`, which the first call of a window returned, at that place. */
export function firstMarks(rows: readonly ClusterBackupRow[], window: Window, near: Mark): Marks {
  const newest = rows[countLater(rows, window.end)];
  const far = minuteAfter(newest === undefined ? window.end : seconds(sortTime(newest)));
  return { near, middle: undefined, far: { end: far, offset: -countLater(rows, far) } };
}

/** The marks of a row that stands `rows` ahead of the one that these are of; a call returned it at the place `near`. */
export function marksAhead({ middle, far }: Marks, rows: number, near: Mark): Marks {
  const ahead = (mark: Mark) => (mark.end === near.end ? near : moved(mark, -rows));
  return { near, middle: middle && ahead(middle), far: ahead(far) };
}

/** The marks of a row that stands `rows` further on. */
export function moved(mark: Mark, rows: number): Mark {
  return { end: mark.end, offset: mark.offset + rows };
}

/**
 * The middle mark of the first of some neighbouring rows, made anew where one of them stands nearer to the middle than the mark that there is. It
 * begins in a minute between two rows, where no border of a range can be in doubt.
 */
export function middleMark(rows: readonly ClusterBackupRow[], { middle, far }: Marks): Mark | undefined {
  const begins = middle === undefined ? 0 : -middle.offset;
  for (let index = Math.min(rows.length - 1, MIDDLE - far.offset); index > Math.max(0, begins); index--) {
    const end = minuteAfter(seconds(sortTime(rows[index] as ClusterBackupRow)));
    if (sortTime(rows[index - 1] as ClusterBackupRow) > instant(end)) return { end, offset: -index };
  }
  return middle;
}
