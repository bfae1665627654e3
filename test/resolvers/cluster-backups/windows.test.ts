import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../sandbox/behaviour.ts';
import { Asker, ids } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const at = (text: string) => Date.parse(`2024-06-${text}Z`);

function upstreamOf(starts: readonly string[], behaviour: Partial<Behaviour> = {}): ListedUpstream {
  const upstream = new ListedUpstream(NOW, behaviour);
  for (const start of starts) upstream.backups.push({ id: `cb-${start}`, start: at(start), end: at(start) + 30_000 });
  return upstream;
}

const AROUND = [
  '10T12:00:59',
  '10T12:01:00',
  '10T12:01:01',
  '10T12:01:30',
  '10T12:01:59',
  '10T12:02:00',
  '10T12:02:01',
];
const UPSTREAMS: Partial<Behaviour>[] = [
  {},
  { rangeBorders: 'exclusive' },
  { rangeBorders: 'end-exclusive' },
  { rangeLooksAt: 'end' },
  { rangeLooksAt: 'end', rangeBorders: 'exclusive' },
  { order: 'oldest-first' },
];

describe('a window', () => {
  it.each([
    ['10T12:01:00', '10T12:02:00', AROUND.slice(1, 6)],
    ['10T12:01:01', '10T12:01:59', AROUND.slice(2, 5)],
    ['10T12:01:02', '10T12:01:58', ['10T12:01:30']],
    ['10T12:01:30', '10T12:01:30', ['10T12:01:30']],
    ['10T12:01:00', '10T12:01:00', ['10T12:01:00']],
    ['10T12:01:31', '10T12:01:58', []],
    ['10T12:00:59', '10T12:01:00', AROUND.slice(0, 2)],
  ])('from %s to %s has the backups that started then, both seconds included', async (start, end, expected) => {
    for (const behaviour of UPSTREAMS) {
      const window = { startTime: at(start), endTime: at(end) };
      const newestFirst = expected.map((each) => `cb-${each}`).reverse();
      for (const given of [{ first: 10 }, { last: 10 }]) {
        const page = await new Asker(upstreamOf(AROUND, behaviour)).page({ ...window, ...given });
        expect(ids(page)).toEqual(newestFirst);
        expect([await page.hasNextPage(), await page.hasPreviousPage()]).toEqual([false, false]);
      }
    }
  });

  it('may begin and end between two seconds', async () => {
    const window = { startTime: at('10T12:01:00') + 1, endTime: at('10T12:01:30') + 999 };
    expect(ids(await new Asker(upstreamOf(AROUND)).page(window))).toEqual(['cb-10T12:01:30', 'cb-10T12:01:01']);
    const within = { startTime: at('10T12:01:30') + 1, endTime: at('10T12:01:30') + 2 };
    expect(ids(await new Asker(upstreamOf(AROUND)).page(within))).toEqual([]);
  });

  it('is asked for in whole minutes that reach past both its ends', async () => {
    const upstream = upstreamOf(AROUND);
    await new Asker(upstream).page({ startTime: at('10T12:01:00'), endTime: at('10T12:01:30') });
    expect(upstream.calls).toMatchObject([{ startTime: at('10T12:00:00'), endTime: at('10T13:02:00') }]);
  });

  it('is the last 30 days without arguments, and 30 days before its end without a start', async () => {
    const upstream = upstreamOf(['30T10:20:30', '20T00:00:00', '01T10:20:29']);
    upstream.backups.push({ id: 'cb-first', start: Date.parse('2024-05-31T10:20:30Z') });
    upstream.backups.push({ id: 'cb-before', start: Date.parse('2024-05-31T10:20:29Z') });
    const june = ['cb-30T10:20:30', 'cb-20T00:00:00', 'cb-01T10:20:29'];
    expect(ids(await new Asker(upstream).page({}))).toEqual([...june, 'cb-first']);
    const before = await new Asker(upstream).page({ endTime: at('30T10:20:29') });
    expect(ids(before)).toEqual([...june.slice(1), 'cb-first', 'cb-before']);
  });

  it('that means "until now" shows what an upstream with a faster clock has begun already', async () => {
    const upstream = upstreamOf(['30T10:00:00', '30T10:20:45']);
    expect(ids(await new Asker(upstream).page({}))).toEqual(['cb-30T10:20:45', 'cb-30T10:00:00']);
  });

  it('is pinned by its first page: later ones read the same, however the clock has moved', async () => {
    for (const given of [
      {},
      { startTime: at('01T00:00:00') },
      { startTime: at('01T00:00:00'), endTime: NOW + 86_400_000 },
    ]) {
      const upstream = upstreamOf(['30T10:00:00', '30T09:00:00', '30T08:00:00', '01T10:20:30']);
      const first = await new Asker(upstream).page({ ...given, first: 1 });
      upstream.now += 7_200_000;
      upstream.backups.push({ id: 'cb-new', start: NOW + 60_000 });
      const second = await new Asker(upstream).page({ ...given, first: 10, after: first.cursor(0) });
      expect(ids(second)).toEqual(['cb-30T09:00:00', 'cb-30T08:00:00', 'cb-01T10:20:30']);
      const back = await new Asker(upstream).page({ ...given, last: 10, before: second.cursor(0) });
      expect(ids(back)).toEqual(['cb-30T10:00:00']);
      expect(await back.hasPreviousPage()).toBe(false);
    }
  });

  it('whose last minute is full of backups, of which it has the first half, is read backwards to its beginning', async () => {
    const starts = Array.from({ length: 60 }, (_, second) => `10T12:01:${String(second).padStart(2, '0')}`);
    const upstream = upstreamOf(starts);
    const window = { startTime: at('10T11:00:00'), endTime: at('10T12:01:29') };
    const [page, expected] = [await new Asker(upstream).page({ ...window, first: 30 }), starts.slice(0, 30).reverse()];
    expect(ids(page)).toEqual(expected.map((start) => `cb-${start}`));
    for (const [index, count] of [
      [20, 20],
      [20, 5],
      [29, 29],
      [12, 12],
      [29, 3],
    ] as const) {
      const back = await new Asker(upstream).page({ ...window, last: count, before: page.cursor(index) });
      expect(ids(back)).toEqual(expected.slice(index - count, index).map((start) => `cb-${start}`));
      expect(await back.hasPreviousPage()).toBe(index > count);
    }
  });

  it('ends where its first second says, although the calls for it show what began before', async () => {
    const starts = Array.from({ length: 60 }, (_, second) => `10T12:01:${String(second).padStart(2, '0')}`);
    const upstream = upstreamOf(starts);
    const window = { startTime: at('10T12:01:30'), endTime: at('10T13:00:00') };
    const all = await new Asker(upstream).page({ ...window, first: 300 });
    expect(ids(all)).toHaveLength(30);
    upstream.backups.splice(30, 1);
    const before = await new Asker(upstream).page({ ...window, last: 4, before: all.cursor(29) });
    expect(ids(before)).toEqual(ids(all).slice(25, 29));
    expect([await before.hasPreviousPage(), await before.hasNextPage()]).toEqual([true, false]);
  });

  it('with ends that no calendar has is empty, and asks for nothing that cannot be said', async () => {
    for (const given of [
      { startTime: Date.UTC(9999, 11, 31, 23, 59, 59), endTime: Date.UTC(9999, 11, 31, 23, 59, 59) },
      { startTime: Date.parse('0000-01-01T00:00:00Z'), endTime: Date.parse('0001-01-01T00:00:00Z') },
    ]) {
      const upstream = upstreamOf(AROUND);
      expect(ids(await new Asker(upstream).page(given))).toEqual([]);
      expect(upstream.calls).toHaveLength(1);
    }
  });

  it('shows backups that ended long after it, whichever end of them the range looks at', async () => {
    for (const rangeLooksAt of ['start', 'end'] as const) {
      const upstream = new ListedUpstream(NOW, { rangeLooksAt });
      for (let index = 0; index < 30; index++) {
        const start = at('10T12:00:00') - index * 5_400_000;
        upstream.backups.push({ id: `cb-${30 - index}`, start, end: start + 9_000_000 });
      }
      const window = { startTime: at('01T00:00:00'), endTime: at('10T11:00:00') };
      const seen: string[] = [];
      let pages = 0;
      for (let after: string | undefined; ; ) {
        const page = await new Asker(upstream).page({ ...window, first: 4, after });
        seen.push(...ids(page));
        pages += 1;
        if (!(await page.hasNextPage())) break;
        after = page.cursor(page.rows.length - 1);
      }
      expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => `cb-${29 - index}`));
      // One that ends after the range proves that it does not look at ends; without a proof the first call is made again, further.
      expect(upstream.calls).toHaveLength(rangeLooksAt === 'start' ? pages : pages + 1);
    }
  });
});
