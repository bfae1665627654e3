import type { Backup } from './backup-schedule.ts';
import { alphanumeric, fraction, mix } from './hash.ts';
import type { Instance } from './instances.ts';

/** The backup of one shard. Times are epoch milliseconds of whole seconds. */
export interface ShardBackup {
  backupId: string;
  instanceName: string;
  backupName: string;
  startTime: number;
  endTime: number;
  bytes: number;
  failed: boolean;
  downloadUrl: string | undefined;
  internalDownloadUrl: string | undefined;
}

const HOUR = 3_600_000;

/** The backups of a set's shards, one after the other in time; together they are as large as the set. */
export function shardBackupsOf(
  instance: Instance,
  backup: Backup,
  now: number,
  bytes = shardBytesOf(instance, backup),
): ShardBackup[] {
  const share = (backup.endTime - backup.startTime) / bytes.length;
  const firstId = mix(backup.key, 40) * 256;
  return bytes.map((size, shard) => {
    const startTime = wholeSecond(backup.startTime + share * shard);
    const failed = shard === backup.failedShard;
    const node = 100_000_000 + (mix(instance.key, shard, 41) % 800_000_000);
    const backupName = `hins${node}_data_${localStamp(startTime)}.rdb`;
    const url = (network: string) => (failed ? undefined : downloadUrl(instance, node, backupName, network, now));
    return {
      backupId: String(firstId + shard),
      instanceName: `${instance.instanceId}-db-${shard}`,
      backupName,
      startTime,
      endTime: wholeSecond(backup.startTime + share * (shard + 1)),
      bytes: failed ? 0 : size,
      failed,
      downloadUrl: url(''),
      internalDownloadUrl: url('-internal'),
    };
  });
}

/** What the shards hold, in the proportions of their instance; the last one takes what rounding leaves. */
export function shardBytesOf(instance: Instance, backup: Backup): number[] {
  const weights = Array.from(
    { length: instance.shardCount },
    (_, shard) => 0.9 + 0.2 * fraction(mix(instance.key, shard, 42)),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const bytes = weights.map((weight) => Math.floor((backup.totalBytes * weight) / whole));
  bytes[bytes.length - 1] = backup.totalBytes - bytes.slice(0, -1).reduce((sum, size) => sum + size, 0);
  return bytes;
}

/** Links change with the hour and are good for one to two more. */
function downloadUrl(instance: Instance, node: number, backupName: string, network: string, now: number): string {
  const expires = (Math.floor(now / HOUR) + 2) * (HOUR / 1000);
  const signature = Buffer.from(alphanumeric(mix(node, expires, network.length), 20)).toString('base64');
  const host = `rdsbak-${instance.zoneId}-v2.oss-${instance.regionId}${network}.aliyuncs.com`;
  const key = `LTAI5t${alphanumeric(mix(instance.key, 43), 18)}`;
  return `http://${host}/custins${node}/${backupName}?Expires=${expires}&OSSAccessKeyId=${key}&Signature=${encodeURIComponent(signature)}`;
}

/** Names carry the time of Beijing. */
function localStamp(time: number): string {
  return new Date(time + 8 * HOUR).toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
