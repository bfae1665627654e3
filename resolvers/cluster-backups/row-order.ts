import type { ClusterBackupRow, Instant } from '../../upstream/rows.ts';

/** Where a row stands: newest first by start time, then by id, both descending. Text compares in the order of time. */
export interface Position {
  readonly startTime: Instant;
  readonly clusterBackupId: string;
}

/** A row whose start cannot be read stands where it ended, or last of all: it is never left out. */
export function positionOf(row: ClusterBackupRow): Position {
  return { startTime: sortTime(row), clusterBackupId: row.clusterBackupId };
}

export function sortTime(row: ClusterBackupRow): Instant {
  return row.startTime ?? row.endTime ?? UNKNOWN_TIME;
}

/** Negative when `left` stands before `right`, 0 when they are one row. */
export function comparePositions(left: Position, right: Position): number {
  if (left.startTime !== right.startTime) return left.startTime > right.startTime ? -1 : 1;
  if (left.clusterBackupId === right.clusterBackupId) return 0;
  return left.clusterBackupId > right.clusterBackupId ? -1 : 1;
}

export function compareRows(left: ClusterBackupRow, right: ClusterBackupRow): number {
  const leftTime = sortTime(left);
  const rightTime = sortTime(right);
  if (leftTime !== rightTime) return leftTime > rightTime ? -1 : 1;
  if (left.clusterBackupId === right.clusterBackupId) return 0;
  return left.clusterBackupId > right.clusterBackupId ? -1 : 1;
}

/** The rows newest first; the same array when they already were. */
export function newestFirst(rows: readonly ClusterBackupRow[]): readonly ClusterBackupRow[] {
  for (let index = 1; index < rows.length; index++) {
    if (compareRows(rows[index - 1] as ClusterBackupRow, rows[index] as ClusterBackupRow) > 0) {
      return rows.toSorted(compareRows);
    }
  }
  return rows;
}

/** Whether no row starts after the one before it; rows of the same second may stand in any order. */
export function isNewestFirst(rows: readonly ClusterBackupRow[]): boolean {
  return rows.every((row, index) => index === 0 || sortTime(rows[index - 1] as ClusterBackupRow) >= sortTime(row));
}

/** Seconds since the epoch. */
export function seconds(instant: Instant): number {
  return Date.parse(instant) / 1000;
}

/** Seconds since the epoch as an instant. */
export function instant(secondsSinceEpoch: number): Instant {
  return `${new Date(secondsSinceEpoch * 1000).toISOString().slice(0, 19)}Z`;
}

const UNKNOWN_TIME: Instant = '1970-01-01T00:00:00Z';
