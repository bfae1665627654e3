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
    async clusterBackups({ instanceId, regionId }, { first = 20 }) {
      const size = [5, 10, 15, 20, 30, 50, 100, 200, 300].find((size) => size > first) ?? 300;
      const shards = first > 1 ? '' : '&NoShardBackup=True';
      const path = `/?Action=DescribeClusterBackupList&RegionId=${regionId}&InstanceId=${instanceId}&PageSize=${size}&PageNumber=1${shards}`;
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
    progressPercent: Number.parseInt(row.Progress, 10),
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
