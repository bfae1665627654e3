import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { RowCursor } from './cursor.ts';
import { instant, positionOf, seconds, sortTime } from './row-order.ts';
import { minuteAfter, RANGE_MARGIN, type Window } from './window.ts';

/** Neighbouring rows of a window, newest first, with what is needed to make cursors of them. */
export interface Stretch {
  readonly window: Window;
  /** Rows beyond the window may stand at both ends; none is missing in between. */
  readonly seen: readonly ClusterBackupRow[];
  /** How many rows of the window are newer than the first one seen: a hint. */
  readonly offset: number;
  /** The longest time that a backup was seen to take, in seconds. */
  readonly longest: number;
}

/** The cursor of one row of a stretch. */
export function cursorAt(stretch: Stretch, index: number): RowCursor {
  const { window, seen, offset, longest } = stretch;
  const position = positionOf(seen[index] as ClusterBackupRow);
  const horizon = seconds(position.startTime) + Math.max(longest, RANGE_MARGIN);
  const visible = instant(minuteAfter(horizon));
  let skip = 0;
  while (skip < index && sortTime(seen[index - skip - 1] as ClusterBackupRow) <= visible) skip += 1;
  return { window, position, horizon, offset: Math.max(0, offset + index), skip };
}

/** The longest time that one of these backups took, in seconds; running ones do not count. */
export function longestOf(rows: readonly ClusterBackupRow[]): number {
  let longest = 0;
  for (const { startTime, endTime } of rows) {
    // Most backups are shorter than the margin, which counts anyway: only a different hour is worth parsing.
    if (startTime === null || endTime === null || startTime.slice(0, 13) === endTime.slice(0, 13)) continue;
    longest = Math.max(longest, seconds(endTime) - seconds(startTime));
  }
  return longest;
}
