import type { Behaviour } from '../behaviour.ts';
import { type Backup, LONGEST_BACKUP, scheduledBackups } from './backup-schedule.ts';
import { backupFromExplicit, type ExplicitBackup } from './explicit-backups.ts';
import { mixText } from './hash.ts';
import type { Instance } from './instances.ts';

export interface BackupQuery {
  /** Epoch milliseconds. */
  startTime: number;
  endTime: number;
  clusterBackupId: string | undefined;
  pageSize: number;
  /** From 1. */
  pageNumber: number;
}

export interface BackupPage {
  backups: Backup[];
  /** How many there are in the range. */
  total: number;
}

/** The backups that an instance's answers are made from: the ones a test wrote down, or the world's own. */
export interface BackupSource {
  instance: Instance;
  now: number;
  explicit: readonly ExplicitBackup[] | undefined;
}

/** One page of the backups in a range, in the order that the switches ask for. Keeps no more than that page where order allows. */
export function listBackups(source: BackupSource, query: BackupQuery, behaviour: Behaviour): BackupPage {
  const first = (query.pageNumber - 1) * query.pageSize;
  const backups: Backup[] = [];
  let total = 0;
  for (const backup of ordered(source, query, behaviour)) {
    if (!isWanted(backup, query, behaviour, source.now)) continue;
    if (total >= first && backups.length < query.pageSize) backups.push(backup);
    total += 1;
  }
  return { backups, total };
}

/** Bytes of all valid full backups of the instance, whatever the query. */
export function fullStorageBytes(source: BackupSource): number {
  let bytes = 0;
  for (const backup of existing(source, { from: 0, to: source.now }, 'newest-first')) {
    if (isRunning(backup, source.now) || backup.failedShard !== undefined) continue;
    bytes += backup.totalBytes;
  }
  return bytes;
}

export function isRunning(backup: Backup, now: number): boolean {
  return backup.explicit ? backup.explicit.running : now < backup.endTime;
}

function ordered(source: BackupSource, query: BackupQuery, behaviour: Behaviour): Iterable<Backup> {
  const early = behaviour.rangeLooksAt === 'end' ? LONGEST_BACKUP : 0;
  const everything = query.clusterBackupId !== undefined && !behaviour.rangeAppliesToId;
  const range = everything ? { from: 0, to: source.now } : { from: query.startTime - early, to: query.endTime };
  if (!source.explicit && behaviour.order !== 'unordered') return existing(source, range, behaviour.order);
  const turn = Math.floor(Math.random() * 0x1_0000_0000);
  const scrambled = (seed: number) => (left: Backup, right: Backup) =>
    mixText(seed, left.clusterBackupId) - mixText(seed, right.clusterBackupId);
  const ties = {
    'id-descending': (left: Backup, right: Backup) => compare(right.clusterBackupId, left.clusterBackupId),
    'id-ascending': (left: Backup, right: Backup) => compare(left.clusterBackupId, right.clusterBackupId),
    'as-listed': () => 0,
    unstable: scrambled(turn),
  }[behaviour.ties];
  const order = {
    'newest-first': (left: Backup, right: Backup) => right.startTime - left.startTime || ties(left, right),
    'oldest-first': (left: Backup, right: Backup) => left.startTime - right.startTime || ties(left, right),
    unordered: scrambled(0),
  }[behaviour.order];
  return [...existing(source, range, 'newest-first')].sort(order);
}

function existing(
  source: BackupSource,
  range: { from: number; to: number },
  order: 'newest-first' | 'oldest-first',
): Iterable<Backup> {
  const { instance, now, explicit } = source;
  if (!explicit) return scheduledBackups(instance, now, range, order);
  return explicit
    .map((each) => backupFromExplicit(each, instance, now))
    .filter((each) => each.expireTime === undefined || each.expireTime > now);
}

function isWanted(backup: Backup, query: BackupQuery, behaviour: Behaviour, now: number): boolean {
  if (query.clusterBackupId !== undefined) {
    if (backup.clusterBackupId !== query.clusterBackupId) return false;
    if (!behaviour.rangeAppliesToId) return true;
  }
  const time = behaviour.rangeLooksAt === 'start' ? backup.startTime : isRunning(backup, now) ? now : backup.endTime;
  const afterStart = behaviour.rangeBorders === 'exclusive' ? time > query.startTime : time >= query.startTime;
  const beforeEnd = behaviour.rangeBorders === 'inclusive' ? time <= query.endTime : time < query.endTime;
  return afterStart && beforeEnd;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
