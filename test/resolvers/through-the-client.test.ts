import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionRequest } from '../../resolvers/cluster-backups/connection.ts';
import { createLoaders } from '../../resolvers/loaders.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import type { RKVStoreClient } from '../../upstream/client.ts';
import { reader, storeAt } from '../upstream/chain/store-at.ts';
import { AskedPage, ids, ROWS } from './asking.ts';

const HOUR = 3_600_000;

let sandbox: Sandbox;
let store: RKVStoreClient & AsyncDisposable;
let backups: ExplicitBackup[];
beforeAll(async () => {
  sandbox = await startSandbox({ instances: 4, shards: 3 });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  const newest = Math.floor(Date.now() / 1_000) * 1_000 - 30 * 60_000;
  backups = Array.from({ length: 340 }, (_, index) => ({ id: id(index), start: newest - index * HOUR }));
  sandbox.backups.set(sandbox.demo.instanceId, backups);
  sandbox.calls.clear();
  sandbox.faults.clear();
  store = storeAt(sandbox.url, { callsPerMinute: 10_000 });
  return () => store.close();
});

const id = (index: number) => `cb-${String(10_000 - index)}`;

async function page(given: object, { readThrough = false, links = false } = {}): Promise<AskedPage> {
  const { accountId, regionId, instanceId } = sandbox.demo;
  const now = Date.now();
  const loaders = createLoaders(store, reader({ readThrough }), now);
  const selection = { ...ROWS, shards: links, links };
  return new AskedPage(
    await loaders.backupPage(connectionRequest({ accountId, regionId, instanceId }, given, selection, now)),
  );
}

/** Walks the default window, and gives the ids and the calls of each page. */
async function walk(direction: 'forwards' | 'backwards', size: number, readThrough: boolean, between = () => {}) {
  const seen: string[] = [];
  const calls: number[] = [];
  for (let cursor: string | undefined; ; between()) {
    const before = sandbox.calls.count();
    const given = direction === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor };
    const read = await page(given, { readThrough });
    calls.push(sandbox.calls.count() - before);
    if (direction === 'forwards') seen.push(...ids(read));
    else seen.unshift(...ids(read));
    const more = direction === 'forwards' ? await read.hasNextPage() : await read.hasPreviousPage();
    if (!more) return { seen, calls };
    cursor = read.cursor(direction === 'forwards' ? read.rows.length - 1 : 0);
  }
}

describe('pages read through the client, over a socket', () => {
  it('have every backup that was there throughout, while others come and go', async () => {
    for (const direction of ['forwards', 'backwards'] as const) {
      const all = backups.map((backup) => backup.id as string);
      let step = 0;
      const { seen, calls } = await walk(direction, 30, true, () => {
        step += 1;
        backups.unshift({ id: `cb-new${direction}${step + 1_000}`, start: Date.now() });
        backups.splice((step * 7_919) % backups.length, 1);
        backups.splice(backups.length - (step % 3), step % 3);
      });
      const left = new Set(backups.map((backup) => backup.id));
      expect(seen.filter((each) => left.has(each) && all.includes(each))).toEqual(all.filter((each) => left.has(each)));
      expect(new Set(seen).size).toBe(seen.length);
      expect(Math.max(...calls.slice(1))).toBeLessThanOrEqual(direction === 'forwards' ? 1 : 3);
    }
  });

  it('come from the cache for whoever walks the same way again', async () => {
    const [first, again] = [await page({ first: 20 }), await page({ first: 20 })];
    expect(ids(again)).toEqual(ids(first));
    expect(sandbox.calls.count()).toBe(1);
    const cursor = first.cursor(19);
    const [second, secondAgain] = [await page({ first: 20, after: cursor }), await page({ first: 20, after: cursor })];
    expect(ids(secondAgain)).toEqual(ids(second));
    expect(ids(second)[0]).toBe(id(20));
    expect(sandbox.calls.count()).toBe(2);
  });

  it('are right where some answers are remembered and others are not', async () => {
    const all = backups.map((backup) => backup.id as string);
    await walk('forwards', 50, false);
    await walk('backwards', 30, false);
    backups.splice(3, 1);
    backups.splice(150, 2);
    for (const direction of ['backwards', 'forwards'] as const) {
      for (const size of [30, 50, 70]) {
        const { seen } = await walk(direction, size, false);
        const left = new Set(backups.map((backup) => backup.id));
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((each) => left.has(each))).toEqual(all.filter((each) => left.has(each)));
      }
    }
  });

  it('say so when they are stale copies, which have no links', async () => {
    const fresh = await page({ first: 3 }, { links: true });
    expect(fresh.provenance).toMatchObject({ stale: false, linksWithheld: false });
    expect(fresh.rows[0]?.shardBackups?.[0]?.downloadUrl).toMatch(/^http/);
    sandbox.faults.add({ kind: 'error', code: 'Throttling.User' });
    const stale = await page({ first: 3 }, { links: true, readThrough: true });
    expect(ids(stale)).toEqual(ids(fresh));
    expect(stale.provenance).toMatchObject({ stale: true, linksWithheld: true });
    expect(stale.rows[0]?.shardBackups?.[0]?.downloadUrl).toBeNull();
  });
});
