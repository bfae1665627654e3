import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { clusterBackupListKeys, instancesKeys } from '../../../upstream/chain/cache-keys.ts';
import { linkValidUntil } from '../../../upstream/chain/download-links.ts';
import { MemoryCache } from '../../../upstream/chain/memory-cache.ts';
import type { RKVStoreClient } from '../../../upstream/client.ts';
import type { ClusterBackupListQuery, ReadOptions } from '../../../upstream/rkvstore.ts';
import { ACCOUNT, DAY, pastPage, reader, storeAt } from './store-at.ts';

let sandbox: Sandbox;
let store: RKVStoreClient & AsyncDisposable;
let offset = 0;
const now = () => Date.now() + offset;

beforeEach(async () => {
  offset = 0;
  sandbox = await startSandbox({ runningBackups: false });
  store = storeAt(sandbox.url, { now });
});

afterEach(async () => {
  await store.close();
  await sandbox.close();
});

const read = (changes: Partial<ClusterBackupListQuery> = {}, options: Partial<ReadOptions> = {}) =>
  store.describeClusterBackupList(
    pastPage(sandbox.demo.instanceId, changes),
    reader({ deadline: now() + 4_000, ...options }),
  );

/** How long an answer was served before the upstream was asked again, in seconds, to within a tenth. */
async function servedFor(readAgain: () => Promise<unknown>, atMost: number): Promise<number> {
  await readAgain();
  const calls = sandbox.calls.count();
  for (let seconds = 0.1; seconds < atMost; seconds += 0.1) {
    offset = seconds * 1_000;
    await readAgain();
    if (sandbox.calls.count() > calls) return Math.round(seconds * 10) / 10;
  }
  return atMost;
}

/** The last ten days. */
const presentWindow = () => {
  const endTime = Math.ceil(Date.now() / 60_000) * 60_000;
  return { startTime: endTime - 10 * DAY, endTime };
};

describe('an answer is fresh', () => {
  it('for three seconds when a backup in it runs', async () => {
    await store.close();
    await sandbox.close();
    sandbox = await startSandbox({ runningBackups: true });
    store = storeAt(sandbox.url, { now });
    const window = presentWindow();
    const running = () => read({ ...window, meaning: 'last ten days' });
    expect((await running()).value.rows.some((row) => row.status === 'RUNNING')).toBe(true);
    expect(await servedFor(running, 20)).toBeCloseTo(3, 0);
  });

  it('for fifteen seconds when its window reaches the present', async () => {
    const window = presentWindow();
    expect((await read(window)).value.rows.some((row) => row.status === 'RUNNING')).toBe(false);
    expect(await servedFor(() => read(window), 20)).toBeCloseTo(15, 0);
  });

  it('for five minutes when its window is past', async () => {
    await read();
    offset = 299_000;
    expect(await read()).toMatchObject({ stale: false, ageSeconds: 299 });
    expect(sandbox.calls.count()).toBe(1);
    offset = 301_000;
    expect(await read()).toMatchObject({ stale: false, ageSeconds: 0 });
    expect(sandbox.calls.count()).toBe(2);
  });

  it('for readers whose window moves with the clock, as long as it means the same', async () => {
    const window = presentWindow();
    await read({ ...window, meaning: 'last 864000 s' });
    const later = { startTime: window.startTime + 60_000, endTime: window.endTime + 60_000 };
    await read({ ...later, meaning: 'last 864000 s' });
    expect(sandbox.calls.count()).toBe(1);
    await read({ ...later, meaning: 'last 86400 s' });
    await read(later);
    expect(sandbox.calls.count()).toBe(3);
  });

  it('for regions and instances too', async () => {
    const instances = { accountId: ACCOUNT, regionId: 'cn-hangzhou', pageSize: 30, pageNumber: 1 };
    const first = await store.describeInstances(
      { ...instances, instanceIds: ['r-b', sandbox.demo.instanceId] },
      reader(),
    );
    const again = await store.describeInstances(
      { ...instances, instanceIds: [sandbox.demo.instanceId, 'r-b'] },
      reader(),
    );
    expect(again.value).toBe(first.value);
    await store.describeRegions({ accountId: ACCOUNT }, reader());
    await store.describeRegions({ accountId: ACCOUNT }, reader());
    expect(sandbox.calls.byAction()).toEqual({ DescribeInstances: 1, DescribeRegions: 1 });
  });
});

describe('a remembered answer', () => {
  it('with shards serves a read without, and not the other way round', async () => {
    await read({ withShards: true });
    await read({ withShards: false });
    expect(sandbox.calls.count()).toBe(1);
    await read({ pageNumber: 2, withShards: false });
    const { value } = await read({ pageNumber: 2, withShards: true });
    expect(sandbox.calls.count()).toBe(3);
    expect(value.rows.every((row) => row.shardBackups !== null)).toBe(true);
  });

  it('is passed by a read that reads through, which leaves its own answer for the others', async () => {
    await read();
    await read({}, { readThrough: true });
    expect(sandbox.calls.count()).toBe(2);
    offset = 200_000;
    await read({}, { readThrough: true });
    offset = 400_000;
    expect(await read()).toMatchObject({ ageSeconds: 200, stale: false });
    expect(sandbox.calls.count()).toBe(3);
  });

  it('counts as cached and not as made', async () => {
    await read();
    const options = reader();
    await read({}, options);
    expect(options.meter).toEqual({ made: 0, cached: 1 });
  });

  it('is found again in well under fifty microseconds', async () => {
    const query = pastPage(sandbox.demo.instanceId);
    const options = reader({ deadline: Date.now() + 60_000 });
    await store.describeClusterBackupList(query, options);
    const times = 2_000;
    let best = Number.POSITIVE_INFINITY;
    // The best of twenty rounds: in the others the machine may have been at something else.
    for (let round = 0; round < 20; round += 1) {
      const startedAt = performance.now();
      for (let warm = 0; warm < times; warm += 1) await store.describeClusterBackupList(query, options);
      best = Math.min(best, performance.now() - startedAt);
    }
    expect((best / times) * 1_000).toBeLessThan(50);
  });

  it('does not take more memory than the cache has', async () => {
    const cache = new MemoryCache(1_000_000, Date.now);
    const value = { rows: Array.from({ length: 100 }, (_, index) => ({ index, name: 'x'.repeat(100) })) };
    const times = { fetchedAt: Date.now(), freshUntil: Date.now() + 60_000, keptUntil: Date.now() + 60_000 };
    for (let key = 0; key < 1_000; key += 1) cache.set(`key ${key}`, { outcome: { value }, ...times });
    expect(cache.bytes).toBeLessThanOrEqual(1_000_000);
    expect(cache.get('key 0')).toBeUndefined();
    expect(cache.get('key 999')).toBeDefined();
    cache.close();
  });
});

describe('download links', () => {
  const links = { withShards: true, withLinks: true };

  /** Makes the links of the sandbox end at a time, epoch seconds. */
  const linksEnd = (epochSeconds: number) => {
    sandbox.rewrite = (_, body) =>
      JSON.parse(JSON.stringify(body).replace(/([?&])Expires=\d+/g, `$1Expires=${epochSeconds}`));
  };
  const linkOf = ({ value }: Awaited<ReturnType<typeof read>>) => value.rows[0]?.shardBackups?.[0]?.downloadUrl;

  it('come from memory while they are valid', async () => {
    const first = await read(links);
    expect(linkOf(first)).toMatch(/^http/);
    offset = 60_000;
    expect(linkOf(await read(links))).toBe(linkOf(first));
    expect(sandbox.calls.count()).toBe(1);
  });

  it('are not served beyond the time at which they end, while the rows still are', async () => {
    linksEnd(Math.floor(Date.now() / 1_000) + 60);
    await read(links);
    offset = 61_000;
    const rows = await read({ withShards: true });
    expect(rows).toMatchObject({ stale: false, ageSeconds: 61 });
    expect(linkOf(rows)).toBeNull();
    expect(sandbox.calls.count()).toBe(1);
    linksEnd(Math.floor(now() / 1_000) + 60);
    expect(linkOf(await read(links))).toMatch(/^http/);
    expect(sandbox.calls.count()).toBe(2);
  });

  it('are left out of a copy that stands in for the upstream, which says so', async () => {
    await read(links);
    sandbox.faults.add({ kind: 'error', code: 'Throttling.User', retryAfterMs: 60_000 });
    for (offset of [0, 301_000]) {
      const answer = await read(links, { readThrough: true });
      expect(answer).toMatchObject({ stale: true, linksWithheld: true });
      expect(linkOf(answer)).toBeNull();
    }
    const answer = await read({ withShards: true }, { readThrough: true });
    expect(answer.stale).toBe(true);
    expect(answer).not.toHaveProperty('linksWithheld');
  });

  it('are dropped from memory when they end, also when nobody reads them', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    try {
      const cache = new MemoryCache(1_000_000, Date.now);
      const times = { fetchedAt: 1_000_000, freshUntil: 1_300_000, keptUntil: 4_600_000 };
      const without = () => ({ rows: [] });
      cache.set('key', {
        outcome: { value: { rows: ['http://link'] } },
        ...times,
        links: { until: 1_060_000, without },
      });
      const bytes = cache.bytes;
      vi.advanceTimersByTime(50_000);
      expect(cache.bytes).toBe(bytes);
      vi.advanceTimersByTime(10_000);
      expect(cache.bytes).toBeLessThan(bytes);
      expect(cache.get('key')?.outcome).toEqual({ value: { rows: [] } });
      cache.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['Expires=1704910000', 1_704_910_000_000],
    ['x-oss-expires=1704910000', 1_704_910_000_000],
    ['x-oss-date=20240110T172125Z&x-oss-expires=3600', Date.parse('2024-01-10T18:21:25Z')],
    ['x-oss-expires=3600', 1_000_000 + 3_600_000],
    ['OSSAccessKeyId=a', Number.POSITIVE_INFINITY],
  ])('say with %s until when they are valid', (query, until) => {
    const link = `http://bucket.oss-cn-hangzhou.aliyuncs.com/file.rdb?Signature=b&${query}`;
    expect(linkValidUntil(link, 1_000_000)).toBe(until);
  });
});

describe('a key', () => {
  it('differs for texts of a request that would read alike side by side', () => {
    const key = (changes: Partial<ClusterBackupListQuery>) => clusterBackupListKeys(pastPage('r-a', changes))[0];
    const keys = [
      key({}),
      key({ instanceId: 'r-a;' }),
      key({ instanceId: 'r-', meaning: 'a' }),
      key({ meaning: '0' }),
      key({ meaning: '0', clusterBackupId: 'cb-1' }),
      key({ meaning: '0;4:cb-1' }),
      key({ clusterBackupId: '' }),
      key({ regionId: 'cn-hangzhou3:r-a;', instanceId: '' }),
      key({ pageSize: 10 }),
      key({ pageNumber: 2 }),
      key({ accountId: '2' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    const query = { accountId: ACCOUNT, regionId: 'cn-hangzhou', pageSize: 30, pageNumber: 1 };
    const instances = [
      instancesKeys(query),
      instancesKeys({ ...query, search: 'NORMAL' }),
      instancesKeys({ ...query, status: 'NORMAL' }),
      instancesKeys({ ...query, instanceIds: ['a,b'] }),
      instancesKeys({ ...query, instanceIds: ['a', 'b'] }),
      instancesKeys({ ...query, tags: [{ key: 'a', value: 'b' }] }),
    ];
    expect(new Set(instances.map(String)).size).toBe(instances.length);
  });
});
