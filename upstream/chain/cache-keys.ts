import type { ClusterBackupListQuery, InstancesQuery, RegionsQuery } from '../rkvstore.ts';

/**
 * Keys of answers by what they mean. Texts that come from a request carry their length, so that no text can pass for
 * another query's key: who may read what is decided by the query, not by the key.
 */
export function clusterBackupListKeys(query: ClusterBackupListQuery): readonly [string, ...string[]] {
  const { accountId, regionId, instanceId, clusterBackupId, meaning } = query;
  const window = meaning === undefined ? `${query.startTime}-${query.endTime}` : text(meaning);
  const backup = clusterBackupId === undefined ? '' : text(clusterBackupId);
  const rest = `${text(accountId)}${text(regionId)}${text(instanceId)}${window};${backup};${query.pageSize};${query.pageNumber}`;
  // An answer with shards also serves a read without.
  return query.withShards ? [`backups+${rest}`] : [`backups-${rest}`, `backups+${rest}`];
}

/** The order of ids and tags is not part of what they mean. */
export function instancesKeys(query: InstancesQuery): readonly [string] {
  const { instanceIds, tags, ...filters } = query;
  const named = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(byName);
  const wanted = tags?.map(({ key, value }) => [key, value]).sort(byName);
  return [`instances${JSON.stringify([named, instanceIds && [...instanceIds].sort(), wanted])}`];
}

/** Regions are the same wherever they are asked for. */
export function regionsKeys(query: RegionsQuery): readonly [string] {
  return [`regions${text(query.accountId)}`];
}

function text(value: string): string {
  return `${value.length}:${value};`;
}

function byName([left]: unknown[], [right]: unknown[]): number {
  return String(left) < String(right) ? -1 : 1;
}
