import type { ClusterBackupRow, Instant } from '../../upstream/rows.ts';

/** Where a row stands: newest first by start time, then by id, both descending. Text compares in the order of time. */
export interface Position {
  readonly startTime: Instant;
  readonly clusterBackupId: string;
}

const UNKNOWN_TIME: Instant = '1970-01-01T00:00:00Z';

/** Where rows stand whose start cannot be read. */
const inferredTimes = new WeakMap<ClusterBackupRow, Instant>();

/** When a row started, as far as its place is concerned: see `inferTimes`. */
export function sortTime(row: ClusterBackupRow): Instant {
  return row.startTime ?? inferredTimes.get(row) ?? row.endTime ?? UNKNOWN_TIME;
}

/**
 * Gives rows whose start cannot be read a place: where they ended, or right behind the row that the upstream has before them, whichever is
 * earlier, but not behind the next one. So they are neither left out nor in the way of those whose start can be read.
 */
function inferTimes(rows: readonly ClusterBackupRow[]): void {
  if (rows.every((row) => row.startTime !== null)) return;
  let previous: Instant | undefined;
  for (const [index, row] of rows.entries()) {
    if (row.startTime !== null) {
      previous = instant(seconds(row.startTime) - 1);
    } else if (!inferredTimes.has(row)) {
      const [latest] = [row.endTime, previous].filter((time) => time != null).sort();
      const next = rows.slice(index).find(({ startTime }) => startTime !== null)?.startTime;
      const time = [latest, next]
        .filter((time) => time != null)
        .sort()
        .at(-1);
      if (time !== undefined) inferredTimes.set(row, time);
    }
  }
}

/** Where a row stands; see `sortTime`. */
export function positionOf(row: ClusterBackupRow): Position {
  return { startTime: sortTime(row), clusterBackupId: row.clusterBackupId };
}

/** Negative when `left` stands before `right`, 0 when they are one row. */
export function comparePositions(left: Position, right: Position): number {
  if (left.startTime !== right.startTime) return left.startTime > right.startTime ? -1 : 1;
  if (left.clusterBackupId === right.clusterBackupId) return 0;
  return left.clusterBackupId > right.clusterBackupId ? -1 : 1;
}

/** In which order rows stand; those of the same second may stand in any. */
export interface RowOrder {
  newestFirst: boolean;
  oldestFirst: boolean;
}

/** The rows newest first, and the order in which they stood; the same array when they stood so already. Rows are given places first, where they need it. */
export function sortRows(rows: readonly ClusterBackupRow[]): RowOrder & { rows: readonly ClusterBackupRow[] } {
  inferTimes(rows);
  const order = { newestFirst: true, oldestFirst: true };
  let isSorted = true;
  for (let index = 1; index < rows.length; index++) {
    const [before, row] = [rows[index - 1] as ClusterBackupRow, rows[index] as ClusterBackupRow];
    const [earlier, later] = [sortTime(before), sortTime(row)];
    if (earlier < later) order.newestFirst = false;
    else if (earlier > later) order.oldestFirst = false;
    else if (before.clusterBackupId < row.clusterBackupId) isSorted = false;
  }
  return { ...order, rows: isSorted && order.newestFirst ? rows : rows.toSorted(compareRows) };
}

/** Index of the first of sorted rows that stands after a position. */
export function indexAfter(rows: readonly ClusterBackupRow[], position: Position): number {
  return countWhile(rows, (row) => comparePositions(positionOf(row), position) <= 0);
}

/** Index of the first of sorted rows that stands at a position or after it. */
export function indexNotBefore(rows: readonly ClusterBackupRow[], position: Position): number {
  return countWhile(rows, (row) => comparePositions(positionOf(row), position) < 0);
}

/** How many of sorted rows start after a moment, in seconds: they stand at the head. */
export function countLater(rows: readonly ClusterBackupRow[], moment: number): number {
  const limit = instant(moment);
  return countWhile(rows, (row) => sortTime(row) > limit);
}

/** Seconds since the epoch. */
export function seconds(instant: Instant): number {
  return Date.parse(instant) / 1000;
}

/** Seconds since the epoch as an instant. */
export function instant(secondsSinceEpoch: number): Instant {
  const known = instants.get(secondsSinceEpoch);
  if (known !== undefined) return known;
  const text = `${new Date(secondsSinceEpoch * 1000).toISOString().slice(0, 19)}Z`;
  if (instants.size >= MOST_INSTANTS) instants.clear();
  instants.set(secondsSinceEpoch, text);
  return text;
}

// A read asks for the ends of its window again and again, and so do other reads in the same second: a fifth of a small read without this.
const instants = new Map<number, Instant>();
const MOST_INSTANTS = 1_000;

function compareRows(left: ClusterBackupRow, right: ClusterBackupRow): number {
  const leftTime = sortTime(left);
  const rightTime = sortTime(right);
  if (leftTime !== rightTime) return leftTime > rightTime ? -1 : 1;
  if (left.clusterBackupId === right.clusterBackupId) return 0;
  return left.clusterBackupId > right.clusterBackupId ? -1 : 1;
}

function countWhile(rows: readonly ClusterBackupRow[], matches: (row: ClusterBackupRow) => boolean): number {
  const index = rows.findIndex((row) => !matches(row));
  return index === -1 ? rows.length : index;
}
