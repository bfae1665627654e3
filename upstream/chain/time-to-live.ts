import type { ClusterBackupListQuery } from '../rkvstore.ts';
import type { ClusterBackupPage, InstancePage } from '../rows.ts';

const RUNNING_MS = 3_000;
const PRESENT_MS = 15_000;
const PAST_MS = 300_000;
const INSTANCES_CHANGING_MS = 15_000;
const INSTANCES_MS = 30_000;

/** New regions come once in months. */
export const REGIONS_MS = 600_000;

/** A window that ends so shortly before now may still get rows: the wire has whole minutes, and clocks differ. */
const NEARLY_NOW_MS = 120_000;

/** Finished backups never change, they only disappear; new ones come only to a window that reaches the present. */
export function clusterBackupsTimeToLiveMs(
  page: ClusterBackupPage,
  query: ClusterBackupListQuery,
  now: number,
): number {
  if (page.rows.some((row) => row.status === 'RUNNING')) return RUNNING_MS;
  const reachesPresent = query.meaning !== undefined || query.endTime >= now - NEARLY_NOW_MS;
  return reachesPresent ? PRESENT_MS : PAST_MS;
}

/** Short enough for tags, which permissions may look at. */
export function instancesTimeToLiveMs(page: InstancePage): number {
  return page.rows.every((row) => row.status === 'NORMAL') ? INSTANCES_MS : INSTANCES_CHANGING_MS;
}
