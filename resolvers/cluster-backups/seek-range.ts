import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { RowCursor } from './cursor.ts';
import type { Mark } from './marks.ts';
import { instant, seconds } from './row-order.ts';
import { minuteAfter, reachOf, upstreamEnd, type Window } from './window.ts';

/** Where reading goes on: behind a row, or at the window's beginning. `now` is epoch milliseconds. */
interface Seek {
  window: Window;
  anchor: RowCursor | undefined;
  /** The longest time that a backup was seen to take, in seconds. */
  longest: number;
  now: number;
}

/** Where a call's range has to end for it to show the next rows, whichever end of a backup the range looks at: in seconds, a whole minute. */
export function leastEnd({ window, anchor, longest, now }: Seek): number {
  const reach = reachOf(longest);
  const windowEnd = upstreamEnd(window.end, now, reach);
  return anchor === undefined
    ? windowEnd
    : Math.min(windowEnd, minuteAfter(seconds(anchor.position.startTime) + reach));
}

/** The calls that show the next rows, the one that shows the fewest before them first; an offset of -1 is the place before the first row. */
export function seekMarks(seek: Seek): Mark[] {
  const { window, anchor, longest, now } = seek;
  const least = leastEnd(seek);
  if (anchor?.marks === undefined) return [{ end: least, offset: -1 }];
  const { near, middle, far } = anchor.marks;
  const most = upstreamEnd(window.end, now, reachOf(longest));
  const nearest = { end: Math.max(least, Math.min(near.end, most)), offset: near.offset };
  return [nearest, ...[far, middle].filter((mark) => mark !== undefined).filter(({ end }) => end >= least)];
}

/** Whether rows newer than the window may stand before the wanted ones in a call whose range ends at `end`. */
export function mayShowNewer({ window, anchor }: Seek, end: number): boolean {
  return window.open === undefined && end > (anchor === undefined ? minuteAfter(window.end) : window.end);
}

/** Whether rows prove that a range that ended at `end` does not look at ends: one of them ended later. */
export function looksAtStarts(rows: readonly ClusterBackupRow[], end: number): boolean {
  return rows.some(({ endTime }) => endTime !== null && endTime > instant(end));
}
