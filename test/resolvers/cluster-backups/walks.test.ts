import { describe, expect, it } from 'vitest';
import { MAX_WALK_CALLS } from '../../../resolvers/cluster-backups/forward-walk.ts';
import type { Behaviour } from '../../../sandbox/behaviour.ts';
import { randomOf } from '../../../sandbox/data/hash.ts';
import { Asker, ids } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';
import type { EditedList } from './edited-list.ts';
import { type Walked, walk } from './walk.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SIZES = [1, 7, 13, 20, 29, 30, 50, 100, 299, 300];
const DIRECTIONS = ['forwards', 'backwards'] as const;

/** 700 backups; hourly ones fit into the window that is meant without arguments. */
function upstreamWith(spacing: number, behaviour: Partial<Behaviour> = {}, duration = 5 * MINUTE): ListedUpstream {
  const upstream = new ListedUpstream(NOW, behaviour);
  for (let index = 0; index < 700; index++) {
    const start = NOW - 10 * MINUTE - index * spacing;
    upstream.backups.push({ id: `cb-${String(index * 13).padStart(16, '0')}`, start, end: start + duration });
  }
  return upstream;
}

const since = (spacing: number) => (spacing > HOUR ? { startTime: NOW - 701 * spacing } : {});

/** A creation, a deletion somewhere, and up to three expiries. */
function restless(seed: number) {
  const random = randomOf(seed);
  return (list: EditedList) => {
    list.apply({ kind: 'create' });
    list.apply({ kind: 'delete', at: Math.floor(random() * 100) });
    list.apply({ kind: 'expire', count: Math.floor(random() * 4) });
  };
}

function expectEachOnce({ ids, expected, wrong }: Walked): void {
  const throughout = new Set(expected);
  expect(ids.filter((id) => throughout.has(id))).toEqual(expected);
  expect(new Set(ids).size).toBe(ids.length);
  expect(wrong).toEqual([]);
}

const most = (calls: readonly number[]) => Math.max(...calls);

describe('a walk over 700 backups', () => {
  for (const [name, spacing] of [
    ['hourly', HOUR],
    ['daily', DAY],
  ] as const) {
    it(`reads each ${name} one once, forwards: one call a page up to 290 rows, two above`, async () => {
      for (const size of SIZES) {
        const walked = await walk(upstreamWith(spacing), { given: since(spacing), size, direction: 'forwards' });
        expectEachOnce(walked);
        expect(walked.ids).toHaveLength(700);
        expect({ size, most: most(walked.calls) }).toEqual({ size, most: size <= 290 ? 1 : 2 });
      }
    });

    it(`does so while ${name} ones are created, deleted and expire between any two pages`, async () => {
      for (const size of SIZES) {
        const between = restless(size);
        const walked = await walk(upstreamWith(spacing), {
          given: since(spacing),
          size,
          direction: 'forwards',
          between,
        });
        expectEachOnce(walked);
        expect({ size, most: most(walked.calls) }).toEqual({ size, most: size <= 290 ? 1 : 2 });
      }
    });

    it(`reads each ${name} one once, backwards: one call a page up to 143 rows, two above, after the first page`, async () => {
      for (const size of [...SIZES, 143]) {
        const walked = await walk(upstreamWith(spacing), { given: since(spacing), size, direction: 'backwards' });
        expectEachOnce(walked);
        expect(walked.calls[0]).toBe(3);
        expect({ size, most: most(walked.calls.slice(1)) }).toEqual({ size, most: size <= 143 ? 1 : 2 });
      }
    });

    it(`does so while ${name} ones are created, deleted and expire: three calls a page at the most`, async () => {
      for (const size of SIZES) {
        const between = restless(size + 1);
        const walked = await walk(upstreamWith(spacing), {
          given: since(spacing),
          size,
          direction: 'backwards',
          between,
        });
        expectEachOnce(walked);
        expect(most(walked.calls)).toBeLessThanOrEqual(3);
      }
    });
  }

  it('turned round takes one call a page again: places stay what they were, however far it went', async () => {
    for (const size of [7, 20, 29, 100]) {
      const upstream = upstreamWith(HOUR);
      const asker = new Asker(upstream);
      let cursor: string | undefined;
      let page = await asker.page({ first: size });
      while (await page.hasNextPage()) {
        cursor = page.cursor(size - 1);
        page = await asker.page({ first: size, after: cursor });
      }
      const seen: string[] = [];
      for (let before = page.cursor(0); ; before = page.cursor(0)) {
        upstream.calls.length = 0;
        page = await asker.page({ last: size, before });
        seen.unshift(...ids(page));
        expect(upstream.calls).toHaveLength(1);
        if (!(await page.hasPreviousPage())) break;
      }
      expect(seen).toEqual(upstream.backups.slice(0, seen.length).map((backup) => backup.id));
    }
  });

  it('needs one call a page of 290 for backups every ten minutes too', async () => {
    const walked = await walk(upstreamWith(10 * MINUTE), { size: 290, direction: 'forwards' });
    expect(walked.calls).toEqual([1, 1, 1]);
  });

  const upstreams: [name: string, behaviour: Partial<Behaviour>, duration?: number][] = [
    ['whose range looks at ends', { rangeLooksAt: 'end' }],
    ['whose range looks at ends, of backups that take three hours', { rangeLooksAt: 'end' }, 3 * HOUR],
    ['whose range is open', { rangeBorders: 'exclusive' }],
    ['whose range is open at its end', { rangeBorders: 'end-exclusive' }],
    ['whose range looks at ends and is open', { rangeLooksAt: 'end', rangeBorders: 'exclusive' }],
    ['that answers oldest first', { order: 'oldest-first' }],
    ['that answers oldest first and looks at ends', { order: 'oldest-first', rangeLooksAt: 'end' }],
    ['that keeps rows of one second in no order', { ties: 'unstable' }],
  ];
  for (const [name, behaviour, duration] of upstreams) {
    it(`reads the same rows from an upstream ${name}`, async () => {
      for (const direction of DIRECTIONS) {
        for (const size of [13, 29, 100, 299, 300]) {
          const upstream = upstreamWith(HOUR, behaviour, duration);
          // On the minute and on the second before it, where borders matter.
          for (const [index, backup] of upstream.backups.entries()) {
            backup.start = NOW - 30_000 - 4 * HOUR - index * HOUR - (index % 3) * 1_000;
            backup.end = backup.start + (duration ?? 5 * MINUTE);
          }
          const given = { startTime: NOW - 680 * HOUR - 30_000, endTime: NOW - 10 * HOUR - 30_000 };
          const walked = await walk(upstream, { given, size, direction, between: restless(size) });
          expectEachOnce(walked);
          expect(walked.ids.length).toBeGreaterThan(600);
        }
      }
    });
  }

  it('reads a window whole, in at most ten calls, where the upstream answers oldest first', async () => {
    const upstream = upstreamWith(HOUR, { order: 'oldest-first' });
    const walked = await walk(upstream, { size: 100, direction: 'forwards' });
    expectEachOnce(walked);
    // The first page shows the order; its cursors remember that pages are of no use.
    expect(walked.calls).toEqual([4, 3, 3, 3, 3, 3, 3]);
    expect(upstream.calls.slice(1).every(({ pageSize, withShards }) => pageSize === 300 && !withShards)).toBe(true);
    expect(MAX_WALK_CALLS).toBe(10);
  });
});

describe('a walk over a burst', () => {
  for (const [name, spacing] of [
    ['every five minutes', 5 * MINUTE],
    ['every minute', MINUTE],
    ['every twenty seconds', 20_000],
    ['three a second', 333],
  ] as const) {
    it(`reads each of 700 backups once, ${name}`, async () => {
      for (const direction of DIRECTIONS) {
        for (const size of [20, 100, 300]) {
          const upstream = upstreamWith(spacing);
          for (const backup of upstream.backups) backup.start = Math.floor(Number(backup.start) / 1_000) * 1_000;
          const walked = await walk(upstream, { size, direction, between: restless(size) });
          expectEachOnce(walked);
        }
      }
    });
  }

  it('takes no more calls for it while less than a page of rows starts within an hour', async () => {
    for (const size of [7, 20, 50]) {
      const forwards = await walk(upstreamWith(MINUTE), { size, direction: 'forwards' });
      expect(most(forwards.calls)).toBe(1);
      const backwards = await walk(upstreamWith(MINUTE), { size, direction: 'backwards' });
      expect(most(backwards.calls.slice(1))).toBe(1);
    }
  });

  it('does not cut ten backups of one second apart, a page at a time of any size', async () => {
    for (const size of [1, 3, 4, 5, 9, 10, 11]) {
      for (const ties of ['id-descending', 'id-ascending', 'unstable'] as const) {
        for (const direction of DIRECTIONS) {
          const upstream = new ListedUpstream(NOW, { ties });
          for (let index = 0; index < 40; index++) {
            const start = NOW - HOUR - Math.floor(index / 10) * DAY;
            upstream.backups.push({ id: `cb-${(index * 7) % 40}`, start, end: start + MINUTE });
          }
          expectEachOnce(await walk(upstream, { size, direction, between: restless(size) }));
        }
      }
    }
  });
});
