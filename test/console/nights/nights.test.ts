import { describe, expect, it } from 'vitest';
import type { BackupOutcomeFragment } from '../../../console/generated/graphql.ts';
import { type NightOutcome, nightsOf } from '../../../console/nights/nights.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Tuesday noon. */
const NOW = Date.UTC(2026, 10, 24, 12);
const TODAY = Date.UTC(2026, 10, 24);

describe('a strip of days', () => {
  it('has one night for each day, the last one today', () => {
    const nights = nightsOf(daily(30), options());
    expect(nights).toHaveLength(30);
    expect(nights.at(-1)?.day).toBe(TODAY);
    expect(outcomes(nights)).toEqual(Array(30).fill('ok'));
  });

  it('marks the day that has no backup between days that have one', () => {
    const backups = daily(30).filter(({ startTime }) => startTime !== startOf(5));
    expect(outcomes(nightsOf(backups, options()))).toEqual([
      ...Array(24).fill('ok'),
      'missing',
      ...Array(5).fill('ok'),
    ]);
  });

  it('shows the failure of a day on which another backup went well', () => {
    const backups = [...daily(30), backup(3, { status: 'FAILED', mode: 'MANUAL' }, 15)].sort(newestFirst);
    const nights = nightsOf(backups, options());
    expect(nights.at(-4)).toMatchObject({ outcome: 'failed' });
    expect(nights.at(-4)?.backups).toHaveLength(2);
  });

  it('counts a finished backup that cannot be restored from as failed', () => {
    expect(nightsOf([backup(0, { isAvailable: false }), ...daily(30).slice(1)], options()).at(-1)?.outcome).toBe(
      'failed',
    );
  });

  it('waits for the backup of today until some time after its usual hour', () => {
    const backups = daily(30, 11).slice(1);
    expect(nightsOf(backups, options()).at(-1)?.outcome).toBe('due');
    expect(nightsOf(backups, { ...options(), now: NOW + 2 * HOUR }).at(-1)?.outcome).toBe('missing');
  });

  it('misses nothing from before the instance was created', () => {
    const nights = nightsOf(daily(10), { ...options(), createTime: new Date(TODAY - 10 * DAY + HOUR).toISOString() });
    expect(outcomes(nights)).toEqual([...Array(20).fill('none'), ...Array(10).fill('ok')]);
  });

  it('misses nothing that has expired', () => {
    const expiring = daily(7).map((each) => ({
      ...each,
      expectedExpireTime: new Date(Date.parse(each.endTime ?? '') + 7 * DAY).toISOString(),
    }));
    expect(outcomes(nightsOf(expiring, options()))).toEqual([...Array(23).fill('none'), ...Array(7).fill('ok')]);
  });

  it('misses nothing on weekdays without schedule', () => {
    const isWeekend = (back: number) => [0, 6].includes(new Date(TODAY - back * DAY).getUTCDay());
    const backups = Array.from({ length: 30 }, (_, back) => back)
      .filter((back) => !isWeekend(back))
      .map((back) => backup(back));
    const nights = nightsOf(backups, options());
    expect(nights.filter(({ outcome }) => outcome === 'none')).toHaveLength(8);
    expect(nights.filter(({ outcome }) => outcome === 'missing')).toHaveLength(0);
  });

  it('misses every day of an instance that has no backup at all', () => {
    expect(new Set(outcomes(nightsOf([], options())))).toEqual(new Set(['missing']));
  });

  it('says nothing about days before the oldest backup that was read', () => {
    const nights = nightsOf(daily(12), { ...options(), complete: false });
    expect(outcomes(nights).slice(0, 18)).toEqual(Array(18).fill('unknown'));
  });

  it('shows what runs', () => {
    const backups = [backup(0, { status: 'RUNNING', isAvailable: false, endTime: null }), ...daily(30).slice(1)];
    expect(nightsOf(backups, options()).at(-1)?.outcome).toBe('running');
  });
});

function options() {
  return { now: NOW, days: 30, createTime: '2020-01-01T00:00:00Z', complete: true };
}

function outcomes(nights: readonly { outcome: NightOutcome }[]): NightOutcome[] {
  return nights.map(({ outcome }) => outcome);
}

/** One scheduled backup a day for so many days, newest first. */
function daily(days: number, hour = 2): BackupOutcomeFragment[] {
  return Array.from({ length: days }, (_, back) => backup(back, {}, hour));
}

function startOf(back: number, hour = 2): string {
  return new Date(TODAY - back * DAY + hour * HOUR).toISOString();
}

function backup(back: number, fields: Partial<BackupOutcomeFragment> = {}, hour = 2): BackupOutcomeFragment {
  const start = TODAY - back * DAY + hour * HOUR;
  return {
    id: `id-${back}-${hour}`,
    clusterBackupId: `cb-${back}-${hour}`,
    status: 'OK',
    mode: 'AUTOMATED',
    isAvailable: true,
    sizeBytes: 1024,
    startTime: startOf(back, hour),
    endTime: new Date(start + 120_000).toISOString(),
    expectedExpireTime: new Date(start + 120_000 + 45 * DAY).toISOString(),
    progressPercent: 100,
    ...fields,
  };
}

function newestFirst(a: BackupOutcomeFragment, b: BackupOutcomeFragment): number {
  return Date.parse(b.startTime ?? '') - Date.parse(a.startTime ?? '');
}
