import { describe, expect, it } from 'vitest';
import { connectionRequest } from '../../../resolvers/cluster-backups/connection.ts';
import { encodeRowCursor } from '../../../resolvers/cluster-backups/cursor.ts';
import type { Marks } from '../../../resolvers/cluster-backups/marks.ts';
import type { Window } from '../../../resolvers/cluster-backups/window.ts';
import { Asker, ids, ROWS } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const MINUTE = 60_000;

/** The cursor of the backup at an index of the list, with marks that say what they like. */
function cursorWith(upstream: ListedUpstream, index: number, given: object, window: Window, marks: Marks): string {
  const backup = upstream.backups[index];
  return encodeRowCursor(connectionRequest(upstream.key, given, ROWS, NOW).scope, {
    window,
    position: {
      startTime: `${new Date(Number(backup?.start)).toISOString().slice(0, 19)}Z`,
      clusterBackupId: String(backup?.id),
    },
    longest: 0,
    marks,
  });
}

function endOf(upstream: ListedUpstream, index: number): number {
  return (Math.floor(Number(upstream.backups[index]?.start) / MINUTE) + 1) * 60;
}

describe('a page read backwards', () => {
  it('has the long ones too that a range which looks at ends leaves out near its own end', async () => {
    const upstream = new ListedUpstream(NOW, { rangeLooksAt: 'end' });
    for (let index = 0; index < 60; index++) {
      const start = NOW - 600 * MINUTE - index * 10 * MINUTE;
      // Every other one takes so long that a call which ends at the eighth one's start does not show it, up to the thirteenth.
      upstream.backups.push({ id: `cb-${100 - index}`, start, end: start + (index % 2 ? 55 : 1) * MINUTE });
    }
    const window = { start: NOW / 1_000 - 30 * 86_400, end: NOW / 1_000 };
    const eighth = { end: endOf(upstream, 8), offset: 15 };
    const marks = {
      near: { end: endOf(upstream, 20) + 3_600, offset: 0 },
      middle: eighth,
      far: { ...eighth, offset: 16 },
    };
    const before = cursorWith(upstream, 20, {}, window, marks);
    const page = await new Asker(upstream).page({ last: 10, before });
    expect(ids(page)).toEqual(Array.from({ length: 10 }, (_, index) => `cb-${90 - index}`));
    expect(upstream.calls[0]).toMatchObject({ endTime: eighth.end * 1_000 });
  });

  it('knows that it begins the window although its call shows newer ones', async () => {
    const upstream = new ListedUpstream(NOW);
    const minute = NOW - 24 * 60 * MINUTE - 30_000;
    for (let second = 59; second >= 0; second--)
      upstream.backups.push({ id: `cb-${second + 100}`, start: minute + second * 1_000 });
    const window = { startTime: minute - 60 * MINUTE, endTime: minute + 29_000 };
    // As a window might have that ended two hours later.
    const far = { end: minute / 1_000 + 7_200, offset: 50 };
    const marks = { near: { ...far, offset: 0 }, middle: undefined, far };
    const pinned = { start: window.startTime / 1_000, end: window.endTime / 1_000 };
    // Thirty are newer than the window, and twenty of it than the cursor's row.
    const before = cursorWith(upstream, 50, window, pinned, marks);
    for (const [count, hasPreviousPage] of [
      [20, false],
      [19, true],
      [40, false],
    ] as const) {
      const page = await new Asker(upstream).page({ ...window, last: count, before });
      expect(ids(page)).toHaveLength(Math.min(20, count));
      expect(ids(page).at(-1)).toBe('cb-110');
      expect(await page.hasPreviousPage()).toBe(hasPreviousPage);
    }
  });

  it('is found from the window’s beginning where the cursor’s marks lead nowhere', async () => {
    const upstream = new ListedUpstream(NOW);
    for (let index = 0; index < 700; index++)
      upstream.backups.push({ id: `cb-${1_000 - index}`, start: NOW - (index + 1) * 60 * MINUTE });
    const window = { start: NOW / 1_000 - 30 * 86_400, end: NOW / 1_000 };
    // At a multiple of 600 every page ends.
    const marks = {
      near: { end: endOf(upstream, 599) + 3_600, offset: 1 },
      middle: undefined,
      far: { end: endOf(upstream, 0), offset: 600 },
    };
    const before = cursorWith(upstream, 600, {}, window, marks);
    const page = await new Asker(upstream).page({ last: 3, before });
    expect(ids(page)).toEqual(['cb-403', 'cb-402', 'cb-401']);
    expect([await page.hasPreviousPage(), await page.hasNextPage()]).toEqual([true, true]);
    expect(upstream.calls).toHaveLength(3);
  });

  it('takes five calls for its marks at the most, and the window’s after that, however wrong they are', async () => {
    for (const offset of [0, 5, 100, 1_000, 30_000]) {
      const upstream = new ListedUpstream(NOW);
      for (let index = 0; index < 700; index++)
        upstream.backups.push({ id: `cb-${1_000 - index}`, start: NOW - (index + 1) * 60 * MINUTE });
      const window = { start: NOW / 1_000 - 30 * 86_400, end: NOW / 1_000 };
      const far = { end: endOf(upstream, 0), offset };
      const before = cursorWith(upstream, 450, {}, window, { near: { ...far, offset: 1 }, middle: undefined, far });
      const page = await new Asker(upstream).page({ last: 3, before });
      expect(ids(page)).toEqual(['cb-553', 'cb-552', 'cb-551']);
      expect(upstream.calls.length).toBeLessThanOrEqual(8);
    }
  });

  it('takes one call for up to 143 backups where nothing moved, two for up to 296, and seldom three above', async () => {
    const upstream = new ListedUpstream(NOW);
    for (let index = 0; index < 1_300; index++) {
      const start = NOW - (index + 1) * 60 * MINUTE;
      upstream.backups.push({ id: `cb-${9_999 - index}`, start, end: start + 5 * MINUTE });
    }
    const given = { startTime: NOW - 2_000 * 60 * MINUTE };
    const cursors: string[] = [];
    for (let more = true; more; ) {
      const page = await new Asker(upstream).page({ ...given, first: 300, after: cursors.at(-1) });
      cursors.push(...page.rows.map((_, index) => page.cursor(index)));
      more = await page.hasNextPage();
    }
    const callsFor = async (count: number) => {
      const calls: number[] = [];
      for (let index = count; index < 1_300; index += 11) {
        upstream.calls.length = 0;
        expect(ids(await new Asker(upstream).page({ ...given, last: count, before: cursors[index] }))).toHaveLength(
          count,
        );
        calls.push(upstream.calls.length);
      }
      return calls;
    };
    for (const count of [1, 20, 100, 143]) expect(Math.max(...(await callsFor(count)))).toBe(1);
    for (const count of [144, 200, 290, 296]) expect(Math.max(...(await callsFor(count)))).toBeLessThanOrEqual(2);
    for (const count of [299, 300]) {
      const calls = await callsFor(count);
      expect([Math.min(...calls), Math.max(...calls)]).toEqual([2, expect.toSatisfy((most) => most <= 3)]);
      expect(calls.filter((made) => made === 3).length / calls.length).toBeLessThan(0.1);
    }
  });
});
