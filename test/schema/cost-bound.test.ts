import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooCostly } from '../../resolvers/too-costly.ts';
import { ListedUpstream } from '../resolvers/listed-upstream.ts';
import { EVERYTHING, operate } from './operating.ts';
import { type Askable, query, SCOPES } from './random-query.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const MINUTE = 60_000;
const LIMIT = 150;

const data = fc.record({
  count: fc.constantFrom(0, 40, 310, 700, 2_850),
  /** Minutes between neighbours. */
  gaps: fc.array(fc.integer({ min: 50, max: 130 }), { minLength: 1, maxLength: 5 }),
  /** Minutes a backup takes. */
  length: fc.integer({ min: 1, max: 35 }),
  /** How many go between the time of the cursors and the query, and where, in thousandths. */
  gone: fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 30 }),
  rangeLooksAt: fc.constantFrom('start' as const, 'end' as const),
  rangeBorders: fc.constantFrom('inclusive' as const, 'exclusive' as const, 'end-exclusive' as const),
});
const USUAL: Data = { count: 0, gaps: [60], length: 5, gone: [], rangeLooksAt: 'start', rangeBorders: 'inclusive' };
const unusual = fc.record({
  order: fc.constantFrom('newest-first' as const, 'oldest-first' as const, 'unordered' as const),
  ties: fc.constantFrom('id-descending' as const, 'unstable' as const),
  gaps: fc.array(fc.constantFrom(0, 0.1, 1, 10, 60, 500), { minLength: 1, maxLength: 5 }),
  length: fc.constantFrom(1, 59, 200),
});
type Data = typeof data extends fc.Arbitrary<infer Value> ? Value : never;

function upstreamOf({ count, gaps, length, rangeLooksAt, rangeBorders }: Data, unusual: object = {}): ListedUpstream {
  const upstream = new ListedUpstream(NOW, { rangeLooksAt, rangeBorders, ...unusual }, 5);
  let start = NOW - 60 * MINUTE;
  for (let index = 0; index < count; index++) {
    start -= (gaps[index % gaps.length] as number) * MINUTE;
    upstream.backups.push({
      id: `cb-${String(9_999 - index)}`,
      start,
      end: start + length * MINUTE,
      status: index % 50 === 7 ? 'Failed' : 'OK',
      mode: index % 9 === 4 ? 'Manual' : 'Automated',
    });
  }
  return upstream;
}

/** What a client may have kept of what it saw before some of it went. */
async function askableOf(upstream: ListedUpstream): Promise<Askable> {
  const place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
  const asked = SCOPES.map(
    ({ text }, index) => `c${index}: clusterBackups(first: 300${text === '' ? '' : `, ${text}`}) { edges { cursor } }`,
  );
  const ids =
    'ids: clusterBackups(first: 300) { nodes { id clusterBackupId shardBackups(first: 1) { nodes { id } } } }';
  const last = 'end: clusterBackups(last: 20) { nodes { id clusterBackupId shardBackups(first: 1) { nodes { id } } } }';
  const { data } = await operate(upstream, `{ instance(${place}) { ${asked.join(' ')} ${ids} ${last} } }`);
  const { ids: some, end, ...cursors } = data.instance;
  // Null where the whole window would take more than ten calls.
  const nodes = [...(some?.nodes ?? []), ...(end?.nodes ?? [])];
  return {
    place,
    regionId: upstream.key.regionId,
    cursors: Object.fromEntries(
      SCOPES.map(({ name }, index) => [
        name,
        // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
        (cursors[`c${index}`]?.edges ?? []).map(({ cursor }: any) => cursor),
      ]),
    ),
    nodeIds: nodes
      // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
      .flatMap(({ id, shardBackups }: any) => [id, shardBackups?.nodes[0]?.id ?? id])
      .concat('bm8'),
    setIds: nodes.map(({ clusterBackupId }) => clusterBackupId).concat('cb-none'),
  };
}

describe('an operation makes no more upstream calls than it was estimated to make', () => {
  it('whatever it asks for, of an upstream that answers newest first, while backups go', async () => {
    await fc.assert(
      fc.asyncProperty(data, query, async (given, write) => {
        const upstream = upstreamOf(given);
        const askable = await askableOf(upstream);
        for (const place of given.gone) {
          upstream.backups.splice(Math.floor((place * upstream.backups.length) / 1_000), 1);
        }
        const source = write(askable);
        const { calls, estimated } = await operate(upstream, source);
        expect({ source, calls, tooMany: Math.max(0, calls - estimated) }).toEqual({ source, calls, tooMany: 0 });
      }),
      { numRuns: 25, interruptAfterTimeLimit: 10_000, endOnFailure: true },
    );
  }, 120_000);

  it('whatever it asks for, of an upstream in whatever order and with backups however close, or it is given up', async () => {
    await fc.assert(
      fc.asyncProperty(data, unusual, query, async (given, { gaps, length, ...behaviour }, write) => {
        const upstream = upstreamOf({ ...given, gaps, length }, behaviour);
        const source = write(await askableOf(upstream));
        const { calls, raised, estimated, errors } = await operate(upstream, source, [EVERYTHING], LIMIT);
        fc.pre(estimated <= LIMIT);
        expect(calls).toBeLessThanOrEqual(raised);
        expect(raised).toBeLessThanOrEqual(LIMIT);
        for (const { originalError } of errors ?? []) {
          if (originalError instanceof TooCostly) expect(originalError.cost).toBeLessThanOrEqual(LIMIT + 1);
        }
      }),
      { numRuns: 25, interruptAfterTimeLimit: 10_000, endOnFailure: true },
    );
  }, 120_000);

  it.each([
    ['first: 300, after: "$C"', 'nodes { id }', 2],
    ['last: 300', 'nodes { shardCount }', 12],
    ['first: 60, filter: { status: [FAILED] }', 'nodes { shardCount }', 20],
    ['first: 1', 'totalCount nodes { shardCount }', 11],
    ['last: 0, before: "$C"', 'pageInfo { hasPreviousPage }', 1],
  ])('and needs all of them, or all but one, for %s { %s }', async (args, fields, expected) => {
    const upstream = upstreamOf({ ...USUAL, count: 2_850 });
    const place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
    const asked = (given: string, selected: string) =>
      `{ instance(${place}) { clusterBackups(startTime: "2023-01-01T00:00:00Z", ${given}) { ${selected} } } }`;
    const first = await operate(upstream, asked('first: 20', 'pageInfo { endCursor }'));
    const source = asked(args.replace('$C', first.data.instance.clusterBackups.pageInfo.endCursor), fields);
    const { calls, estimated, errors } = await operate(upstream, source);
    expect(errors).toBeUndefined();
    expect(estimated).toBe(expected);
    expect([estimated, estimated - 1]).toContain(calls);
  });

  it('of which a plain page counts one, also a hundred times', async () => {
    const { estimated } = await operate(
      upstreamOf({ ...USUAL, count: 40 }),
      '{ instances(regionId: "cn-hangzhou", first: 100) { nodes { name clusterBackups(first: 1) { nodes { status } } } } }',
    );
    expect(estimated).toBe(102);
  });

  it('and is given up where it needs more than it may make, with what it had read by then', async () => {
    const upstream = upstreamOf({ ...USUAL, count: 40 }, { order: 'oldest-first' });
    const place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
    const source = `{ instance(${place}) { a: clusterBackups(first: 3) { nodes { id } } b: clusterBackups(first: 3, startTime: "2024-06-29T00:00:00Z") { nodes { id } } } }`;
    const { calls, raised, estimated, data, errors } = await operate(upstream, source, [EVERYTHING], 3);
    expect({ calls, raised, estimated }).toEqual({ calls: 3, raised: 3, estimated: 2 });
    expect(errors?.map(({ originalError }) => originalError)).toEqual([expect.any(TooCostly)]);
    expect([data.instance.a, data.instance.b].filter((page) => page !== null)).toHaveLength(1);
  });
});
