import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionRequest } from '../../../resolvers/cluster-backups/connection.ts';
import { createLoaders } from '../../../resolvers/loaders.ts';
import type { ExplicitBackup } from '../../../sandbox/data/explicit-backups.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type { RKVStoreClient } from '../../../upstream/client.ts';
import { reader, storeAt } from '../../upstream/chain/store-at.ts';
import { AskedPage, ids, ROWS } from '../asking.ts';

const MINUTE = 60_000;
const COUNT = 700;

let now: number;
let sandbox: Sandbox;
let store: RKVStoreClient;
beforeEach(async () => {
  now = Date.parse('2024-06-30T10:20:30Z');
  sandbox = await startSandbox({ instances: 1, now: () => now, signatureNow: Date.now });
  store = storeAt(sandbox.url, { now: () => now, callsPerMinute: 10_000 });
  const backups: ExplicitBackup[] = Array.from({ length: COUNT }, (_, index) => ({
    id: `cb-${9_999 - index}`,
    start: now - 90 * MINUTE - index * 60 * MINUTE,
    end: now - 86 * MINUTE - index * 60 * MINUTE,
  }));
  sandbox.backups.set(sandbox.demo.instanceId, backups);
});
afterEach(async () => {
  await store.close();
  await sandbox.close();
});

function loaders() {
  return createLoaders(store, { ...reader(), deadline: now + 20_000 }, now);
}

/** A page of the default window, in an operation of its own. */
async function page(given: object): Promise<AskedPage> {
  const { accountId, regionId, instanceId } = sandbox.demo;
  const request = connectionRequest({ accountId, regionId, instanceId }, given, ROWS, now);
  return new AskedPage(await loaders().backupPage(request));
}

const calls = () => sandbox.calls.count();

describe('a window that moves with the clock', () => {
  it('finds its far chunks in the cache three minutes later, and those near the present anew', async () => {
    expect(await (await page({ first: 1 })).totalCount()).toBe(COUNT);
    const before = calls();
    now += 3 * MINUTE;
    expect(await (await page({ first: 1 })).totalCount()).toBe(COUNT);
    // The first page, and the first chunk of the scan.
    expect(calls() - before).toBe(2);
  });

  it('finds its next pages in the cache, also for whoever began to read a minute later', async () => {
    const second = async () => {
      const first = await page({ first: 50 });
      return page({ first: 50, after: first.cursor(49) });
    };
    const rows = ids(await second());
    const before = calls();
    now += 2 * MINUTE;
    expect(ids(await second())).toEqual(rows);
    expect(calls() - before).toBe(1);
  });

  it('cuts off what has left it meanwhile', async () => {
    expect(await (await page({ last: 1 })).totalCount()).toBe(COUNT);
    // The oldest began 29 days ago.
    now += 80 * 60 * MINUTE;
    const left = await page({ last: 1 });
    expect(await left.totalCount()).toBe(COUNT - 61);
    expect(Date.parse(left.rows[0]?.startTime as string)).toBeGreaterThanOrEqual(now - 30 * 24 * 60 * MINUTE);
  });

  it.each(['newest-first', 'oldest-first', 'unordered'] as const)(
    'is served whole from stale copies while the upstream is down, where that answers %s',
    async (order) => {
      sandbox.behaviour.order = order;
      expect(await (await page({ last: 20 })).totalCount()).toBe(COUNT);
      const fresh = ids(await page({ last: 20 }));
      sandbox.faults.add({ kind: 'error', code: 'Throttling.User' });
      now += 20 * MINUTE;
      const stale = await page({ last: 20 });
      expect(ids(stale)).toEqual(fresh);
      expect(stale.provenance).toMatchObject({ stale: true, ageSeconds: 20 * 60 });
      expect(await stale.count()).toEqual({ value: COUNT, ageSeconds: 20 * 60, stale: true });
    },
    20_000,
  );

  it('is the same for a backup that is known by its id alone', async () => {
    const { accountId, regionId, instanceId } = sandbox.demo;
    const key = { accountId, regionId, instanceId, clusterBackupId: 'cb-9990', startTime: 0 };
    const found = () => loaders().clusterBackup({ key, shards: false, links: false });
    expect((await found()).row).not.toBeNull();
    sandbox.faults.add({ kind: 'error', code: 'Throttling.User' });
    now += 20 * MINUTE;
    expect(await found()).toMatchObject({ row: { clusterBackupId: 'cb-9990' }, provenance: { stale: true } });
  });
});
