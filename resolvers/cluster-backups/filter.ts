import type { ClusterBackupRow } from '../../upstream/rows.ts';

/** Which backups of a window are wanted; the upstream cannot filter by these, so rows are read and chosen here. */
export interface ClusterBackupFilter {
  status?: readonly string[] | undefined;
  mode?: readonly string[] | undefined;
  isAvailable?: boolean | undefined;
}

/** Null where nothing is filtered. */
export function matcherOf(filter: ClusterBackupFilter | null | undefined): ((row: ClusterBackupRow) => boolean) | null {
  const { status, mode, isAvailable } = filter ?? {};
  if (status === undefined && mode === undefined && isAvailable === undefined) return null;
  return (row) =>
    (status === undefined || (row.status !== null && status.includes(row.status))) &&
    (mode === undefined || (row.mode !== null && mode.includes(row.mode))) &&
    (isAvailable === undefined || row.isAvailable === isAvailable);
}

/** One text for filters that mean the same: cursors are bound to it. */
export function filterText(filter: ClusterBackupFilter | null | undefined): string {
  if (filter == null) return '*;*;*';
  const list = (values: readonly string[] | undefined) =>
    values === undefined ? '*' : [...new Set(values)].sort().join(',');
  return `${list(filter.status)};${list(filter.mode)};${filter.isAvailable ?? '*'}`;
}
