import type { RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { MAX_WALK_CALLS } from '../cluster-backups/forward-walk.ts';
import { type OperationReadOptions, PageSource, type Provenance } from '../cluster-backups/page-source.ts';
import { minuteAfter, upstreamStart } from '../cluster-backups/window.ts';
import type { InstanceKey } from '../identifiers.ts';
import { LARGEST_PAGE } from '../page-plan.ts';

/** What of the shards somebody who watches wants to see. */
export interface WantedShards {
  shards: boolean;
  /** Download links of them. */
  links: boolean;
}

/** What one poll of an instance brought. */
export interface Poll {
  /** Every backup that may be running, and others, by id of the set. */
  readonly rows: ReadonlyMap<string, ClusterBackupRow>;
  readonly provenance: Provenance;
  /** What of the shards was asked for. */
  readonly wanted: WantedShards;
}

/** A backup that began longer ago and still runs is not looked for, in seconds. */
const LOOK_BACK = 7 * 24 * 3600;

/**
 * Reads the backups of an instance that began at `since` (seconds) or later, without it those of the last week: one call, where the
 * upstream answers newest first or has no more of them than one page holds. Reads that share a `since` share an answer, also between
 * replicas.
 */
export async function readRunningBackups(
  store: RKVStore,
  key: InstanceKey,
  { since, wanted }: { since: number | undefined; wanted: WantedShards },
  options: OperationReadOptions,
  now: number,
): Promise<Poll> {
  const source = new PageSource(store, key, options, now);
  const seconds = Math.floor(now / 1000);
  const rows = new Map<string, ClusterBackupRow>();
  for (let pageNumber = 1; pageNumber <= MAX_WALK_CALLS; pageNumber++) {
    const read = await source.read({
      start: upstreamStart(since ?? seconds - LOOK_BACK),
      end: minuteAfter(seconds),
      pageSize: LARGEST_PAGE,
      pageNumber,
      withShards: wanted.shards,
      withLinks: wanted.links,
      priority: 'background',
      meaning: since === undefined ? `last ${LOOK_BACK} s` : `since ${since}`,
    });
    for (const row of read.rows) rows.set(row.clusterBackupId, row);
    // Those that run stand first then.
    if (!read.full || read.newestFirst) break;
  }
  return { rows, provenance: source.provenance, wanted };
}

/** Whether a backup is still being taken, as the upstream says. */
export function isRunning(row: ClusterBackupRow): boolean {
  return row.status === 'RUNNING';
}
