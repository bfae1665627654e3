import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { TooCostly } from '../bad-input.ts';
import { LARGEST_PAGE, type PagePlan, pageSizeFor, planPages } from '../page-plan.ts';
import type { RowCursor } from './cursor.ts';
import { countLater, MAX_WALK_CALLS } from './forward-walk.ts';
import type { PageRead, PageRequest, PageSource } from './page-source.ts';
import { comparePositions, newestFirst, positionOf, seconds, sortTime } from './row-order.ts';
import { longestOf, type Stretch } from './stretch.ts';
import { minuteAfter, minuteNotAfter, RANGE_MARGIN, upstreamEnd, upstreamStart } from './window.ts';

/** The rows next to a cursor, on its newer side. */
export interface BackwardRead extends Stretch {
  /** Rows `first` (inclusive) to `end` (exclusive) of `seen` are in the window and newer than the cursor. */
  readonly first: number;
  readonly end: number;
  /** Whether the window begins with `first`. */
  readonly exhausted: boolean;
}

/** Raised where the upstream does not answer newest first, so that pages have no places: the window has to be read whole. */
export class NotNewestFirst extends Error {}

type How = Pick<PageRequest, 'withShards' | 'withLinks' | 'priority'>;

interface Chunk {
  rows: readonly ClusterBackupRow[];
  /** How many rows of the range are newer than the first one here; undefined where only time was asked for. */
  base: number | undefined;
  full: boolean;
}

/**
 * Reads the `count` rows before a cursor, and one more to know whether another precedes them. The cursor's offset says where they should be: one call
 * when nothing moved. What comes back is compared with the cursor's row, and where it was wrong the read is repeated with what
 * was learnt. The range ends with the window's last whole minute, so that creations do not move offsets, and begins at the row.
 */
export async function readBefore(source: PageSource, from: RowCursor, count: number, how: How): Promise<BackwardRead> {
  const needed = count + 1;
  let position = from.offset;
  let calls = 0;
  let guessed = false;
  let spare = 0;
  while (calls < MAX_WALK_CALLS) {
    const lowest = Math.max(0, position - needed - spare);
    const plan = planAround(lowest, position);
    if (plan.pageNumbers.length > 1 && !guessed) {
      guessed = true;
      calls += 1;
      const near = await readNear(source, from, position, needed, how);
      if (near !== undefined) return near;
      continue;
    }
    calls += plan.pageNumbers.length;
    const chunk = await readPlan(source, from, plan, how);
    const place = locate(chunk, from, position);
    if (place.sure && (chunk.base === 0 || reaches(chunk.rows, place.end, count))) {
      return finish(chunk, from, place.end, longestOf(chunk.rows));
    }
    // The place was right, but rows of one second are cut apart at the chunk's head: read some more of them.
    if (place.sure && place.position === position) spare += 5;
    position = place.position;
  }
  throw new TooCostly('the backups before this cursor moved too often while they were read', calls + 1);
}

/** Takes the cursor's own row in where that costs no call: finding it proves the place, and that something follows. */
function planAround(lowest: number, position: number): PagePlan {
  const withRow = planPages(lowest, position - lowest + 1);
  const without = planPages(lowest, Math.max(1, position - lowest));
  return withRow.pageNumbers.length <= without.pageNumbers.length ? withRow : without;
}

async function readPlan(source: PageSource, from: RowCursor, plan: PagePlan, how: How): Promise<Chunk> {
  const first = plan.pageNumbers[0] as number;
  const range = { start: upstreamStart(seconds(from.position.startTime)), end: rangeEnd(source, from, first) };
  const reads: PageRead[] = [];
  // Older pages first: a deletion in between then shows a row twice instead of hiding one.
  for (const pageNumber of plan.pageNumbers.toReversed()) {
    reads.unshift(await readOrdered(source, { ...range, ...how, pageSize: plan.pageSize, pageNumber }));
  }
  const rows = reads.length === 1 ? (reads[0] as PageRead).rows : merged(reads.flatMap((read) => read.rows));
  return { rows, base: (first - 1) * plan.pageSize, full: (reads.at(-1) as PageRead).full };
}

/** The first page has to show the newest rows of the window too; deeper ones must not be moved by what is newer than it. */
function rangeEnd(source: PageSource, from: RowCursor, pageNumber: number): number {
  const { start, end } = { start: seconds(from.position.startTime), end: from.window.end };
  const range = pageNumber === 1 ? upstreamEnd(end, source.now) : minuteNotAfter(end);
  return Math.max(range, minuteAfter(start));
}

/**
 * Where the rows would take two calls because every page size cuts them apart, a narrower range around the cursor, as wide as the
 * usual distance of backups suggests, may hold them all in one. Undefined when it did not.
 */
async function readNear(
  source: PageSource,
  from: RowCursor,
  position: number,
  needed: number,
  how: How,
): Promise<BackwardRead | undefined> {
  const start = seconds(from.position.startTime);
  const last = minuteNotAfter(from.window.end);
  const target = Math.ceil(needed * 1.2) + 3;
  const until = Math.min(last, Math.ceil(start + ((last - start) / Math.max(1, position)) * target));
  const read = await readOrdered(source, {
    ...how,
    start: upstreamStart(start),
    end: Math.min(minuteAfter(until + RANGE_MARGIN), rangeEnd(source, from, 1)),
    pageSize: pageSizeFor(Math.min(LARGEST_PAGE, Math.ceil(target * 1.4) + 5)),
    pageNumber: 1,
  });
  if (read.full) return undefined;
  // Past `until` a backup that took long may be missing; up to it none is.
  const rows = read.rows.slice(countLater(read.rows, until));
  const end = indexNotBefore(rows, from);
  if (end < needed) return undefined;
  return finish({ rows, base: undefined, full: false }, from, end, longestOf(read.rows));
}

/**
 * Where the cursor's row stands in the range: `end` is its index in the chunk, `position` how many rows of the range are newer, as far as
 * can be told; `sure` when both are proven.
 */
function locate(chunk: Chunk, from: RowCursor, position: number): { sure: boolean; end: number; position: number } {
  const { rows, full } = chunk;
  const base = chunk.base ?? 0;
  const end = indexNotBefore(rows, from);
  const behind = base + rows.length;
  const last = rows.at(-1);
  const cutApart = full && last !== undefined && sortTime(last) === from.position.startTime;
  if (cutApart) return { sure: false, end, position: behind + 1 };
  if (end === rows.length && full) {
    // Rows of a deeper range only ever disappear, so a full page of newer rows up to the remembered place proves it.
    const proven = base > 0 && behind === position;
    return { sure: proven, end, position: proven ? position : behind + 1 };
  }
  return { sure: end > 0 || base === 0, end, position: base + end };
}

/** Whether `count` rows and one more stand before `end`, without those that the chunk's head may have cut off from their second. */
function reaches(rows: readonly ClusterBackupRow[], end: number, count: number): boolean {
  const sure = rows.findIndex((row) => sortTime(row) !== sortTime(rows[0] as ClusterBackupRow));
  return end > count && sure !== -1 && end - sure >= count;
}

function finish(chunk: Chunk, from: RowCursor, end: number, longest: number): BackwardRead {
  const { rows, base } = chunk;
  const first = countLater(rows, from.window.end);
  return {
    window: from.window,
    seen: rows,
    offset: base === 0 ? -countLater(rows, minuteNotAfter(from.window.end)) : (base ?? from.offset - end),
    longest: Math.max(longest, from.horizon - seconds(from.position.startTime)),
    first: Math.min(first, end),
    end,
    exhausted: base === 0,
  };
}

/** Index of the first row that is the cursor's own or older. */
function indexNotBefore(rows: readonly ClusterBackupRow[], from: RowCursor): number {
  const index = rows.findIndex((row) => comparePositions(positionOf(row), from.position) >= 0);
  return index === -1 ? rows.length : index;
}

async function readOrdered(source: PageSource, request: PageRequest): Promise<PageRead> {
  const read = await source.read(request);
  if (read.full && !read.newestFirst) throw new NotNewestFirst();
  return read;
}

function merged(rows: readonly ClusterBackupRow[]): readonly ClusterBackupRow[] {
  const byId = new Map(rows.map((row) => [row.clusterBackupId, row]));
  return newestFirst([...byId.values()]);
}
