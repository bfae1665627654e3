import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterBackupsArguments, connectionRequest } from '../../../resolvers/cluster-backups/connection.ts';
import { decodeRowCursor, encodeRowCursor } from '../../../resolvers/cluster-backups/cursor.ts';
import { Asker, ids, ROWS } from '../asking.ts';
import { ListedUpstream } from '../listed-upstream.ts';
import { type Edit, EditedList, type ListedBackup } from './edited-list.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const OPERATIONS = 1_500;

const backup = fc.record({
  gap: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 90 }),
    fc.constant(60),
    fc.integer({ min: 1_800, max: 7_200 }),
  ),
  duration: fc.constantFrom(60, 900, 3_500),
  mode: fc.constantFrom('Automated', 'Manual'),
  failed: fc.boolean(),
});
const place = fc.integer({ min: 0, max: 99 });
const asked = fc.record({
  from: fc.constantFrom('first' as const, 'last' as const),
  count: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 7, max: 60 }), fc.integer({ min: 61, max: 300 })),
  after: fc.option(place, { nil: undefined }),
  before: fc.option(place, { nil: undefined }),
  totalCount: fc.boolean(),
  shards: fc.boolean(),
});
const some = fc.array(backup, { minLength: 1, maxLength: 90, size: 'max' });
const many = fc
  .record({ length: fc.integer({ min: 280, max: 1_300 }), gap: fc.integer({ min: 300, max: 3_600 }) })
  .map(({ length, gap }) =>
    Array.from({ length }, (_, index) => ({
      gap,
      duration: 60,
      mode: index % 3 ? 'Automated' : 'Manual',
      failed: index % 7 === 0,
    })),
  );
const scenario = fc.record({
  backups: fc.oneof({ weight: 40, arbitrary: some }, { weight: 1, arbitrary: many }),
  behaviour: fc.record({
    rangeLooksAt: fc.constantFrom('start' as const, 'end' as const),
    rangeBorders: fc.constantFrom('inclusive' as const, 'exclusive' as const),
    order: fc.constantFrom('newest-first' as const, 'newest-first' as const, 'oldest-first' as const),
    ties: fc.constantFrom('id-descending' as const, 'id-ascending' as const, 'unstable' as const),
  }),
  past: fc.boolean(),
  filter: fc.option(
    fc.record({
      mode: fc.option(fc.constant(['MANUAL']), { nil: undefined }),
      isAvailable: fc.option(fc.boolean(), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  /** Places that cursors are taken from, and what happens before they are used. */
  pageSize: fc.integer({ min: 1, max: 40 }),
  edits: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('delete' as const), at: place }),
      fc.record({ kind: fc.constant('expire' as const), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('appear' as const), at: place }),
      fc.constant<Edit>({ kind: 'create' }),
    ),
    { maxLength: 4 },
  ),
  wishes: fc.array(asked, { minLength: 1, maxLength: 4 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;
type Wish = typeof asked extends fc.Arbitrary<infer Value> ? Value : never;

/** A cursor and its row. */
interface Place {
  cursor: string;
  id: string;
  start: number;
}

/** What a page has to be, from the list itself: cut behind `after` and ahead of `before`, then by the count from either end. */
function modelPage(rows: readonly ListedBackup[], wish: Wish, after: Place | undefined, before: Place | undefined) {
  const isAhead = (row: { start: number; id: string }, place: Place) =>
    row.start !== place.start ? row.start > place.start : row.id > place.id;
  const same = (row: ListedBackup, place: Place) => row.id === place.id;
  const behindAfter = rows.filter((row) => after === undefined || (!isAhead(row, after) && !same(row, after)));
  const between = behindAfter.filter((row) => before === undefined || isAhead(row, before));
  const { from, count } = wish;
  const page = from === 'first' ? between.slice(0, count) : between.slice(Math.max(0, between.length - count));
  const isMore = between.length > page.length;
  return {
    ids: page.map(({ id }) => id),
    hasNextPage: (from === 'first' && isMore) || (before !== undefined && rows.some((row) => !isAhead(row, before))),
    hasPreviousPage:
      (from === 'last' && isMore) ||
      (after !== undefined && rows.some((row) => isAhead(row, after) || same(row, after))),
    inverted: after !== undefined && before !== undefined && !isAhead(after, before),
  };
}

/** `mangled`: what becomes of a cursor between the page that gave it and the one that it is used for. */
async function checkOperation(given: Scenario, mangled = (cursor: string, _scope: string) => cursor): Promise<void> {
  const upstream = new ListedUpstream(NOW, given.behaviour);
  // On a whole minute, as the ranges of calls are.
  let start = Math.floor(NOW / 60_000) * 60 - 4_200;
  const newest = start;
  for (const [index, { gap, duration, mode, failed }] of given.backups.entries()) {
    start -= gap;
    const id = `cb-${String((index * 7_919) % 10_007).padStart(5, '0')}`;
    upstream.backups.push({
      id,
      start: start * 1_000,
      end: (start + duration) * 1_000,
      mode,
      status: failed ? 'Failed' : 'OK',
    });
  }
  const list = new EditedList(upstream, false);
  const window = {
    startTime: NOW - 90 * 86_400_000,
    endTime: given.past ? (newest - 60) * 1_000 : NOW,
    filter: given.filter,
  };
  const wanted = ({ mode, status }: ListedBackup) =>
    (given.filter?.mode === undefined || mode === 'Manual') &&
    (given.filter?.isAvailable === undefined || given.filter.isAvailable === (status !== 'Failed'));
  const rows = () =>
    list.backups
      .filter(({ start }) => start <= window.endTime)
      .filter(wanted)
      .toSorted((left, right) => right.start - left.start || (left.id < right.id ? 1 : -1));

  const asker = new Asker(upstream);
  const { scope } = connectionRequest(upstream.key, window, ROWS, NOW);
  const places: Place[] = [];
  let after: string | undefined;
  const size = Math.max(given.pageSize, Math.ceil(given.backups.length / 20));
  for (;;) {
    const page = await asker.page({ ...window, first: size, after });
    for (const [index, { clusterBackupId, startTime }] of page.rows.entries()) {
      places.push({
        cursor: mangled(page.cursor(index), scope),
        id: clusterBackupId,
        start: Date.parse(startTime as string),
      });
    }
    if (!(await page.hasNextPage())) break;
    after = page.cursor(page.rows.length - 1);
  }
  for (const edit of given.edits) list.apply(edit);

  const placeAt = (at: number | undefined) =>
    at === undefined ? undefined : places[Math.floor((at * places.length) / 100)];
  const operation = asker.operation();
  const pages = await Promise.all(
    given.wishes.map((wish) => {
      const [after, before] = [placeAt(wish.after), placeAt(wish.before)];
      const span: ClusterBackupsArguments = { [wish.from]: wish.count, after: after?.cursor, before: before?.cursor };
      return operation.page({ ...window, ...span }, { totalCount: wish.totalCount, shards: wish.shards });
    }),
  );
  for (const [index, wish] of given.wishes.entries()) {
    const page = pages[index] as (typeof pages)[number];
    const model = modelPage(rows(), wish, placeAt(wish.after), placeAt(wish.before));
    expect(ids(page)).toEqual(model.ids);
    if (wish.shards) expect(page.rows.every((row) => row.shardBackups !== null)).toBe(true);
    if (wish.totalCount) expect(await page.totalCount()).toBe(rows().length);
    if (model.inverted) continue;
    expect({ next: await page.hasNextPage(), previous: await page.hasPreviousPage() }).toEqual({
      next: model.hasNextPage,
      previous: model.hasPreviousPage,
    });
  }
}

const offset = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 700 }));
const mark = fc.record({ end: fc.integer({ min: -30, max: 300 }), offset });
const marks = fc.record({ near: mark, middle: fc.option(mark, { nil: undefined }), far: mark });

type Marks = typeof marks extends fc.Arbitrary<infer Value> ? Value : never;

/** The cursor with other marks: right ones of another upstream, or of another time. */
function withMarks(cursor: string, scope: string, { near, middle, far }: Marks): string {
  const decoded = decodeRowCursor(scope, cursor, 'after');
  const minute = Math.floor(Date.parse(decoded.position.startTime) / 60_000);
  const at = (each: typeof near) => ({ end: (minute + each.end) * 60, offset: each.offset });
  return encodeRowCursor(scope, { ...decoded, marks: { near: at(near), middle: middle && at(middle), far: at(far) } });
}

const settings = { numRuns: OPERATIONS };

describe('a page', () => {
  it(`is what Relay's algorithm gives for any arguments, cursors of gone rows and filters, in ${OPERATIONS} operations`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, (given) => checkOperation(given)),
      settings,
    );
  }, 600_000);

  it(`is so whatever its cursors remember of the places of their rows, in ${OPERATIONS} operations`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, marks, (given, other) =>
        checkOperation(given, (cursor, scope) => withMarks(cursor, scope, other)),
      ),
      settings,
    );
  }, 600_000);
});
