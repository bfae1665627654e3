import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';

/** `--data FILE`: an answer in memory; `--upstream URL`: asked for each request. */
export function sourceOf(words = process.argv.slice(2)) {
  const { values } = parseArgs({ args: words, options: { data: { type: 'string' }, upstream: { type: 'string' } } });
  return values.data === undefined ? upstreamSource(values.upstream) : memorySource(values.data);
}

function memorySource(path) {
  const { data } = JSON.parse(readFileSync(path, 'utf8'));
  return {
    instance: () => data.instance,
    instances: () => data.instances,
    clusterBackups: (instance) => instance.clusterBackups,
  };
}

/** What a server without signatures, checks, quota or cache does: asks, and maps what comes. */
function upstreamSource(url) {
  const pool = new Pool(url, { connections: 64 });
  return {
    instance: (key) => key,
    async clusterBackups({ instanceId, regionId }, { first = 20, page, shards = first > 1 }) {
      // Without a page's number one row more, which tells whether there is another page.
      const least = page === undefined ? first + 1 : first;
      const query = new URLSearchParams({
        Action: 'DescribeClusterBackupList',
        RegionId: regionId,
        InstanceId: instanceId,
        PageSize: [5, 10, 15, 20, 30, 50, 100, 200, 300].find((size) => size >= least) ?? 300,
        PageNumber: page ?? 1,
        ...(shards ? {} : { NoShardBackup: 'True' }),
      });
      const path = `/?${query}`;
      const { body } = await pool.request({ method: 'GET', path });
      const { ClusterBackups: rows } = await body.json();
      const nodes = rows.slice(0, first).map(backupOf);
      const endCursor = Buffer.from(`${nodes.at(-1)?.startTime}/${nodes.at(-1)?.clusterBackupId}`).toString(
        'base64url',
      );
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } };
    },
  };
}

function backupOf(row) {
  return {
    clusterBackupId: row.ClusterBackupId,
    status: row.ClusterBackupStatus.toUpperCase(),
    mode: row.ClusterBackupMode.toUpperCase(),
    isAvailable: row.IsAvail === 1,
    sizeBytes: Number(row.ClusterBackupSize),
    startTime: row.ClusterBackupStartTime,
    endTime: row.ClusterBackupEndTime ?? null,
    // One that failed has none.
    progressPercent: row.Progress ? Number.parseInt(row.Progress, 10) : null,
    shardBackups: row.Backups && { nodes: row.Backups.map(shardOf) },
  };
}

function shardOf(row) {
  return {
    backupId: row.BackupId,
    instanceName: row.InstanceName,
    status: row.BackupStatus,
    isAvailable: row.IsAvail === '1',
    sizeBytes: Number(row.BackupSize),
    startTime: utc(row.BackupStartTime),
    endTime: utc(row.BackupEndTime),
    engineVersion: row.ExtraInfo?.CustinsDbVersion,
  };
}

/** Some times come without their zone. */
function utc(text) {
  return text.endsWith('Z') ? text : `${text}Z`;
}
