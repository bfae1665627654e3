import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BackupPage,
  type ClusterBackupsArguments,
  type ConnectionSelection,
  connectionRequest,
} from '../../../resolvers/cluster-backups/connection.ts';
import type { PageAnswer } from '../../../resolvers/cluster-backups/page-source.ts';
import { RecentPages } from '../../../resolvers/cluster-backups/recent-pages.ts';
import { createLoaders, type Loaders } from '../../../resolvers/loaders.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type { RKVStoreClient } from '../../../upstream/client.ts';
import type { ReadOptions } from '../../../upstream/rkvstore.ts';
import { reader, storeAt } from '../../upstream/chain/store-at.ts';
import { AskedPage, ids, ROWS } from '../asking.ts';

const SECOND = 1_000;

let now: number;
let sandbox: Sandbox;
let store: RKVStoreClient;
let recent: RecentPages;
beforeEach(async () => {
  now = Date.parse('2024-06-30T10:20:30Z');
  sandbox = await startSandbox({ instances: 1, days: 40, shards: 2, now: () => now, signatureNow: Date.now });
  store = storeAt(sandbox.url, { now: () => now, callsPerMinute: 10_000 });
  recent = new RecentPages();
});
afterEach(async () => {
  await store.close();
  await sandbox.close();
});

/** What an operation of its own asks with. */
function operation(options: Partial<ReadOptions> = {}): { loaders: Loaders; options: ReadOptions } {
  const whole = { ...reader(), deadline: now + 20_000, ...options };
  return { options: whole, loaders: createLoaders(store, whole, now, { recent }) };
}

function ask(
  { loaders }: { loaders: Loaders },
  given: ClusterBackupsArguments,
  selection: Partial<ConnectionSelection> = {},
): BackupPage | Promise<BackupPage> {
  const { accountId, regionId, instanceId } = sandbox.demo;
  return loaders.backupPage(
    connectionRequest({ accountId, regionId, instanceId }, given, { ...ROWS, ...selection }, now),
  );
}

/** All that a connection can say of a page. */
async function told(page: BackupPage) {
  const asked = new AskedPage(page);
  return {
    ids: ids(page),
    cursors: page.rows.map((_, index) => page.cursor(index)),
    next: await asked.hasNextPage(),
    previous: await asked.hasPreviousPage(),
    storage: [page.provenance.fullStorageBytes, page.provenance.logStorageBytes],
  };
}

describe('a page that was read a moment ago', () => {
  it('is there at once, says what it said, and counts as an answer from memory', async () => {
    const first = await ask(operation(), { first: 5 });
    const again = operation();
    const page = ask(again, { first: 5 });
    if (!(page instanceof BackupPage)) throw new Error('it was not there at once');
    expect(first.recalled).toBe(false);
    expect(page.recalled).toBe(true);
    expect(await told(page)).toEqual(await told(first));
    expect(page.content).toBe(first.content);
    expect(again.options.meter).toEqual({ made: 0, cached: 1 });
    expect(sandbox.calls.count()).toBe(1);
  });

  it.each([
    ['from the end', { last: 3 }],
    ['filtered', { first: 3, filter: { mode: ['AUTOMATED' as const] } }],
    ['of a past window', { first: 4, startTime: Date.parse('2024-06-10Z'), endTime: Date.parse('2024-06-20Z') }],
    ['without rows', { first: 0 }],
  ])('is the same when it is %s', async (_, given) => {
    const first = await ask(operation(), given);
    const second = await ask(operation(), given);
    expect(await told(second)).toEqual(await told(first));
    expect(sandbox.calls.count()).toBeLessThanOrEqual(2);
  });

  it('is the same in the middle of a walk, in both directions', async () => {
    const head = await ask(operation(), { first: 5 });
    for (const given of [
      { first: 5, after: head.cursor(4) },
      { last: 2, before: head.cursor(4) },
    ]) {
      const first = await ask(operation(), given);
      const page = await ask(operation(), given);
      expect(page.recalled).toBe(true);
      expect(await told(page)).toEqual(await told(first));
    }
  });

  it('counts once for fields of one operation that ask the same of the upstream', async () => {
    const one = operation();
    await Promise.all([ask(one, { first: 5 }), ask(one, { first: 10 })]);
    const again = operation();
    expect(ask(again, { first: 5 })).toBeInstanceOf(BackupPage);
    expect(ask(again, { first: 10 })).toBeInstanceOf(BackupPage);
    expect(again.options.meter).toEqual({ made: 0, cached: 1 });
  });

  it('can still be asked for its total, by the operation that recalled it', async () => {
    await ask(operation(), { first: 5 });
    const again = operation();
    const page = await ask(again, { first: 5 });
    expect(page.recalled).toBe(true);
    expect((await page.totalCount()).value).toBeGreaterThan(20);
    expect(again.options.meter.made).toBe(1);
  });
});

describe('a page is read anew', () => {
  const isRecalled = async (options: Partial<ReadOptions> = {}, selection: Partial<ConnectionSelection> = {}) =>
    (await ask(operation(options), { first: 5 }, selection)).recalled;

  it('in the next second, when a window that ends now is another one, from the same answer', async () => {
    const first = await ask(operation(), { first: 5 });
    now += SECOND;
    const second = await ask(operation(), { first: 5 });
    expect(second.recalled).toBe(false);
    expect(ids(second)).toEqual(ids(first));
    expect(second.cursor(4)).not.toBe(first.cursor(4));
    expect(sandbox.calls.count()).toBe(1);
  });

  it('for operations that began in the second before', async () => {
    const early = operation();
    now += SECOND;
    await ask(operation(), { first: 5 });
    now -= SECOND;
    expect((await ask(early, { first: 5 })).recalled).toBe(false);
  });

  it('by whoever reads through the caches, and from what that has brought', async () => {
    await ask(operation(), { first: 5 });
    expect(await isRecalled({ readThrough: true })).toBe(false);
    expect(sandbox.calls.count()).toBe(2);
    expect(await isRecalled()).toBe(true);
    expect(sandbox.calls.count()).toBe(2);
  });

  it('when the cache has another answer by now', async () => {
    const first = await ask(operation(), { first: 5 });
    const other = new RecentPages();
    const { accountId, regionId, instanceId } = sandbox.demo;
    sandbox.backups.set(instanceId, [{ id: 'cb-newest', start: now - 60_000, end: now - 30_000 }]);
    const through = createLoaders(store, { ...operation().options, readThrough: true }, now, { recent: other });
    await through.backupPage(connectionRequest({ accountId, regionId, instanceId }, { first: 5 }, ROWS, now));
    const page = await ask(operation(), { first: 5 });
    expect(page.recalled).toBe(false);
    expect(ids(page)).toContain('cb-newest');
    expect(ids(first)).not.toContain('cb-newest');
  });

  it('where download links are asked for', async () => {
    const links = { shards: true, links: true };
    expect(await isRecalled({}, links)).toBe(false);
    expect(await isRecalled({}, links)).toBe(false);
  });

  it('where what follows it has not been read', async () => {
    const head = await ask(operation(), { first: 5 });
    const given = { first: 1, after: head.cursor(0) };
    const page = await ask(operation(), given, { hasNextPage: false });
    const again = await ask(operation(), given, { hasNextPage: false });
    expect(await told(again)).toEqual(await told(page));
  });
});

it('pages are kept for a second, whether others are asked for or not', async () => {
  await ask(operation(), { first: 5 }, { shards: true });
  expect(recent.size).toBe(1);
  now += SECOND;
  await ask(operation(), { first: 20 });
  await ask(operation(), { first: 10 });
  expect(recent.size).toBe(2);
  await expect.poll(() => recent.size, { timeout: 5_000 }).toBe(0);
});

it('is not the page of an instance in another place that has the same id', async () => {
  const page = await ask(operation(), { first: 5 });
  const { accountId, regionId, instanceId } = sandbox.demo;
  const value = { rows: page.rows, fullStorageBytes: null, logStorageBytes: null };
  const answers = [{ query: {} as PageAnswer['query'], answer: { value, ageSeconds: 0, stale: false } }];
  const pages = new RecentPages();
  const requestFor = (key: { accountId: string; regionId: string }) =>
    connectionRequest({ ...key, instanceId }, { first: 5 }, ROWS, now);
  const [here, elsewhere, others] = [
    requestFor({ accountId, regionId }),
    requestFor({ accountId, regionId: 'cn-shanghai' }),
    requestFor({ accountId: '1', regionId }),
  ] as const;
  pages.add(here, page.content, { answers, now });
  expect(pages.get(here, now)?.content).toBe(page.content);
  expect(pages.get(elsewhere, now)).toBeUndefined();
  expect(pages.get(others, now)).toBeUndefined();
});

it('no more pages are kept than fit into some ten megabytes', async () => {
  const page = await ask(operation(), { first: 5 }, { shards: true });
  const { accountId, regionId, instanceId } = sandbox.demo;
  const [shard] = page.rows.flatMap(({ shardBackups }) => shardBackups ?? []);
  if (shard === undefined) throw new Error('no shard');
  const rows = page.rows.map((row) => ({ ...row, shardBackups: Array.from({ length: 2_000 }, () => shard) }));
  const value = { rows, fullStorageBytes: null, logStorageBytes: null };
  const query = {} as PageAnswer['query'];
  const answers = [{ query, answer: { value, ageSeconds: 0, stale: false } }];
  const pages = new RecentPages();
  for (let first = 1; first <= 20; first++) {
    const request = connectionRequest({ accountId, regionId, instanceId }, { first }, ROWS, now);
    // By every operation that waited for the same call: it counts once.
    for (let times = 0; times < 10; times++) pages.add(request, page.content, { answers, now });
  }
  // Five backups of 2,000 shards each are 10,005 of the 50,000 that fit.
  expect(pages.size).toBe(4);
});

it('one timer at most is set, however long pages come', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { accountId, regionId, instanceId } = sandbox.demo;
    const pages = new RecentPages();
    const request = connectionRequest({ accountId, regionId, instanceId }, { first: 5 }, ROWS, now);
    const stretch = { window: request.window, seen: [], marks: undefined, longest: 0 };
    const content = { rows: [], stretch, indices: [], hasNextPage: false, hasPreviousPage: false };
    const add = () => {
      const value = { rows: [], fullStorageBytes: null, logStorageBytes: null };
      const answers = [{ query: {} as PageAnswer['query'], answer: { value, ageSeconds: 0, stale: false } }];
      pages.add(request, content, { answers, now });
    };
    for (let tick = 0; tick < 50; tick++) {
      add();
      expect(vi.getTimerCount()).toBe(1);
      now += 300;
      vi.advanceTimersByTime(300);
    }
    vi.advanceTimersByTime(SECOND);
    expect([vi.getTimerCount(), pages.size]).toEqual([0, 0]);
  } finally {
    vi.useRealTimers();
  }
});
