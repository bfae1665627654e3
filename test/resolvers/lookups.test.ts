import { describe, expect, it } from 'vitest';
import type { BackupLookup } from '../../resolvers/cluster-backups/lookup.ts';
import type { Behaviour } from '../../sandbox/behaviour.ts';
import { Asker } from './asking.ts';
import { ListedUpstream } from './listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;

function upstreamOf(count: number, spacing = HOUR, behaviour: Partial<Behaviour> = {}): ListedUpstream {
  const upstream = new ListedUpstream(NOW, behaviour);
  for (let index = 0; index < count; index++) {
    const start = NOW - 5 * HOUR - index * spacing;
    upstream.backups.push({ id: `cb-${index}`, start, end: start + 90 * 60_000 });
  }
  return upstream;
}

function lookUp(
  upstream: ListedUpstream,
  wanted: readonly { index: number; dated?: boolean }[],
  readFor = { shards: false, links: false },
) {
  const { loaders } = new Asker(upstream).operation();
  const lookups = wanted.map(({ index, dated = true }): BackupLookup => {
    const start = Number(upstream.backups[index]?.start ?? NOW);
    const key = { ...upstream.key, clusterBackupId: `cb-${index}`, startTime: dated ? Math.floor(start / 1_000) : 0 };
    return { key, ...readFor };
  });
  return Promise.all(lookups.map((lookup) => loaders.clusterBackup(lookup)));
}

const all = (count: number, step = 1) => Array.from({ length: count }, (_, index) => ({ index: index * step }));

describe('backups looked up by their global ids', () => {
  it('take one call together, 28 of them a day apart', async () => {
    const upstream = upstreamOf(28, 24 * HOUR);
    const found = await lookUp(upstream, all(28));
    expect(found.map(({ row }) => row?.clusterBackupId)).toEqual(all(28).map(({ index }) => `cb-${index}`));
    expect(upstream.calls).toMatchObject([{ withShards: false, pageSize: 300 }]);
  });

  it('take one call together wherever a page holds them, and a few more where it does not', async () => {
    const upstream = upstreamOf(700);
    await lookUp(upstream, all(28, 10));
    expect(upstream.calls).toHaveLength(1);
    upstream.calls.length = 0;
    const found = await lookUp(upstream, all(28, 25));
    expect(found.every(({ row }) => row !== null)).toBe(true);
    expect(upstream.calls).toHaveLength(3);
  });

  it('are found whichever end of a backup the range looks at, and in whichever order it answers', async () => {
    for (const behaviour of [
      { rangeLooksAt: 'end' },
      { rangeBorders: 'exclusive' },
      { order: 'oldest-first' },
      { rangeAppliesToId: false },
    ] as Partial<Behaviour>[]) {
      const upstream = upstreamOf(500, HOUR, behaviour);
      const found = await lookUp(upstream, [...all(20, 24), { index: 7, dated: false }]);
      expect(found.every(({ row }) => row !== null)).toBe(true);
      const few = await lookUp(upstream, all(5));
      expect(few.every(({ row }) => row !== null)).toBe(true);
    }
  });

  it('are asked for by id where one is wanted alone, or its start is not known', async () => {
    const upstream = upstreamOf(700);
    const [one] = await lookUp(upstream, [{ index: 650 }]);
    expect(one?.row?.clusterBackupId).toBe('cb-650');
    const [undated] = await lookUp(upstream, [{ index: 300, dated: false }]);
    expect(undated?.row?.clusterBackupId).toBe('cb-300');
    expect(upstream.calls).toMatchObject([
      { clusterBackupId: 'cb-650', pageSize: 5 },
      { clusterBackupId: 'cb-300', pageSize: 5, startTime: Date.UTC(2015, 0) },
    ]);
  });

  it('are null where there is none, at no further call', async () => {
    const upstream = upstreamOf(30);
    const { loaders } = new Asker(upstream).operation();
    const wanted: [id: string, hours: number][] = [
      ['cb-3', 3],
      ['cb-gone', 5],
      ['cb-8', 8],
    ];
    const lookups = wanted.map(([clusterBackupId, hours]) => ({
      key: { ...upstream.key, clusterBackupId, startTime: NOW / 1_000 - (5 + hours) * 3_600 },
      shards: false,
      links: false,
    }));
    const found = await Promise.all(lookups.map((lookup) => loaders.clusterBackup(lookup)));
    expect(found.map(({ row }) => row?.clusterBackupId)).toEqual(['cb-3', undefined, 'cb-8']);
    expect(upstream.calls).toHaveLength(1);
    const [alone] = await lookUp(upstream, [{ index: 31, dated: false }]);
    expect(alone?.row).toBeNull();
  });

  it('are looked for in the next page where the newest of them has gone', async () => {
    const upstream = upstreamOf(310);
    upstream.backups.splice(2, 1);
    const { loaders } = new Asker(upstream).operation();
    const hours = [2, 100, 305, 307, 308];
    const found = await Promise.all(
      hours.map((index) => {
        const startTime = Math.floor(NOW / 1_000) - (5 + index) * 3_600;
        const key = { ...upstream.key, clusterBackupId: `cb-${index}`, startTime };
        return loaders.clusterBackup({ key, shards: false, links: false });
      }),
    );
    expect(found.map(({ row }) => row?.clusterBackupId)).toEqual([undefined, 'cb-100', 'cb-305', 'cb-307', 'cb-308']);
    expect(upstream.calls.map(({ pageSize }) => pageSize)).toEqual([300, 300]);
  });

  it('are the same backup once, with shards and links where somebody wants them', async () => {
    const upstream = upstreamOf(30);
    const { loaders } = new Asker(upstream).operation();
    const key = { ...upstream.key, clusterBackupId: 'cb-3', startTime: NOW / 1_000 - 8 * 3_600 };
    const found = await Promise.all([
      loaders.clusterBackup({ key, shards: false, links: false }),
      loaders.clusterBackup({ key, shards: true, links: true }),
      loaders.clusterBackup({ key, shards: true, links: true }),
    ]);
    expect(found.every(({ row }) => row?.shardBackups?.length === 2)).toBe(true);
    expect(upstream.calls).toMatchObject([{ withShards: true, withLinks: true }]);
  });

  it('say how old and stale their answer is, and that links were withheld', async () => {
    const upstream = upstreamOf(30);
    upstream.provenance = { ageSeconds: 40, stale: true, linksWithheld: true };
    const found = await lookUp(upstream, all(3), { shards: true, links: true });
    for (const { provenance } of found) {
      expect(provenance).toMatchObject({ ageSeconds: 40, stale: true, linksWithheld: true });
    }
  });
});
