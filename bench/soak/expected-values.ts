import { isDeepStrictEqual } from 'node:util';
import { isRunning } from '../../sandbox/data/backup-list.ts';
import type { Backup } from '../../sandbox/data/backup-schedule.ts';
import type { Instance } from '../../sandbox/data/instances.ts';
import { shardBackupsOf, shardBytesOf } from '../../sandbox/data/shard-backups.ts';
import type { KnownBackup, Span } from './known-backups.ts';

/** A selection of all values of a backup; `shards` adds those of its shards, `links` their links. */
export function backupFields({ shards = false, links = false }: { shards?: boolean; links?: boolean } = {}): string {
  const own = `id clusterBackupId status mode isAvailable sizeBytes startTime endTime expectedExpireTime
    progressPercent shardMemoryMegabytes`;
  if (!shards) return own;
  return `${own} shardCount shardBackups { totalCount nodes { backupId name instanceName status isAvailable sizeBytes
    startTime endTime engine engineVersion ${links ? 'downloadUrl internalDownloadUrl' : ''} } }`;
}

export const INSTANCE_FIELDS = `id accountId regionId instanceId name status engineVersion architectureType editionType
  instanceClass shardCount capacityMegabytes chargeType createTime expireTime zoneId vpcId vSwitchId networkType nodeType
  connectionDomain port resourceGroupId tags { key value }`;

/** A row of an answer, as far as it was asked for. */
export type Row = Record<string, unknown>;

/** What is wrong with the values of a backup that was read at some time in a span; undefined when nothing is. */
export function wrongInBackup(row: Row, instance: Instance, known: KnownBackup, span: Span): string | undefined {
  const { backup } = known;
  if (known.bornAt > span.to || known.goneAt <= span.from) return 'it did not exist then';
  const running = row.status === 'RUNNING';
  const [atFirst, atLast] = [isRunning(backup, span.from), isRunning(backup, span.to)];
  if (running ? !atFirst && !atLast : atLast) return `it ${atLast ? 'was running' : 'had ended'}, and the row says not`;
  const wrong = firstDifference(row, running ? runningValues(instance, backup) : endedValues(instance, backup));
  if (wrong) return wrong;
  if (running) {
    const [least, most] = [progressAt(backup, span.from), progressAt(backup, span.to)];
    const percent = row.progressPercent as number;
    if (!(percent >= least && percent <= most)) return `progress is ${percent}, not ${least} to ${most}`;
  }
  return 'shardBackups' in row ? wrongInShards(row, instance, backup, span) : undefined;
}

/** What is wrong with the attributes of an instance; undefined when nothing is. */
export function wrongInInstance(row: Row, instance: Instance, accountId: string): string | undefined {
  const { instanceId, regionId, name, zoneId, vpcId, vSwitchId, networkType, nodeType, instanceClass, tags } = instance;
  return firstDifference(row, {
    ...{ accountId, instanceId, regionId, name, zoneId, vpcId, vSwitchId, networkType, nodeType, instanceClass, tags },
    status: capitals(instance.status),
    engineVersion: instance.engineVersion === '4.0' ? '4' : instance.engineVersion,
    architectureType: instance.architectureType.toUpperCase(),
    editionType: instance.editionType.toUpperCase(),
    shardCount: instance.architectureType === 'cluster' ? instance.shardCount : null,
    capacityMegabytes: instance.shardCount * instance.shardMemoryMegabytes,
    chargeType: capitals(instance.chargeType),
    createTime: instant(instance.createTime),
    expireTime: instance.endTime === undefined ? null : instant(instance.endTime),
    connectionDomain: `${instanceId}.redis.rds.aliyuncs.com`,
    port: 6379,
    resourceGroupId: instance.resourceGroupId,
  });
}

function runningValues(instance: Instance, backup: Backup): Row {
  return {
    ...commonValues(instance, backup),
    isAvailable: false,
    sizeBytes: 0,
    endTime: null,
    expectedExpireTime: null,
  };
}

function endedValues(instance: Instance, backup: Backup): Row {
  const failed = backup.failedShard !== undefined;
  const lost = failed ? (sizesOf(instance, backup)[backup.failedShard ?? 0] ?? 0) : 0;
  return {
    ...commonValues(instance, backup),
    status: failed ? 'FAILED' : 'OK',
    isAvailable: !failed,
    sizeBytes: backup.totalBytes - lost,
    endTime: instant(backup.endTime),
    expectedExpireTime: backup.expireTime === undefined ? null : instant(backup.expireTime),
    progressPercent: failed ? null : 100,
  };
}

function commonValues(instance: Instance, backup: Backup): Row {
  return {
    clusterBackupId: backup.clusterBackupId,
    mode: backup.mode.toUpperCase(),
    startTime: instant(backup.startTime),
    shardMemoryMegabytes: instance.shardMemoryMegabytes,
  };
}

function wrongInShards(row: Row, instance: Instance, backup: Backup, span: Span): string | undefined {
  const connection = row.shardBackups as { nodes: Row[]; totalCount: number } | null;
  if (connection === null) return 'it has no shards, and no error says why';
  const doneAt = (at: number) => {
    const shards = shardBackupsOf(instance, backup, at, backup.explicit && [...backup.explicit.sizes]);
    return isRunning(backup, at) ? shards.filter((shard) => shard.endTime <= at) : shards;
  };
  const [first, last] = [doneAt(span.from), doneAt(span.to)];
  const { nodes } = connection;
  if (nodes.length < first.length || nodes.length > last.length)
    return `it has ${nodes.length} shards, not ${first.length} to ${last.length}`;
  if (connection.totalCount !== nodes.length || row.shardCount !== nodes.length) return 'its shards are counted wrong';
  for (const [index, node] of nodes.entries()) {
    const shard = last[index];
    if (!shard) return 'a shard too many';
    const wrong = firstDifference(node, {
      backupId: shard.backupId,
      name: shard.backupName,
      instanceName: shard.instanceName,
      status: shard.failed ? 'ERROR' : 'OK',
      isAvailable: !shard.failed,
      sizeBytes: shard.bytes,
      startTime: instant(shard.startTime),
      endTime: instant(shard.endTime),
      engine: 'redis',
      engineVersion: instance.engineVersion,
    });
    if (wrong) return `shard ${index}: ${wrong}`;
    for (const name of ['downloadUrl', 'internalDownloadUrl'] as const) {
      // One that is missing is looked for among the errors.
      if (!(name in node) || node[name] === null) continue;
      const links = [shardLink(instance, backup, span.from, index, name), shard[name]];
      if (!links.includes(node[name] as string)) return `shard ${index}: ${name} is ${node[name]}`;
    }
  }
  return undefined;
}

function shardLink(
  instance: Instance,
  backup: Backup,
  at: number,
  index: number,
  name: 'downloadUrl' | 'internalDownloadUrl',
) {
  return shardBackupsOf(instance, backup, at, backup.explicit && [...backup.explicit.sizes])[index]?.[name];
}

function sizesOf(instance: Instance, backup: Backup): readonly number[] {
  return backup.explicit?.sizes ?? shardBytesOf(instance, backup);
}

function progressAt(backup: Backup, at: number): number {
  const share = (at - backup.startTime) / (backup.endTime - backup.startTime);
  return Math.floor(100 * Math.min(1, Math.max(0, share)));
}

/** Of the fields that were asked for. */
function firstDifference(row: Row, expected: Row): string | undefined {
  for (const [name, value] of Object.entries(expected)) {
    if (name in row && !isDeepStrictEqual(row[name], value))
      return `${name} is ${JSON.stringify(row[name])}, not ${JSON.stringify(value)}`;
  }
  return undefined;
}

function instant(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** `BackupRecovering`, `PrePaid`: words in capitals with underscores between them. */
function capitals(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
