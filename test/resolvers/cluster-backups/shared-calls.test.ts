import { describe, expect, it } from 'vitest';
import { Asker, ids } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;
const id = (index: number) => `cb-${String(10_000 - index)}`;
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => id(first + index));
/** A window with a given end is the same for a first page and for later ones. */
const WINDOW = { startTime: NOW - 1_000 * HOUR, endTime: NOW };

function upstreamOf(count: number): ListedUpstream {
  const upstream = new ListedUpstream(NOW);
  for (let index = 0; index < count; index++) upstream.backups.push({ id: id(index), start: NOW - (index + 1) * HOUR });
  return upstream;
}

/** Cursors of the first 300 rows, of an upstream that has made no call yet. */
async function cursorsOf(upstream: ListedUpstream): Promise<string[]> {
  const page = await new Asker(upstream).page({ ...WINDOW, first: 300 });
  upstream.calls.length = 0;
  return page.rows.map((_, index) => page.cursor(index));
}

describe('several pages of one operation', () => {
  it('that begin together take one call', async () => {
    const upstream = upstreamOf(100);
    const operation = new Asker(upstream).operation();
    const [one, three] = await Promise.all([operation.page({ first: 1 }), operation.page({ first: 3 })]);
    expect([ids(one), ids(three)]).toEqual([from(0, 1), from(0, 3)]);
    expect([await one.hasNextPage(), await three.hasNextPage()]).toEqual([true, true]);
    expect(upstream.calls).toMatchObject([{ pageSize: 5, pageNumber: 1 }]);
  });

  it('that overlap, touch, or lie within one another take one call', async () => {
    const upstream = upstreamOf(700);
    const cursors = await cursorsOf(upstream);
    for (const [wishes, calls] of [
      [
        [
          { first: 20, after: 9 },
          { first: 5, after: 15 },
        ],
        1,
      ],
      [
        [
          { first: 5, after: 15 },
          { first: 20, after: 9 },
        ],
        1,
      ],
      [[{ first: 20 }, { first: 20, after: 19 }], 1],
      [[{ first: 20 }, { first: 20, after: 19 }, { first: 20, after: 39 }], 1],
      [
        [
          { first: 10, after: 0 },
          { first: 30, after: 5 },
          { first: 2, after: 7 },
        ],
        1,
      ],
      [[{ first: 20 }, { first: 20, after: 40 }], 2],
      [[{ first: 250 }, { first: 100, after: 200 }], 2],
    ] as const) {
      upstream.calls.length = 0;
      const operation = new Asker(upstream).operation();
      const pages = await Promise.all(
        wishes.map((wish) =>
          operation.page({ ...WINDOW, first: wish.first, after: 'after' in wish ? cursors[wish.after] : undefined }),
        ),
      );
      for (const [index, wish] of wishes.entries()) {
        const first = 'after' in wish ? wish.after + 1 : 0;
        expect(ids(pages[index] as (typeof pages)[number])).toEqual(from(first, wish.first));
        expect(await pages[index]?.hasNextPage()).toBe(true);
        expect(await pages[index]?.hasPreviousPage()).toBe(first > 0);
      }
      expect(upstream.calls).toHaveLength(calls);
    }
  });

  it('each get their own rows where those have moved since the cursors were given', async () => {
    const upstream = upstreamOf(300);
    const cursors = await cursorsOf(upstream);
    // Thirty more between the two cursors, so that the one walk is too short for the other page.
    for (let extra = 0; extra < 30; extra++) {
      upstream.backups.push({ id: `cb-extra${extra}`, start: NOW - 12.5 * HOUR - extra * 1_000 });
    }
    const operation = new Asker(upstream).operation();
    const [first, second] = await Promise.all([
      operation.page({ ...WINDOW, first: 10, after: cursors[4] }),
      operation.page({ ...WINDOW, first: 5, after: cursors[13] }),
    ]);
    expect(ids(first)).toEqual([...from(5, 7), 'cb-extra0', 'cb-extra1', 'cb-extra2']);
    expect(ids(second)).toEqual(from(14, 5));
  });

  it('share shards where one of them wants shards', async () => {
    const upstream = upstreamOf(100);
    const operation = new Asker(upstream).operation();
    const [plain, whole] = await Promise.all([
      operation.page({ first: 10 }),
      operation.page({ first: 3 }, { shards: true, links: true }),
    ]);
    expect(ids(plain)).toEqual(from(0, 10));
    expect(whole.rows.every((row) => row.shardBackups?.every((shard) => shard.downloadUrl !== null))).toBe(true);
    expect(upstream.calls).toMatchObject([{ withShards: true, withLinks: true }]);
  });

  it('of which one fails leave the others as they are', async () => {
    const upstream = upstreamOf(100);
    const operation = new Asker(upstream).operation();
    const [good, bad] = await Promise.allSettled([
      operation.page({ first: 3 }),
      operation.page({ first: 3, after: 'no' }),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good.status === 'fulfilled' && ids(good.value)).toEqual(from(0, 3));
  });

  it('with a filter read the window together', async () => {
    const upstream = upstreamOf(500);
    const operation = new Asker(upstream).operation();
    await Promise.all([
      operation.page({ first: 5, filter: { mode: ['AUTOMATED'] } }),
      operation.page({ last: 5, filter: { isAvailable: true } }),
      operation.page({ last: 3 }),
    ]);
    expect(upstream.calls).toHaveLength(2);
  });
});

describe('where answers come from', () => {
  it('is said of every page: how old, how stale, and that links were withheld', async () => {
    const upstream = upstreamOf(700);
    upstream.provenance = { ageSeconds: 70, stale: true, linksWithheld: true };
    for (const given of [{ first: 5 }, { last: 5 }, { first: 5, filter: { isAvailable: true } }]) {
      const { provenance } = await new Asker(upstream).page(given, { shards: true, links: true });
      expect(provenance).toMatchObject({ ageSeconds: 70, stale: true, linksWithheld: true });
    }
  });

  it('is as old as the oldest of them', async () => {
    const upstream = upstreamOf(700);
    upstream.onCall = () => {
      upstream.provenance = upstream.calls.length === 1 ? { ageSeconds: 9, stale: true } : { ageSeconds: 2 };
    };
    const page = await new Asker(upstream).page({ last: 5 });
    expect(page.provenance).toMatchObject({ ageSeconds: 9, stale: true, linksWithheld: false });
  });

  it('comes with what the upstream says of the whole instance, also for nothing else', async () => {
    const upstream = upstreamOf(10);
    const page = await new Asker(upstream).page({}, { rows: false, hasNextPage: false, storage: true });
    expect(page.provenance.fullStorageBytes).toBeGreaterThan(0);
    expect(page.provenance.logStorageBytes).toBe(0);
    expect(upstream.calls).toMatchObject([{ pageSize: 5 }]);
  });
});

describe('a first page', () => {
  it('asks for no more rows than it needs, and for shards only where they are selected', async () => {
    const upstream = upstreamOf(700);
    for (const [first, pageSize] of [
      [1, 5],
      [4, 5],
      [5, 10],
      [20, 30],
      [29, 30],
      [290, 300],
      [299, 300],
    ] as const) {
      upstream.calls.length = 0;
      await new Asker(upstream).page({ first });
      expect(upstream.calls).toMatchObject([{ pageSize, pageNumber: 1, withShards: false }]);
    }
    upstream.calls.length = 0;
    await new Asker(upstream).page({ first: 2 }, { shards: true });
    expect(upstream.calls).toMatchObject([{ withShards: true, withLinks: false }]);
  });

  it('of a window that moves with the clock is asked for by its meaning, and later ones by their minutes', async () => {
    const upstream = upstreamOf(700);
    const page = await new Asker(upstream).page({ first: 2 });
    await new Asker(upstream).page({ first: 2, after: page.cursor(1) });
    await new Asker(upstream).page({ first: 2, startTime: NOW - 10 * HOUR });
    await new Asker(upstream).page({ first: 2, ...WINDOW });
    expect(upstream.calls.map(({ meaning }) => meaning)).toEqual([
      'last 2592000 s',
      undefined,
      `since ${(NOW - 10 * HOUR) / 1_000}`,
      undefined,
    ]);
  });
});
