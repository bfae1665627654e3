import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { RowCursor } from './cursor.ts';
import { type Mark, type Marks, moved } from './marks.ts';
import { instant, positionOf, seconds, sortTime } from './row-order.ts';
import { minuteAfter, reachOf, type Window } from './window.ts';

/** Neighbouring rows of a window, newest first, with what is needed to make cursors of them. */
export interface Stretch {
  readonly window: Window;
  /** Rows beyond the window may stand at both ends; none is missing in between. */
  readonly seen: readonly ClusterBackupRow[];
  /** Of the first row seen; `near` is its place in the call that returned it. Undefined where the upstream's pages are in no order. */
  readonly marks: Marks | undefined;
  /** The longest time that a backup was seen to take, in seconds. */
  readonly longest: number;
}

/** The cursor of one row of a stretch. */
export function cursorAt(stretch: Stretch, index: number): RowCursor {
  const { window, seen, longest, marks } = stretch;
  const position = positionOf(seen[index] as ClusterBackupRow);
  if (marks === undefined) return { window, position, longest, marks };
  const { middle, far } = marks;
  return {
    window,
    position,
    longest,
    marks: {
      near: nearMark(stretch, marks.near, index),
      middle: middle === undefined || middle.offset + index < 0 ? undefined : moved(middle, index),
      far: moved(far, Math.max(index, -far.offset)),
    },
  };
}

/**
 * The place in a call that ends just far enough behind a row: counted where the rows seen reach so far, else the place in the call that returned
 * the row, and where that ends much later the count that the seen rows' density suggests.
 */
function nearMark({ seen, longest }: Stretch, first: Mark, index: number): Mark {
  const reach = reachOf(longest);
  const end = minuteAfter(startOf(seen, index) + reach);
  const shown = instant(end);
  let offset = 0;
  while (offset < index && sortTime(seen[index - offset - 1] as ClusterBackupRow) <= shown) offset += 1;
  if (first.offset === 0 || offset < index) return { end, offset };
  if (first.end <= end + reach) return moved(first, index);
  const length = startOf(seen, 0) - startOf(seen, seen.length - 1);
  const unseen = length === 0 ? 0 : ((seen.length - 1) / length) * (end - startOf(seen, 0));
  return { end, offset: Math.min(first.offset, Math.round(unseen)) + index };
}

function startOf(rows: readonly ClusterBackupRow[], index: number): number {
  return seconds(sortTime(rows[index] as ClusterBackupRow));
}

/**
 * The longest time that one of these backups took, in seconds. One that runs counts with what it has taken so far: `now` is epoch
 * milliseconds.
 */
export function longestOf(rows: readonly ClusterBackupRow[], now: number): number {
  let longest = 0;
  for (const { startTime, endTime, status } of rows) {
    if (startTime === null) continue;
    if (endTime === null && status === 'RUNNING') longest = Math.max(longest, now / 1000 - seconds(startTime));
    // Most backups are shorter than an hour, which is looked past anyway: only where the hour differs is it worth parsing.
    if (endTime === null || startTime.slice(0, 13) === endTime.slice(0, 13)) continue;
    longest = Math.max(longest, seconds(endTime) - seconds(startTime));
  }
  return Math.ceil(longest);
}
