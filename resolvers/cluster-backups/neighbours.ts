import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { ConnectionRequest } from './connection.ts';
import type { ForwardWalk } from './forward-walk.ts';
import { comparePositions, indexNotBefore, instant, positionOf, sortTime } from './row-order.ts';
import type { WindowScan } from './window-scan.ts';

/** True when the row at an index is in the window and matches; undefined where only another read can tell whether one does. */
export function matchesAt({ matches }: ConnectionRequest, walk: ForwardWalk, index: number): true | undefined {
  const row = walk.seen[index];
  if (row === undefined || index >= walk.end || sortTime(row) > instant(walk.window.end)) return undefined;
  return matches === null || matches(row) ? true : undefined;
}

/** Whether a row that matches stands at `before` or behind it. The scan begins there. */
export async function anyBehind(scan: WindowScan, { before, matches }: ConnectionRequest): Promise<boolean> {
  const { walk } = scan;
  const found = () => {
    const first = before === undefined ? walk.first : indexNotBefore(walk.seen, before.position);
    return scan.matching(matches, first).length > 0;
  };
  if (matches === null) await walk.until(0);
  else await scan.until(found);
  return found() || walk.cutApart;
}

/** Whether a row that matches stands at `after` or ahead of it; of an empty page from the end, ahead of `before`. The scan begins with the window. */
export async function anyAhead(
  scan: WindowScan,
  { from, count, after, before, matches }: ConnectionRequest,
): Promise<boolean> {
  const { walk } = scan;
  const isEmptyEnd = from === 'end' && count === 0;
  const limit = isEmptyEnd ? before : after;
  const isAhead = (row: ClusterBackupRow) => {
    const side = limit === undefined ? -1 : comparePositions(positionOf(row), limit.position);
    return isEmptyEnd ? side < 0 : side <= 0;
  };
  const found = () => scan.matching(matches).some((index) => isAhead(walk.seen[index] as ClusterBackupRow));
  // The first row has to be known, not only that there is one.
  if (matches === null) await walk.until(1);
  else await scan.until(() => found() || walk.seen.some((row) => !isAhead(row)));
  return found();
}
