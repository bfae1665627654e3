import { alphanumeric, fraction, mix } from './hash.ts';
import type { Instance } from './instances.ts';

/**
 * A backup set as the world knows it, whatever it is derived from. Times are epoch milliseconds of whole seconds; how much
 * of it is done at a moment follows from them.
 */
export interface Backup {
  clusterBackupId: string;
  /** `Automated` or `Manual`. */
  mode: string;
  startTime: number;
  /** When it ends; for one that runs, when it will. */
  endTime: number;
  expireTime: number | undefined;
  /** Hash that its shards are derived from. */
  key: number;
  /** The shard whose backup failed, which makes the set `Failed`. */
  failedShard: number | undefined;
  /** Bytes of all its shards together. */
  totalBytes: number;
  /** What a test wrote down, where that decides instead of the clock and the hashes. */
  explicit?: {
    status: string;
    running: boolean;
    /** Percent. */
    progress: number;
    /** Bytes of each shard. */
    sizes: readonly number[];
    fields: Readonly<Record<string, unknown>>;
  };
}

/** A stretch of start times, both borders included. */
export interface StartRange {
  from: number;
  to: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;

/** No backup takes longer. */
export const LONGEST_BACKUP = 20 * MINUTE;

/**
 * A series has at most one backup a slot, and slots follow each other in time, so the backups of any stretch of time are
 * found by division, without the ones before.
 */
interface Series {
  slotLength: number;
  retention: number;
  at(slot: number): Backup | undefined;
}

/** The backups of an instance that exist at `now` and start within the range, in order of start time. */
export function* scheduledBackups(
  instance: Instance,
  now: number,
  range: StartRange,
  order: 'newest-first' | 'oldest-first',
): Generator<Backup> {
  const step = order === 'newest-first' ? -1 : 1;
  const heads = seriesOf(instance).map((series) => walk(series, instance, now, range, step));
  const waiting = heads.map((head) => head.next());
  for (;;) {
    let first = -1;
    let best: Backup | undefined;
    for (const [index, result] of waiting.entries()) {
      if (result.done || (best && step * (result.value.startTime - best.startTime) >= 0)) continue;
      first = index;
      best = result.value;
    }
    const head = heads[first];
    if (!best || !head) return;
    yield best;
    waiting[first] = head.next();
  }
}

function* walk(
  series: Series,
  instance: Instance,
  now: number,
  range: StartRange,
  step: 1 | -1,
): Generator<Backup, undefined> {
  const earliest = Math.max(range.from, now - series.retention - LONGEST_BACKUP, instance.createTime);
  const latest = Math.min(range.to, now);
  const [low, high] = [Math.floor(earliest / series.slotLength), Math.floor(latest / series.slotLength)];
  for (let slot = step > 0 ? low : high; slot >= low && slot <= high; slot += step) {
    const backup = series.at(slot);
    if (!backup || backup.startTime < earliest || backup.startTime > latest) continue;
    if (backup.expireTime !== undefined && backup.expireTime <= now) continue;
    yield backup;
  }
}

function seriesOf(instance: Instance): Series[] {
  if (instance.architectureType !== 'cluster') return [];
  const series = [automated(instance), manual(instance)];
  if (instance.busy) series.push(roundTheClock(instance));
  return series;
}

/** One each day, at the instance's own time, give or take four minutes. */
function automated(instance: Instance): Series {
  const timeOfDay = Math.floor(fraction(mix(instance.key, 30)) * 86_100) * SECOND;
  const retention = instance.retentionDays * DAY;
  return {
    slotLength: DAY,
    retention,
    at(day) {
      const key = mix(instance.key, day, 31);
      const startTime = day * DAY + timeOfDay + (mix(key, 1) % 240) * SECOND;
      return backupOf(instance, { key, startTime, retention, mode: 'Automated', duration: undefined });
    },
  };
}

/** Two weeks out of five, in working hours somewhere, kept four times as long. */
function manual(instance: Instance): Series {
  const retention = Math.min(730, instance.retentionDays * 4) * DAY;
  return {
    slotLength: 7 * DAY,
    retention,
    at(week) {
      const key = mix(instance.key, week, 32);
      if (mix(key, 2) % 5 >= 2) return undefined;
      const startTime = week * 7 * DAY + (1 + (mix(key, 3) % 5)) * DAY + (3600 + (mix(key, 4) % 36_000)) * SECOND;
      return backupOf(instance, { key, startTime, retention, mode: 'Manual', duration: undefined });
    },
  };
}

/** One after the other, each some minutes long and soon gone, so that there is always progress to watch. */
function roundTheClock(instance: Instance): Series {
  const always = instance.busy === 'always';
  const slotLength = (always ? 6 : 10) * MINUTE;
  const retention = 30 * MINUTE;
  return {
    slotLength,
    retention,
    at(slot) {
      const key = mix(instance.key, slot, 33);
      return backupOf(instance, {
        key,
        startTime: slot * slotLength,
        retention,
        mode: 'Manual',
        duration: always ? slotLength : slotLength - 3 * MINUTE,
      });
    },
  };
}

function backupOf(
  instance: Instance,
  plan: { key: number; startTime: number; retention: number; mode: string; duration: number | undefined },
): Backup {
  const totalBytes = totalBytesOf(instance, plan.startTime, plan.key);
  const gigabytesOfShard = totalBytes / instance.shardCount / 2 ** 30;
  const duration = plan.duration ?? Math.min(LONGEST_BACKUP, Math.round(75 + 45 * gigabytesOfShard) * SECOND);
  const endTime = plan.startTime + duration;
  const failed = plan.duration === undefined && mix(plan.key, 5) % 33 === 0;
  return {
    // most backups are only counted, and counting needs no id
    get clusterBackupId() {
      return `cb-${alphanumeric(plan.key, 16)}`;
    },
    mode: plan.mode,
    startTime: plan.startTime,
    endTime,
    expireTime: endTime + plan.retention,
    key: plan.key,
    failedShard: failed ? mix(plan.key, 6) % instance.shardCount : undefined,
    totalBytes,
  };
}

/** Data grows for some months until somebody cleans up, and breathes a little from day to day. */
function totalBytesOf(instance: Instance, time: number, key: number): number {
  const level = 0.4 + 0.4 * fraction(mix(instance.key, 34));
  const cycle = (90 + (mix(instance.key, 35) % 300)) * DAY;
  const grown = 0.6 + 0.4 * (((time - instance.createTime) % cycle) / cycle);
  const breath = 0.995 + 0.01 * fraction(mix(key, 7));
  return Math.round(instance.shardCount * instance.shardMemoryMegabytes * 2 ** 20 * level * grown * breath);
}
