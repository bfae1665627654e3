import { LARGEST_PAGE } from '../page-plan.ts';
import type { ConnectionRequest } from './connection.ts';
import type { RowCursor } from './cursor.ts';
import type { ForwardWalk } from './forward-walk.ts';
import { comparePositions, indexAfter, indexNotBefore } from './row-order.ts';

/** Requests that one walk serves: where it begins, and how many rows it has to find. */
export interface Run {
  from: RowCursor | undefined;
  count: number;
  requests: ConnectionRequest[];
}

/** A longer walk is two calls whatever else it serves, so wishes are merged up to here. */
const LONGEST_RUN = LARGEST_PAGE - 10;

/** Joins requests whose rows overlap or touch, by what their cursors remember of their places. */
export function mergedRuns(requests: readonly ConnectionRequest[]): Run[] {
  const runs: Run[] = [];
  for (const request of requests.toSorted(byPlace)) {
    const run = runs.at(-1);
    const ahead = run === undefined ? 0 : placeAfter(request.after) - placeAfter(run.from);
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
export function serves(request: ConnectionRequest, run: Run, walk: ForwardWalk): boolean {
  const { after, before, count } = request;
  if (run.from !== undefined && (after === undefined || comparePositions(after.position, run.from.position) < 0)) {
    return false;
  }
  if (walk.exhausted) return true;
  const low = after === undefined ? walk.first : indexAfter(walk.seen, after.position);
  const high = before === undefined ? walk.end : indexNotBefore(walk.seen, before.position);
  return high < walk.end || high - low > count || (walk.cutApart && high - low >= count);
}

/** Of those that begin together the longest comes first: it serves the others however long it is. */
function byPlace(one: ConnectionRequest, other: ConnectionRequest): number {
  const [left, right] = [one.after, other.after];
  const apart = placeAfter(left) - placeAfter(right);
  if (apart !== 0) return apart;
  const order = left && right ? comparePositions(left.position, right.position) : 0;
  return order !== 0 ? order : other.count - one.count;
}

/** How many rows are newer than those that are wanted; any of them where rows have no places, as the window is read whole then. */
function placeAfter(cursor: RowCursor | undefined): number {
  return cursor === undefined ? 0 : (cursor.marks?.far.offset ?? 0) + 1;
}
