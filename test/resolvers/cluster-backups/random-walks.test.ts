import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListedUpstream } from '../listed-upstream.ts';
import { type Edit, EditedList, type ListedBackup } from './edited-list.ts';
import { type Walked, walk } from './walk.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const WALKS = 2_000;
const OTHER_WALKS = 1_000;

/** Seconds between neighbours: several in a second and in a minute, every few minutes, hourly, daily. */
const gap = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 600 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1_800, max: 7_200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 90_000 }) },
);
const gaps = fc.oneof(
  { weight: 10, arbitrary: fc.array(gap, { maxLength: 40 }) },
  { weight: 10, arbitrary: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 120, size: 'max' }) },
  {
    weight: 6,
    arbitrary: fc.array(fc.integer({ min: 3_000, max: 4_000 }), { minLength: 100, maxLength: 400, size: 'max' }),
  },
  // Hundreds within an hour.
  {
    weight: 1,
    arbitrary: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 300, maxLength: 700, size: 'max' }),
  },
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constant<Edit>({ kind: 'create' }),
  fc.record({ kind: fc.constant('appear' as const), at: fc.integer({ min: 10, max: 99 }) }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.integer({ min: 0, max: 99 }) }),
  fc.record({ kind: fc.constant('expire' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 4_000 }) }),
);
const behaviour = fc.record({
  rangeLooksAt: fc.constantFrom('start' as const, 'end' as const),
  rangeBorders: fc.constantFrom('inclusive' as const, 'exclusive' as const, 'end-exclusive' as const),
  order: fc.constantFrom('newest-first' as const, 'newest-first' as const, 'oldest-first' as const),
  ties: fc.constantFrom('id-descending' as const, 'id-ascending' as const, 'as-listed' as const, 'unstable' as const),
});
const scenario = fc.record({
  gaps,
  durations: fc.array(fc.integer({ min: 1, max: 3_600 }), { minLength: 1, maxLength: 5 }),
  age: fc.integer({ min: 0, max: 100_000 }),
  size: fc.constantFrom(1, 2, 3, 5, 7, 13, 20, 29, 30, 50, 100, 299, 300),
  direction: fc.constantFrom('forwards' as const, 'backwards' as const),
  behaviour,
  window: fc.constantFrom('default' as const, 'past' as const, 'future' as const, 'since' as const),
  edits: fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 40, size: 'max' }),
  during: fc.array(fc.option(edit, { nil: undefined, freq: 3 }), { maxLength: 30, size: 'max' }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

function upstreamOf({ gaps, durations, age, behaviour }: Scenario): ListedUpstream {
  const upstream = new ListedUpstream(NOW, behaviour);
  let start = Math.floor(NOW / 1000) - age;
  for (const [index, gap] of gaps.entries()) {
    start -= gap;
    const backup: ListedBackup = {
      // Ids that are not in the order of time.
      id: `cb-${String((index * 7_919) % 10_007).padStart(5, '0')}`,
      start: start * 1_000,
      end: (start + (durations[index % durations.length] as number)) * 1_000,
    };
    upstream.backups.push(backup);
  }
  return upstream;
}

function givenOf({ window, gaps, age }: Scenario) {
  const length = gaps.reduce((sum, gap) => sum + gap, 0) * 1000;
  const newest = NOW - age * 1000;
  switch (window) {
    case 'default':
      return {};
    case 'past':
      return { startTime: newest - length * 0.8 - 1_500, endTime: newest - length * 0.1 };
    case 'future':
      return { startTime: newest - length - 1_500, endTime: NOW + 86_400_000 };
    case 'since':
      return { startTime: newest - length * 0.9 - 500 };
  }
}

/** Walks as a scenario says; edits come between pages, and with `during` also between the calls of one page. */
async function walkThrough(given: Scenario, during: boolean): Promise<Walked> {
  const upstream = upstreamOf(given);
  const list = new EditedList(upstream);
  let calls = 0;
  if (during) {
    upstream.onCall = () => {
      const next = given.during[calls++];
      // The first call begins the walk.
      if (calls === 1 || next === undefined) return;
      list.apply(next.kind === 'pass' ? { ...next, seconds: Math.min(next.seconds, 5) } : next);
    };
  }
  return walk(upstream, {
    given: givenOf(given),
    size: sizeOf(given),
    direction: given.direction,
    between: (_, pages) => {
      for (const each of given.edits[pages - 1] ?? []) list.apply(each);
    },
  });
}

/** Not so small that a long list takes hundreds of pages. */
function sizeOf({ size, gaps }: Scenario): number {
  return Math.max(size, Math.ceil(gaps.length / 30));
}

function hundredsWithinAnHour({ gaps }: Scenario): boolean {
  return gaps.length >= 300 && Math.max(...gaps) < 60;
}

function expectEachOnce({ ids, expected }: Walked): void {
  expect(new Set(ids).size).toBe(ids.length);
  const throughout = new Set(expected);
  expect(ids.filter((id) => throughout.has(id))).toEqual(expected);
}

describe('a walk while backups come and go', () => {
  it(`gives every backup that was there throughout exactly once, in order, in ${WALKS} random walks`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        // Pages that can only be told by their numbers need rows of one second to keep their order.
        fc.pre(!hundredsWithinAnHour(given) || given.behaviour.ties !== 'unstable');
        const walked = await walkThrough(given, false);
        expectEachOnce(walked);
        expect(walked.wrong).toEqual([]);
      }),
      { numRuns: WALKS },
    );
  }, 600_000);

  it(`does so too when the answers are of different ages, in ${OTHER_WALKS} random walks`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.array(fc.boolean(), { maxLength: 20 }), async (given, forgets) => {
        fc.pre(!hundredsWithinAnHour(given));
        const upstream = upstreamOf(given);
        let questions = 0;
        upstream.remember(() => forgets[questions++ % Math.max(1, forgets.length)] ?? false);
        const list = new EditedList(upstream);
        const throughout = new Set(list.backups.map(({ id }) => id));
        // Whoever walked before has left answers of all ages.
        const options = { given: givenOf(given), size: sizeOf(given), direction: given.direction };
        const before = (_: unknown, pages: number) => void given.edits[2 * pages]?.map((edit) => list.apply(edit));
        await walk(upstream, { ...options, between: before });
        await walk(upstream, { ...options, direction: given.direction === 'forwards' ? 'backwards' : 'forwards' });
        const after = (_: unknown, pages: number) => void given.edits[2 * pages + 1]?.map((edit) => list.apply(edit));
        const walked = await walk(upstream, { ...options, between: after });
        expectEachOnce({ ...walked, expected: walked.expected.filter((id) => throughout.has(id)) });
      }),
      { numRuns: OTHER_WALKS },
    );
  }, 600_000);

  it(`does so too when they come and go between the calls of one page, in ${OTHER_WALKS} random walks`, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        fc.pre(!hundredsWithinAnHour(given));
        expectEachOnce(await walkThrough(given, true));
      }),
      { numRuns: OTHER_WALKS },
    );
  }, 600_000);
});
