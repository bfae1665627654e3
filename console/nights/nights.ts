import { DAY, dayNumber } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';

/** How many days a strip shows. */
export const STRIP_DAYS = 30;

/**
 * How the backups of one day came out:
 * - `ok`: all of them can be restored from;
 * - `failed`: at least one cannot;
 * - `running`: one is being taken now;
 * - `missing`: there should be one, and there is none;
 * - `due`: today's is still to come;
 * - `none`: none is expected: before the instance was created, on a day without schedule, or no longer kept;
 * - `unknown`: in a state that this console does not know, or not read.
 */
export type NightOutcome = 'ok' | 'failed' | 'running' | 'missing' | 'due' | 'none' | 'unknown';

/** One day of UTC, midnight to midnight, and the backups that began in it, newest first. */
export interface Night {
  /** Midnight, epoch milliseconds. */
  day: number;
  outcome: NightOutcome;
  backups: readonly BackupOutcomeFragment[];
}

export interface NightsOptions {
  /** Epoch milliseconds. */
  now: number;
  days: number;
  /** When the instance was created; none is missing before. */
  createTime: string | null | undefined;
  /** Whether `backups` are all there are in these days; without it, days before the oldest are `unknown`. */
  complete: boolean;
}

/** How long after its usual time a backup may begin before it counts as missing. */
const GRACE = 90 * 60_000;

/** The last days, oldest first, the last one today. */
export function nightsOf(backups: readonly BackupOutcomeFragment[], options: NightsOptions): Night[] {
  const today = dayNumber(options.now);
  const first = today - options.days + 1;
  const byDay = new Map<number, BackupOutcomeFragment[]>();
  for (const backup of backups) {
    if (!backup.startTime) continue;
    const day = dayNumber(Date.parse(backup.startTime));
    const others = byDay.get(day);
    if (others) others.push(backup);
    else byDay.set(day, [backup]);
  }
  const oldestRead = Math.min(...byDay.keys());
  const expected = expectation(backups, byDay, first, today, options);
  const nights: Night[] = [];
  for (let day = first; day <= today; day += 1) {
    const ofDay = byDay.get(day) ?? [];
    const outcome = ofDay.length > 0 ? outcomeOf(ofDay) : absent(day);
    nights.push({ day: day * DAY, outcome, backups: ofDay });
  }
  return nights;

  function absent(day: number): NightOutcome {
    if (!options.complete && day < oldestRead) return 'unknown';
    if (!expected.on(day)) return 'none';
    return day === today && options.now < expected.latestStart ? 'due' : 'missing';
  }
}

/** Whether a finished backup is one that cannot be restored from. */
export function isFailed(backup: BackupOutcomeFragment): boolean {
  return backup.status === 'FAILED' || (backup.status === 'OK' && backup.isAvailable === false);
}

function outcomeOf(backups: readonly BackupOutcomeFragment[]): NightOutcome {
  if (backups.some(isFailed)) return 'failed';
  if (backups.some((backup) => backup.status === 'RUNNING')) return 'running';
  return backups.some((backup) => backup.status === 'OK') ? 'ok' : 'unknown';
}

/**
 * The gateway does not tell the schedule, so it is read off the automated backups: how long they are kept, on which
 * weekdays they are taken, at what time of the day.
 */
function expectation(
  backups: readonly BackupOutcomeFragment[],
  byDay: ReadonlyMap<number, readonly BackupOutcomeFragment[]>,
  first: number,
  today: number,
  { now, createTime }: NightsOptions,
) {
  const created = createTime ? dayNumber(Date.parse(createTime)) : Number.NEGATIVE_INFINITY;
  const scheduled = backups.filter((backup) => backup.mode === 'AUTOMATED' && backup.startTime);
  const newest = scheduled[0];
  if (newest === undefined) {
    return { latestStart: Number.NEGATIVE_INFINITY, on: (day: number) => day > created };
  }

  const retention =
    newest.expectedExpireTime && newest.startTime
      ? Date.parse(newest.expectedExpireTime) - Date.parse(newest.endTime ?? newest.startTime)
      : undefined;
  const oldestScheduled = dayNumber(Date.parse(scheduled.at(-1)?.startTime ?? ''));
  const kept = retention === undefined ? oldestScheduled - 1 : dayNumber(now - retention);
  const begin = Math.max(created, kept, first - 1) + 1;

  const weekdays = Array.from({ length: 7 }, () => ({ days: 0, backups: 0 }));
  for (let day = begin; day < today; day += 1) {
    const weekday = weekdays[day % 7];
    if (weekday === undefined) continue;
    weekday.days += 1;
    if (byDay.get(day)?.some((backup) => backup.mode === 'AUTOMATED')) weekday.backups += 1;
  }
  // A weekday that came three times and never had one is not on the schedule.
  const isFree = (day: number) => {
    const weekday = weekdays[day % 7];
    return weekday !== undefined && weekday.days >= 3 && weekday.backups === 0;
  };
  const timeOfDay = Math.max(...scheduled.slice(0, 7).map((backup) => Date.parse(backup.startTime ?? '') % DAY));
  return {
    latestStart: today * DAY + timeOfDay + GRACE,
    on: (day: number) => day >= begin && !isFree(day),
  };
}
