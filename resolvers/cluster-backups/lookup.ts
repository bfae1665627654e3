import type { RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { ClusterBackupKey } from '../global-id.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import { type OperationReadOptions, PageSource, type Provenance } from './page-source.ts';
import { minuteAfter, RANGE_MARGIN, upstreamStart } from './window.ts';

/** One backup set looked up by its id; `row` is null where there is none. */
export interface FoundBackup {
  row: ClusterBackupRow | null;
  provenance: Provenance;
}

export interface BackupLookup {
  key: ClusterBackupKey;
  shards: boolean;
  links: boolean;
}

/** The upstream has kept backups since then; a set known by its id alone is looked for from here to now. */
const FIRST_BACKUP = Date.UTC(2015, 0, 1) / 1000;

/**
 * Looks up backup sets of one instance. Those whose start is known share one window from the oldest to the newest, one call wherever one page
 * can hold it; one alone, and those known by id only, are asked for by id.
 */
export async function lookUpBackups(
  store: RKVStore,
  lookups: readonly BackupLookup[],
  options: OperationReadOptions,
  now: number,
): Promise<FoundBackup[]> {
  const first = lookups[0] as BackupLookup;
  const source = new PageSource(store, instanceOf(first.key), options, now);
  const found = new Map<string, ClusterBackupRow>();
  const how = {
    withShards: lookups.some(({ shards }) => shards),
    withLinks: lookups.some(({ links }) => links),
  };
  const dated = new Map<string, ClusterBackupKey>();
  const undated = new Map<string, ClusterBackupKey>();
  for (const { key } of lookups) (key.startTime > 0 ? dated : undated).set(key.clusterBackupId, key);

  const byId = async (key: ClusterBackupKey) => {
    const read = await source.read({
      ...how,
      ...rangeOf([key], now),
      pageSize: 5,
      pageNumber: 1,
      clusterBackupId: key.clusterBackupId,
    });
    for (const row of read.rows) found.set(row.clusterBackupId, row);
  };
  const together = async () => {
    let missing = [...dated.values()].sort((left, right) => right.startTime - left.startTime);
    while (missing.length > 1) {
      const read = await source.read({ ...how, ...rangeOf(missing, now), pageSize: LARGEST_PAGE, pageNumber: 1 });
      for (const row of read.rows) found.set(row.clusterBackupId, row);
      if (!read.full) return;
      // The newest of them stands on a newest page or nowhere; the others may be further back.
      missing = missing.slice(read.newestFirst ? 1 : 0).filter((key) => !found.has(key.clusterBackupId));
      if (!read.newestFirst) break;
    }
    await Promise.all(missing.map(byId));
  };
  await Promise.all([dated.size > 0 ? together() : undefined, ...[...undated.values()].map(byId)]);
  return lookups.map(({ key }) => ({ row: found.get(key.clusterBackupId) ?? null, provenance: source.provenance }));
}

function rangeOf(keys: readonly ClusterBackupKey[], now: number): { start: number; end: number } {
  const starts = keys.map(({ startTime }) => startTime);
  if (starts.includes(0)) return { start: FIRST_BACKUP, end: minuteAfter(Math.floor(now / 1000)) };
  return { start: upstreamStart(Math.min(...starts)), end: minuteAfter(Math.max(...starts) + RANGE_MARGIN) };
}

function instanceOf({ accountId, regionId, instanceId }: ClusterBackupKey) {
  return { accountId, regionId, instanceId };
}
