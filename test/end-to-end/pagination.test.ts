import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '../../sandbox/behaviour.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const COUNT = 700;
const HOUR = 3_600_000;

let running: RunningGateway;
let instanceId: string;
let backups: ExplicitBackup[];
let created = 0;
beforeAll(async () => {
  running = await runGateway({ UPSTREAM_CALLS_PER_MINUTE: '1000000' });
  instanceId = running.sandbox.demo.instanceId;
});
afterAll(() => running[Symbol.asyncDispose]());
beforeEach(() => {
  created = 0;
  // An hour apart, for 29 days; now and then several in one minute, and two in one second.
  backups = Array.from({ length: COUNT }, (_, index) => {
    const start =
      Math.floor(
        (Date.now() - (COUNT - Math.floor(index / 3) * 3) * HOUR * 0.98 + (index % 3) * 1_000 * (index % 2)) / 1_000,
      ) * 1_000;
    return backup(`cb-${String(index * 7919).padStart(16, '0')}`, start);
  });
  running.sandbox.backups.set(instanceId, backups);
});

function backup(id: string, start: number): ExplicitBackup {
  return { id, start, end: start + 240_000, mode: 'Automated', status: 'OK', sizes: [1, 2] };
}

async function page(args: string): Promise<{ ids: string[]; pageInfo: Record<string, unknown>; calls: number }> {
  const before = running.sandbox.calls.count();
  const { body } = await running.ask(
    `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { clusterBackups(${args}) { nodes { clusterBackupId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
    { headers: { 'cache-control': 'no-cache' } },
  );
  expect(body.errors).toBeUndefined();
  const { nodes, pageInfo } = body.data.instance.clusterBackups;
  return {
    ids: nodes.map((node: { clusterBackupId: string }) => node.clusterBackupId),
    pageInfo,
    calls: running.sandbox.calls.count() - before,
  };
}

/** One backup more, one less anywhere, and up to three that expire at the end. */
function edit(step: number): void {
  created += 1;
  backups.push(backup(`cb-new${String(created).padStart(12, '0')}`, Date.now()));
  backups.splice((step * 7_919) % backups.length, 1);
  backups.splice(0, step % 4);
}

async function walk(direction: 'forwards' | 'backwards', size: number, edits: boolean) {
  const before = new Set(backups.map(({ id }) => id));
  const seen: string[][] = [];
  const calls: number[] = [];
  let args = direction === 'forwards' ? `first: ${size}` : `last: ${size}`;
  for (let step = 0; ; step++) {
    expect(step).toBeLessThan(2 * COUNT);
    const read = await page(args);
    seen.push(read.ids);
    calls.push(read.calls);
    const more = direction === 'forwards' ? read.pageInfo.hasNextPage : read.pageInfo.hasPreviousPage;
    if (!more) break;
    args =
      direction === 'forwards'
        ? `first: ${size}, after: "${read.pageInfo.endCursor}"`
        : `last: ${size}, before: "${read.pageInfo.startCursor}"`;
    if (edits) edit(step);
  }
  const ids = (direction === 'forwards' ? seen : seen.toReversed()).flat();
  const survivors = backups
    .filter(({ id }) => before.has(id))
    .toSorted(
      (left, right) => Number(right.start) - Number(left.start) || (String(left.id) < String(right.id) ? 1 : -1),
    )
    .map(({ id }) => id);
  return { ids, calls, survivors };
}

const SIZES = [7, 13, 20, 29, 30, 50, 100, 290, 299, 300];

describe.each<[string, Partial<Behaviour>]>([
  ['newest first, by starts', {}],
  ['newest first, by ends', { rangeLooksAt: 'end' }],
  ['with open borders', { rangeBorders: 'exclusive' }],
  ['oldest first', { order: 'oldest-first' }],
])('a walk over 700 backups, from an upstream that answers %s', (name, behaviour) => {
  beforeAll(() => {
    Object.assign(
      running.sandbox.behaviour,
      { rangeLooksAt: 'start', rangeBorders: 'inclusive', order: 'newest-first' },
      behaviour,
    );
  });

  it.each(SIZES)(
    'shows every backup that existed throughout exactly once, in order, forwards in pages of %i',
    async (size) => {
      const { ids, calls, survivors } = await walk('forwards', size, true);
      expect(new Set(ids).size).toBe(ids.length);
      const throughout = new Set(survivors);
      expect(ids.filter((id) => throughout.has(id))).toEqual(survivors);
      if (name === 'newest first, by starts') expect(Math.max(...calls)).toBeLessThanOrEqual(size <= 290 ? 1 : 2);
    },
  );

  it.each(SIZES)(
    'shows every backup that existed throughout exactly once, in order, backwards in pages of %i',
    async (size) => {
      const { ids, calls, survivors } = await walk('backwards', size, true);
      expect(new Set(ids).size).toBe(ids.length);
      const throughout = new Set(survivors);
      expect(ids.filter((id) => throughout.has(id))).toEqual(survivors);
      if (name === 'newest first, by starts') expect(Math.max(...calls.slice(1))).toBeLessThanOrEqual(3);
    },
  );

  if (name !== 'newest first, by starts') return;
  it.each([7, 20, 50, 100])('reads a page of %i backwards in one call when nothing moved', async (size) => {
    const { ids, calls } = await walk('backwards', size, false);
    expect(ids).toHaveLength(COUNT);
    expect(new Set(calls.slice(1))).toEqual(new Set([1]));
  });
});
