import type { Behaviour } from '../behaviour.ts';
import { ApiError, invalid } from '../calls/api-error.ts';
import { optionalBoolean, optionalCount, optionalText, requiredText, requiredTime } from '../calls/parameters.ts';
import { type BackupSource, fullStorageBytes, isRunning, listBackups } from '../data/backup-list.ts';
import type { Backup } from '../data/backup-schedule.ts';
import { findInstance } from '../data/instances.ts';
import { findRegion } from '../data/regions.ts';
import { type ShardBackup, shardBackupsOf, shardBytesOf } from '../data/shard-backups.ts';
import type { ActionContext } from './action.ts';
import { wireTime, wireTimeWithoutZone } from './wire-time.ts';

/** The only page sizes that the action takes. Source: the enumeration in SDK 6.4.0. */
const PAGE_SIZES = [5, 10, 15, 20, 30, 50, 100, 200, 300];
const DEFAULT_PAGE_SIZE = 30;
const FREE_BYTES = 8 * 2 ** 30;

export function describeClusterBackupList(context: ActionContext): Record<string, unknown> {
  const { parameters, behaviour, now } = context;
  const regionId = requiredText(parameters, 'RegionId');
  const instanceId = requiredText(parameters, 'InstanceId');
  const startTime = requiredTime(parameters, 'StartTime');
  const endTime = requiredTime(parameters, 'EndTime');
  if (endTime <= startTime) throw new ApiError('InvalidEndTime');
  const pageSize = pageSizeOf(parameters, behaviour);
  const pageNumber = optionalCount(parameters, 'PageNumber') ?? 1;
  const withShards = optionalBoolean(parameters, 'NoShardBackup') !== true;
  const clusterBackupId = optionalText(parameters, 'ClusterBackupId');
  if (!findRegion(regionId)) throw new ApiError('InvalidRegion.NotFound');
  const instance = findInstance(context.world, instanceId, now);
  if (instance?.regionId !== regionId) throw new ApiError('InvalidInstanceId.NotFound');
  if (instance.architectureType !== 'cluster' && behaviour.notACluster === 'error')
    throw new ApiError('IncorrectDBInstanceState');

  const source: BackupSource = { instance, now, explicit: context.backups.get(instanceId) };
  const page = listBackups(source, { startTime, endTime, clusterBackupId, pageSize, pageNumber }, behaviour);
  const maxResults = { returned: page.backups.length, total: page.total, 'page-size': pageSize }[behaviour.maxResults];
  return {
    MaxResults: maxResults,
    PageNumber: pageNumber,
    PageSize: pageSize,
    FullStorageSize: fullStorageBytes(source),
    ...(behaviour.logStorageSize === 'zero' ? { LogStorageSize: 0 } : {}),
    FreeSize: FREE_BYTES,
    ...(page.backups.length === 0 && behaviour.emptyList === 'omitted'
      ? {}
      : { ClusterBackups: page.backups.map((backup) => clusterBackupOf(source, backup, withShards, behaviour)) }),
  };
}

function pageSizeOf(parameters: ActionContext['parameters'], behaviour: Behaviour): number {
  const size = optionalCount(parameters, 'PageSize') ?? DEFAULT_PAGE_SIZE;
  if (PAGE_SIZES.includes(size)) return size;
  if (behaviour.pageSizeOutsideList === 'reject') throw invalid('PageSize');
  return PAGE_SIZES.findLast((allowed) => allowed <= size) ?? 5;
}

/** Sizes are texts of digits; `IsAvail` is a number here and a text on the shards. */
function clusterBackupOf(
  source: BackupSource,
  backup: Backup,
  withShards: boolean,
  behaviour: Behaviour,
): Record<string, unknown> {
  const { instance, now } = source;
  const running = isRunning(backup, now);
  const failed = backup.failedShard !== undefined;
  return {
    IsAvail: running || failed ? 0 : 1,
    ClusterBackupId: backup.clusterBackupId,
    ClusterBackupStatus: backup.explicit?.status ?? (running ? 'RUNNING' : failed ? 'Failed' : 'OK'),
    ClusterBackupSize: running ? '0' : String(sizeOf(source, backup)),
    ClusterBackupStartTime: wireTime(backup.startTime),
    ...(running
      ? behaviour.endTimeWhileRunning === 'empty' && { ClusterBackupEndTime: '' }
      : { ClusterBackupEndTime: wireTime(backup.endTime) }),
    ClusterBackupMode: backup.mode,
    ShardClassMemory: instance.shardMemoryMegabytes,
    ...(!running && backup.expireTime !== undefined && { ExpectExpireTime: wireTime(backup.expireTime) }),
    ...(withShards
      ? { Backups: shardsOf(source, backup).map((shard) => shardBackupOf(shard, instance.engineVersion)) }
      : behaviour.withoutShards === 'empty' && { Backups: [] }),
    Progress: running ? `${progressOf(backup, now)}%` : failed ? undefined : '100%',
    ...backup.explicit?.fields,
  };
}

/** A failed set is as large as the shards that did not fail. */
function sizeOf(source: BackupSource, backup: Backup): number {
  if (backup.failedShard === undefined) return backup.totalBytes;
  const sizes = backup.explicit?.sizes ?? shardBytesOf(source.instance, backup);
  return backup.totalBytes - (sizes[backup.failedShard] ?? 0);
}

/** While the set runs, only the shards that are done. */
function shardsOf(source: BackupSource, backup: Backup): ShardBackup[] {
  const shards = shardBackupsOf(source.instance, backup, source.now, backup.explicit && [...backup.explicit.sizes]);
  if (!isRunning(backup, source.now)) return shards;
  if (backup.explicit) return shards.slice(0, Math.floor((shards.length * backup.explicit.progress) / 100));
  return shards.filter((shard) => shard.endTime <= source.now);
}

function progressOf(backup: Backup, now: number): number {
  if (backup.explicit) return backup.explicit.progress;
  return Math.floor((100 * (now - backup.startTime)) / (backup.endTime - backup.startTime));
}

function shardBackupOf(shard: ShardBackup, engineVersion: string): Record<string, unknown> {
  return {
    BackupId: shard.backupId,
    InstanceName: shard.instanceName,
    BackupDownloadURL: shard.downloadUrl,
    BackupIntranetDownloadURL: shard.internalDownloadUrl,
    BackupStartTime: wireTime(shard.startTime),
    BackupEndTime: wireTimeWithoutZone(shard.endTime),
    BackupSize: String(shard.bytes),
    IsAvail: shard.failed ? '0' : '1',
    BackupStatus: shard.failed ? 'ERROR' : 'OK',
    BackupName: shard.backupName,
    Engine: 'redis',
    ExtraInfo: { CustinsDbVersion: engineVersion },
    RecoverConfigMode: null,
  };
}
