import type { RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { ClusterBackupKey } from '../global-id.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import { type OperationReadOptions, PageSource, type Provenance } from './page-source.ts';
import { seconds, sortTime } from './row-order.ts';
import { LONGEST_BACKUP, minuteAfter, upstreamStart } from './window.ts';

/** One backup set looked up by its id; `row` is null where there is none. */
export interface FoundBackup {
  row: ClusterBackupRow | null;
  provenance: Provenance;
}

/** A backup set to look up, and what of its shards is needed. */
export interface BackupLookup {
  key: ClusterBackupKey;
  shards: boolean;
  links: boolean;
}

interface ReadFor {
  withShards: boolean;
  withLinks: boolean;
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
  const { accountId, regionId, instanceId } = (lookups[0] as BackupLookup).key;
  const source = new PageSource(store, { accountId, regionId, instanceId }, options, now);
  const readFor = {
    withShards: lookups.some(({ shards }) => shards),
    withLinks: lookups.some(({ links }) => links),
  };
  const found = new Map<string, ClusterBackupRow>();
  const dated = new Map<string, number>();
  const undated = new Set<string>();
  for (const { key } of lookups) {
    if (key.startTime > 0) dated.set(key.clusterBackupId, key.startTime);
    else undated.add(key.clusterBackupId);
  }
  const alone = async (id: string, startTime: number) => {
    const row = await readById(source, id, startTime, readFor);
    if (row !== undefined) found.set(id, row);
  };
  const together = async () => {
    const left = dated.size > 1 ? await readTogether(source, dated, readFor, found) : [...dated.keys()];
    await Promise.all(left.map((id) => alone(id, dated.get(id) as number)));
  };
  await Promise.all([together(), ...[...undated].map((id) => alone(id, 0))]);
  return lookups.map(({ key }) => ({ row: found.get(key.clusterBackupId) ?? null, provenance: source.provenance }));
}

/** Backups lie an hour apart or more, as a rule, so that one page of 300 holds those of so many seconds. */
const PAGE_SECONDS = (LARGEST_PAGE - 30) * 3600;

/** The most upstream calls that a lookup of these sets takes, as a rule: their starts are in seconds, 0 where not known. */
export function lookupCalls(starts: readonly number[]): number {
  const dated = starts.filter((start) => start > 0);
  const pages =
    dated.length < 2 ? dated.length : 1 + Math.floor((Math.max(...dated) - Math.min(...dated)) / PAGE_SECONDS);
  return starts.length - dated.length + Math.min(dated.length, pages);
}

/** The set of an id that started at a moment (seconds; 0: not known), if there is one. */
export async function readById(
  source: PageSource,
  clusterBackupId: string,
  startTime: number,
  readFor: ReadFor,
): Promise<ClusterBackupRow | undefined> {
  const range =
    startTime > 0
      ? // A range that looks at ends shows it if it reaches so far past its start.
        { start: upstreamStart(startTime), end: minuteAfter(startTime + LONGEST_BACKUP) }
      : { start: FIRST_BACKUP, end: minuteAfter(Math.floor(source.now / 1000)), meaning: `since ${FIRST_BACKUP}` };
  const { rows } = await source.read({
    ...readFor,
    ...range,
    pageSize: 5,
    pageNumber: 1,
    clusterBackupId,
  });
  return rows.find((row) => row.clusterBackupId === clusterBackupId);
}

/** Reads the window of several sets, by id and start; gives the ids that are better asked for one by one. */
async function readTogether(
  source: PageSource,
  dated: ReadonlyMap<string, number>,
  readFor: ReadFor,
  found: Map<string, ClusterBackupRow>,
): Promise<string[]> {
  let missing = [...dated];
  while (missing.length > 1) {
    const starts = missing.map(([, startTime]) => startTime);
    const page = await source.read({
      ...readFor,
      start: upstreamStart(Math.min(...starts)),
      end: minuteAfter(Math.max(...starts) + LONGEST_BACKUP),
      pageSize: LARGEST_PAGE,
      pageNumber: 1,
    });
    for (const row of page.rows) found.set(row.clusterBackupId, row);
    if (!page.full) return [];
    const { length } = missing;
    missing = missing.filter(([id]) => !found.has(id));
    if (!page.newestFirst) break;
    // Those that would have stood before the last row of the page have gone, and must not hold the next one back.
    const reached = seconds(sortTime(page.rows.at(-1) as ClusterBackupRow));
    missing = missing.filter(([, startTime]) => startTime <= reached);
    if (missing.length === length) break;
  }
  return missing.map(([id]) => id);
}
