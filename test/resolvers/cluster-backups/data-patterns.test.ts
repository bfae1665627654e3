import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../sandbox/behaviour.ts';
import { Asker } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';
import type { ListedBackup } from './edited-list.ts';
import { walk } from './walk.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const id = (index: number) => `cb-${String(10_000 + ((index * 7_919) % 10_007))}`;

/** Backups at these times before now, newest first, that take so long. */
function backupsAt(ages: readonly number[], duration = 3 * MINUTE): ListedBackup[] {
  return ages.map((age, index) => ({ id: id(index), start: NOW - age, end: NOW - age + duration }));
}

const times = (count: number, age: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => age(index));

const PATTERNS: Record<string, ListedBackup[]> = {
  'one a day': backupsAt(times(29, (index) => HOUR + index * DAY)),
  'one an hour for 29 days': backupsAt(times(696, (index) => 10 * MINUTE + index * HOUR)),
  'bursts of 40 within a minute, a day apart': backupsAt(
    times(400, (index) => HOUR + Math.floor(index / 40) * DAY + (index % 40) * 1_000),
  ),
  'ten in each second of a quarter of a minute': backupsAt(
    times(150, (index) => HOUR + Math.floor(index / 10) * 1_000),
  ),
  'four hundred within an hour': backupsAt(times(400, (index) => MINUTE + index * 8_000)),
  'overlapping, a long one every ten': backupsAt(times(300, (index) => 6 * HOUR + index * 20 * MINUTE)).map(
    (each, index) => ({
      ...each,
      end: each.start + (index % 10 === 3 ? 5 * HOUR : 2 * MINUTE),
    }),
  ),
  'some that still run, the oldest for five hours': backupsAt(times(100, (index) => MINUTE + index * 45 * MINUTE)).map(
    (each, index) => ({ ...each, end: index < 8 && index % 3 === 0 ? NOW + DAY : each.end }),
  ),
  'one alone': backupsAt([HOUR]),
};

describe('a walk reads every backup once, in order', () => {
  for (const [name, backups] of Object.entries(PATTERNS)) {
    it(`of ${name}`, async () => {
      for (const behaviour of [{}, { rangeLooksAt: 'end' }, { order: 'oldest-first' }] as Partial<Behaviour>[]) {
        for (const direction of ['forwards', 'backwards'] as const) {
          for (const size of [3, 7, 20, 100, 300]) {
            if (backups.length / size > 60) continue;
            const upstream = new ListedUpstream(NOW, behaviour);
            upstream.backups.push(...backups.map((each) => ({ ...each })));
            const walked = await walk(upstream, { size, direction });
            expect(walked.ids).toHaveLength(backups.length);
            expect(walked.ids).toEqual(walked.expected);
            expect(walked.wrong).toEqual([]);
          }
        }
      }
    });
  }

  it('of which one has hung for weeks, and one has a wrong end, in one call a page', async () => {
    for (const direction of ['forwards', 'backwards'] as const) {
      const upstream = new ListedUpstream(NOW);
      const backups = backupsAt(times(600, (index) => HOUR + index * HOUR));
      for (const [index, backup] of backups.entries()) {
        const end = index === 350 ? NOW + DAY : index === 300 ? NOW - HOUR : backup.end;
        upstream.backups.push({ ...backup, end });
      }
      const walked = await walk(upstream, { size: 20, direction });
      expect(walked.ids).toEqual(backups.map((each) => each.id));
      expect(walked.calls.slice(1).filter((calls) => calls > 1).length).toBeLessThan(3);
    }
  });

  it('whose start cannot be read, with its shards, where the upstream has another place for it', async () => {
    const upstream = new ListedUpstream(NOW, { order: 'oldest-first' });
    for (const [index, backup] of backupsAt(times(30, (index) => 2 * HOUR + (index * DAY) / 2)).entries()) {
      const unreadable = { ClusterBackupStartTime: 'soon', ClusterBackupEndTime: 'later' };
      upstream.backups.push(index % 3 === 1 ? { ...backup, fields: unreadable } : backup);
    }
    const page = await new Asker(upstream).page({ first: 10 }, { shards: true });
    expect(page.rows).toHaveLength(10);
    expect(page.rows.every(({ shardBackups }) => shardBackups?.length === 2)).toBe(true);
  });

  it('whose start cannot be read, in the place that the upstream gives it', async () => {
    for (const direction of ['forwards', 'backwards'] as const) {
      for (const size of [1, 2, 3, 4, 5, 7, 20, 60]) {
        const upstream = new ListedUpstream(NOW);
        const backups = backupsAt(times(50, (index) => 2 * HOUR + index * 50 * MINUTE));
        for (const [index, backup] of backups.entries()) {
          const unreadable = [0, 1, 7, 13, 14, 15, 30, 49].includes(index);
          upstream.backups.push(unreadable ? { ...backup, fields: { ClusterBackupStartTime: 'yesterday' } } : backup);
        }
        const { ids } = await walk(upstream, { size, direction });
        expect([...ids].sort()).toEqual(backups.map((each) => each.id).sort());
        const readable = (each: string) => !('fields' in (upstream.backups.find((backup) => backup.id === each) ?? {}));
        expect(ids.filter(readable)).toEqual(backups.map((each) => each.id).filter(readable));
        // Nor does one stand far from where it is listed.
        for (const [index, each] of ids.entries()) {
          expect(Math.abs(backups.findIndex((backup) => backup.id === each) - index)).toBeLessThan(5);
        }
      }
    }
  });
});
