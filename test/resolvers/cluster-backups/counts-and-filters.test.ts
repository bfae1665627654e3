import { describe, expect, it } from 'vitest';
import { TooCostly } from '../../../resolvers/too-costly.ts';
import { Asker, ids } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;

/** Hourly backups: each tenth is manual, each twenty-fifth failed, and the newest runs. */
function upstreamOf(count: number, spacing = HOUR): ListedUpstream {
  const upstream = new ListedUpstream(NOW);
  for (let index = 0; index < count; index++) {
    const start = NOW - 600_000 - index * spacing;
    upstream.backups.push({
      id: id(index),
      start,
      end: index === 0 ? undefined : start + 60_000,
      status: index === 0 ? 'RUNNING' : index % 25 === 24 ? 'Failed' : 'OK',
      mode: index % 10 === 9 ? 'Manual' : 'Automated',
    });
  }
  return upstream;
}

const id = (index: number) => `cb-${String(10_000 - index)}`;
const some = (indices: readonly number[]) => indices.map(id);
const COUNT = { rows: false, hasNextPage: false, totalCount: true };

describe('a count', () => {
  it('of 700 takes three calls, without shards, that stand behind those that somebody waits for', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({}, COUNT);
    expect(upstream.calls).toHaveLength(0);
    expect(await page.totalCount()).toBe(700);
    expect(upstream.calls.map(({ pageSize, withShards }) => [pageSize, withShards])).toEqual(
      Array(3).fill([300, false]),
    );
  });

  it('shares its calls with the page beside it', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 20 }, { totalCount: true });
    expect(ids(page)).toHaveLength(20);
    expect(upstream.calls).toHaveLength(1);
    expect(await page.totalCount()).toBe(700);
    expect(upstream.calls).toHaveLength(3);
  });

  it('counts the whole window, wherever the page stands, and once for all fields of an operation', async () => {
    const upstream = upstreamOf(400);
    const first = await new Asker(upstream).page({ first: 10 });
    upstream.calls.length = 0;
    const operation = new Asker(upstream).operation();
    const pages = await Promise.all(
      [5, 6].map((count) => operation.page({ first: count, after: first.cursor(9) }, { totalCount: true })),
    );
    expect(upstream.calls).toHaveLength(1);
    expect(await Promise.all(pages.map((page) => page.totalCount()))).toEqual([400, 400]);
    expect(upstream.calls).toHaveLength(3);
  });

  it('leaves the cursors of the page beside it as they were, however the rest of the window is read', async () => {
    // Every ten seconds: too close together to be read on by seeks.
    const upstream = upstreamOf(900, 10_000);
    const page = await new Asker(upstream).page({ first: 20 }, { totalCount: true });
    upstream.backups.splice(3, 5);
    expect(await page.totalCount()).toBe(895);
    const next = await new Asker(upstream).page({ first: 3, after: page.cursor(19) });
    expect(ids(next)).toEqual(some([20, 21, 22]));
  });

  it('is as old as the oldest answer that it came from', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 20 }, { totalCount: true });
    expect(page.provenance).toMatchObject({ stale: false });
    upstream.provenance = { ageSeconds: 90, stale: true };
    expect(await page.count()).toEqual({ value: 700, ageSeconds: 90, stale: true });
    expect(page.provenance).toMatchObject({ ageSeconds: 0, stale: false });
  });

  it('is after the filter', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ filter: { mode: ['MANUAL'] } }, COUNT);
    expect(await page.totalCount()).toBe(70);
    expect(upstream.calls).toHaveLength(3);
  });

  it('that ten calls cannot reach is refused, and the page stands', async () => {
    const upstream = upstreamOf(3_100, HOUR / 10);
    const page = await new Asker(upstream).page({ first: 2, startTime: NOW - 10_000 * HOUR }, { totalCount: true });
    expect(ids(page)).toEqual(some([0, 1]));
    await expect(page.totalCount()).rejects.toThrow(TooCostly);
    expect(upstream.calls).toHaveLength(10);
  });

  it('reaches about 2,900 in ten calls', async () => {
    const upstream = upstreamOf(2_900, HOUR);
    const page = await new Asker(upstream).page({ startTime: NOW - 10_000 * HOUR }, COUNT);
    expect(await page.totalCount()).toBe(2_900);
    expect(upstream.calls).toHaveLength(10);
  });
});

describe('the last ones', () => {
  it('of 700 are read in three calls, and their shards in a fourth', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ last: 10 }, { shards: true });
    expect(ids(page)).toEqual(some(Array.from({ length: 10 }, (_, index) => 690 + index)));
    expect(page.rows.every((row) => row.shardBackups?.length === 2)).toBe(true);
    expect(await page.hasPreviousPage()).toBe(true);
    expect(await page.hasNextPage()).toBe(false);
    expect(upstream.calls.map(({ pageSize, withShards }) => [pageSize, withShards])).toEqual([
      ...Array(3).fill([300, false]),
      [15, true],
    ]);
  });

  it('after a cursor are read from there on', async () => {
    const upstream = upstreamOf(700);
    const first = await new Asker(upstream).page({ first: 300 });
    upstream.calls.length = 0;
    const page = await new Asker(upstream).page({ last: 2, after: first.cursor(299) });
    expect(ids(page)).toEqual(some([698, 699]));
    expect(upstream.calls).toHaveLength(2);
    expect(await page.hasPreviousPage()).toBe(true);
  });
});

describe('a filter', () => {
  it('stops when the page and the one row after it are known', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 3, filter: { mode: ['MANUAL'] } });
    expect(ids(page)).toEqual(some([9, 19, 29]));
    expect(await page.hasNextPage()).toBe(true);
    expect(upstream.calls).toHaveLength(1);
  });

  it('reads on until the page is full', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 20, filter: { status: ['FAILED'] } });
    expect(ids(page)).toEqual(some(Array.from({ length: 20 }, (_, index) => 24 + 25 * index)));
    expect(upstream.calls).toHaveLength(2);
  });

  it('joins its conditions, and has the running one', async () => {
    const upstream = upstreamOf(100);
    const read = async (filter: object) => ids(await new Asker(upstream).page({ first: 100, filter }));
    expect(await read({ status: ['RUNNING'] })).toEqual(some([0]));
    expect(await read({ status: ['RUNNING', 'FAILED'] })).toEqual(some([0, 24, 49, 74, 99]));
    expect(await read({ status: ['FAILED'], mode: ['MANUAL'] })).toEqual(some([49, 99]));
    expect(await read({ isAvailable: false })).toEqual(some([0, 24, 49, 74, 99]));
    expect(await read({ isAvailable: true, mode: ['MANUAL'] })).toEqual(some([9, 19, 29, 39, 59, 69, 79, 89]));
    expect(await read({ status: [] })).toEqual([]);
    expect(await read({})).toHaveLength(100);
  });

  it('reads the shards of the rows it returns, and of no others', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 4, filter: { status: ['FAILED'] } }, { shards: true });
    expect(ids(page)).toEqual(some([24, 49, 74, 99]));
    expect(page.rows.every((row) => row.shardBackups?.length === 2)).toBe(true);
    // One page that holds the four and those between them: cheaper than four calls.
    expect(upstream.calls.map(({ pageSize, withShards }) => [pageSize, withShards])).toEqual([
      [300, false],
      [100, true],
    ]);
  });

  it('goes on after a cursor, and before one', async () => {
    const upstream = upstreamOf(700);
    const filter = { mode: ['MANUAL'] };
    const first = await new Asker(upstream).page({ first: 10, filter });
    const second = await new Asker(upstream).page({ first: 10, filter, after: first.cursor(9) });
    expect(ids(second)).toEqual(some(Array.from({ length: 10 }, (_, index) => 109 + 10 * index)));
    expect([await second.hasPreviousPage(), await second.hasNextPage()]).toEqual([true, true]);
    upstream.calls.length = 0;
    const back = await new Asker(upstream).page({ last: 4, filter, before: second.cursor(2) });
    // No further than the cursor.
    expect(upstream.calls).toHaveLength(1);
    expect(ids(back)).toEqual(some([89, 99, 109, 119]));
    expect([await back.hasPreviousPage(), await back.hasNextPage()]).toEqual([true, true]);
    const between = await new Asker(upstream).page({
      first: 50,
      filter,
      after: first.cursor(7),
      before: second.cursor(1),
    });
    expect(ids(between)).toEqual(some([89, 99, 109]));
    const last = await new Asker(upstream).page({ last: 2, filter });
    expect(ids(last)).toEqual(some([689, 699]));
    expect([await last.hasPreviousPage(), await last.hasNextPage()]).toEqual([true, false]);
  });

  it('tells the truth of its neighbours although those that stand next do not match', async () => {
    const upstream = upstreamOf(60);
    const filter = { status: ['FAILED'] };
    const page = await new Asker(upstream).page({ first: 2, filter });
    expect(ids(page)).toEqual(some([24, 49]));
    expect(await page.hasNextPage()).toBe(false);
    const second = await new Asker(upstream).page({ first: 1, filter, after: page.cursor(0) });
    expect([ids(second), await second.hasPreviousPage(), await second.hasNextPage()]).toEqual([
      some([49]),
      true,
      false,
    ]);
    upstream.backups.splice(24, 1);
    const alone = await new Asker(upstream).page({ first: 1, filter, after: page.cursor(0) });
    expect([ids(alone), await alone.hasPreviousPage(), await alone.hasNextPage()]).toEqual([some([49]), false, false]);
  });

  it('that ten calls do not satisfy ends in an error, never in rows that are silently missing', async () => {
    const upstream = upstreamOf(3_100, HOUR / 10);
    const given = { startTime: NOW - 10_000 * HOUR, filter: { status: ['UNKNOWN'] } };
    await expect(new Asker(upstream).page({ ...given, first: 1 })).rejects.toThrow(TooCostly);
    expect(upstream.calls).toHaveLength(10);
    await expect(new Asker(upstream).page({ ...given, last: 1 })).rejects.toThrow('narrow startTime and endTime');
  });
});

describe('an empty page', () => {
  it('costs no call where nothing is asked of it that a call could tell', async () => {
    const upstream = upstreamOf(100);
    const none = { hasNextPage: false };
    const cursor = (await new Asker(upstream).page({ first: 5 })).cursor(4);
    upstream.calls.length = 0;
    for (const given of [{ first: 0 }, { last: 0 }, { first: 0, after: cursor }, { last: 0, before: cursor }]) {
      expect(ids(await new Asker(upstream).page(given, none))).toEqual([]);
      expect(
        ids(await new Asker(upstream).page({ ...given, first: undefined, last: undefined }, { ...none, rows: false })),
      ).toEqual([]);
    }
    expect(upstream.calls).toHaveLength(0);
  });

  it('tells the truth of what stands beside it, at one call each', async () => {
    const upstream = upstreamOf(100);
    const page = await new Asker(upstream).page({ first: 100 });
    const truths = async (given: object) => {
      const empty = await new Asker(upstream).page(given);
      return [await empty.hasPreviousPage(), await empty.hasNextPage()];
    };
    expect(await truths({ first: 0 })).toEqual([false, true]);
    expect(await truths({ first: 0, after: page.cursor(50) })).toEqual([true, true]);
    expect(await truths({ first: 0, after: page.cursor(99) })).toEqual([true, false]);
    expect(await truths({ last: 0 })).toEqual([true, false]);
    expect(await truths({ last: 0, before: page.cursor(50) })).toEqual([true, true]);
    expect(await truths({ last: 0, before: page.cursor(0) })).toEqual([false, true]);
    for (const index of [0, 1, 99]) {
      upstream.calls.length = 0;
      const empty = await new Asker(upstream).page({ last: 0, before: page.cursor(index) }, { hasNextPage: false });
      expect(await empty.hasPreviousPage()).toBe(index > 0);
      expect(upstream.calls).toHaveLength(1);
    }
  });

  it('is what a window without backups has', async () => {
    const page = await new Asker(new ListedUpstream(NOW)).page({}, { totalCount: true });
    expect([ids(page), await page.hasPreviousPage(), await page.hasNextPage(), await page.totalCount()]).toEqual([
      [],
      false,
      false,
      0,
    ]);
  });
});
