import type { Backup } from './backup-schedule.ts';
import { mixText } from './hash.ts';
import type { Instance } from './instances.ts';

/** A backup that a test writes down itself; times are RFC 3339 texts or epoch milliseconds. */
export interface ExplicitBackup {
  /** ClusterBackupId; by default one that follows from the start time. */
  id?: string | undefined;
  start: string | number;
  /** Absent while it runs; then it is done half. By default, for one that does not run, a minute after its start. */
  end?: string | number | undefined;
  /** `Automated` unless said otherwise; any text goes out as it is. */
  mode?: string | undefined;
  /** `OK` unless said otherwise; any text goes out as it is. `RUNNING` has no end, `Failed` has one failed shard. */
  status?: string | undefined;
  /** Bytes of each shard; by default what the world says for the instance's own shards. */
  sizes?: readonly number[] | undefined;
  /** ExpectExpireTime: once it has passed, the backup is gone. */
  expire?: string | number | undefined;
  /** Percent, for one that runs; 50 by default. */
  progress?: number | undefined;
  /** Fields of the set that replace what would be sent: wrong types, unknown values, absent ones as undefined. */
  fields?: Readonly<Record<string, unknown>> | undefined;
}

const DEFAULT_BYTES = 64 * 2 ** 20;

/** An explicit backup as the rest of the sandbox reads backups. */
export function backupFromExplicit(explicit: ExplicitBackup, instance: Instance, now: number): Backup {
  const startTime = timeOf(explicit.start);
  const status = explicit.status ?? 'OK';
  const running = status.toUpperCase() === 'RUNNING';
  const sizes = explicit.sizes ?? Array.from({ length: instance.shardCount }, () => DEFAULT_BYTES);
  const key = mixText(instance.key, explicit.id ?? String(startTime));
  return {
    clusterBackupId: explicit.id ?? `cb-${startTime.toString(36).padStart(16, '0')}`,
    mode: explicit.mode ?? 'Automated',
    startTime,
    endTime:
      explicit.end !== undefined ? timeOf(explicit.end) : running ? Math.max(now, startTime) : startTime + 60_000,
    expireTime: explicit.expire === undefined ? undefined : timeOf(explicit.expire),
    key,
    failedShard: status.toUpperCase() === 'FAILED' ? 0 : undefined,
    totalBytes: sizes.reduce((sum, size) => sum + size, 0),
    explicit: { status, running, progress: explicit.progress ?? 50, sizes, fields: explicit.fields ?? {} },
  };
}

function timeOf(value: string | number): number {
  const time = typeof value === 'number' ? value : Date.parse(value);
  if (Number.isNaN(time)) throw new TypeError(`expected a time, got ${JSON.stringify(value)}`);
  return time;
}
