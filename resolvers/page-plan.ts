import { CLUSTER_BACKUP_PAGE_SIZES, type ClusterBackupPageSize } from '../upstream/rkvstore.ts';

/** Consecutive pages of one size that hold the wanted rows. */
export interface PagePlan {
  pageSize: ClusterBackupPageSize;
  /** From 1, ascending. */
  pageNumbers: number[];
}

/**
 * The pages to read for the rows `offset` to `offset + count - 1`: the fewest calls, and among those the fewest rows, since
 * the upstream counts calls and every row costs time. `count` is at least 1.
 */
export function planPages(offset: number, count: number): PagePlan {
  let best: { pageSize: ClusterBackupPageSize; first: number; calls: number } | undefined;
  for (const pageSize of CLUSTER_BACKUP_PAGE_SIZES) {
    const first = Math.floor(offset / pageSize);
    const calls = Math.floor((offset + count - 1) / pageSize) - first + 1;
    const better =
      best === undefined ||
      calls < best.calls ||
      (calls === best.calls && calls * pageSize < best.calls * best.pageSize);
    if (better) best = { pageSize, first, calls };
  }
  const { pageSize, first, calls } = best as NonNullable<typeof best>;
  return { pageSize, pageNumbers: Array.from({ length: calls }, (_, index) => first + index + 1) };
}

/** The smallest page that holds `count` rows, or the largest there is. */
export function pageSizeFor(count: number): ClusterBackupPageSize {
  return CLUSTER_BACKUP_PAGE_SIZES.find((size) => size >= count) ?? LARGEST_PAGE;
}

export const LARGEST_PAGE = 300;

/**
 * Pages of `DescribeInstances`, which takes any size up to 50: one call where some size lets the wanted rows share a page,
 * pages of 50 otherwise.
 */
export function planInstancePages(offset: number, count: number): { pageSize: number; pageNumbers: number[] } {
  for (let pageSize = count; pageSize <= LARGEST_INSTANCE_PAGE; pageSize++) {
    const first = Math.floor(offset / pageSize);
    if (first === Math.floor((offset + count - 1) / pageSize)) return { pageSize, pageNumbers: [first + 1] };
  }
  const first = Math.floor(offset / LARGEST_INSTANCE_PAGE);
  const last = Math.floor((offset + count - 1) / LARGEST_INSTANCE_PAGE);
  return {
    pageSize: LARGEST_INSTANCE_PAGE,
    pageNumbers: Array.from({ length: last - first + 1 }, (_, index) => first + index + 1),
  };
}

export const LARGEST_INSTANCE_PAGE = 50;
