import { CLUSTER_BACKUP_PAGE_SIZES, type ClusterBackupPageSize } from '../upstream/rkvstore.ts';

/** Consecutive pages of one size that hold the wanted rows. */
export interface PagePlan<Size extends number> {
  pageSize: Size;
  /** From 1, ascending. */
  pageNumbers: number[];
}

/** The largest page of cluster backups that there is. */
export const LARGEST_PAGE = 300;

/** `DescribeInstances` takes any size up to this one. Source: its documentation. */
export const LARGEST_INSTANCE_PAGE = 50;
export const INSTANCE_PAGE_SIZES: readonly number[] = Array.from({ length: LARGEST_INSTANCE_PAGE }, (_, i) => i + 1);

/**
 * The pages that hold the rows `offset` to `offset + count - 1`: the fewest calls, and among those the fewest rows, since the
 * upstream counts calls and every row costs time. `count` is at least 1; `pageSizes` are those that the upstream takes, ascending.
 */
export function planPages<Size extends number>(
  offset: number,
  count: number,
  pageSizes: readonly Size[],
): PagePlan<Size> {
  let best: { pageSize: Size; first: number; calls: number } | undefined;
  for (const pageSize of pageSizes) {
    const first = Math.floor(offset / pageSize);
    const calls = Math.floor((offset + count - 1) / pageSize) - first + 1;
    const fewer = best === undefined || calls < best.calls;
    if (fewer || (calls === best?.calls && pageSize < best.pageSize)) best = { pageSize, first, calls };
  }
  const { pageSize, first, calls } = best as NonNullable<typeof best>;
  return { pageSize, pageNumbers: Array.from({ length: calls }, (_, index) => first + index + 1) };
}

/** One page of cluster backups. */
export interface BackupPagePlan {
  pageSize: ClusterBackupPageSize;
  /** From 1. */
  pageNumber: number;
}

/** The smallest page that holds all of the rows `offset` to `offset + count - 1`, if one does. */
export function pageHolding(offset: number, count: number): BackupPagePlan | undefined {
  const { pageSize, pageNumbers } = planPages(offset, count, CLUSTER_BACKUP_PAGE_SIZES);
  const [pageNumber, ...others] = pageNumbers as [number, ...number[]];
  return others.length === 0 ? { pageSize, pageNumber } : undefined;
}

/** The smallest page that holds `count` rows, or the largest there is. */
export function pageSizeFor(count: number): ClusterBackupPageSize {
  return CLUSTER_BACKUP_PAGE_SIZES.find((size) => size >= count) ?? LARGEST_PAGE;
}
