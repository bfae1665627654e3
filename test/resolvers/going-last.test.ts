import { describe, expect, it } from 'vitest';
import { connectionRequest } from '../../resolvers/cluster-backups/connection.ts';
import { createLoaders } from '../../resolvers/loaders.ts';
import type { Priority, ReadOptions, RKVStore } from '../../upstream/rkvstore.ts';
import { ROWS } from './asking.ts';
import { ListedUpstream } from './listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');

/** The priorities of all calls of an operation that reads everything there is to read. */
async function prioritiesOf({ readThrough }: { readThrough: boolean }): Promise<Set<Priority>> {
  const upstream = new ListedUpstream(NOW);
  const seen = new Set<Priority>();
  const store = new Proxy(upstream.store, {
    get(target, name: keyof RKVStore) {
      const value = target[name];
      if (typeof value !== 'function' || name === 'knows') return value;
      return (query: never, options: ReadOptions) => {
        seen.add(options.priority);
        if (name === 'describeRegions') return Promise.resolve({ value: [], ageSeconds: 0, stale: false });
        return (value as (...given: unknown[]) => unknown).call(target, query, options);
      };
    },
  });
  const { key } = upstream;
  const loaders = createLoaders(
    store,
    { signal: new AbortController().signal, deadline: NOW + 8_000, readThrough, meter: { made: 0, cached: 0 } },
    NOW,
  );
  const page = await loaders.backupPage(connectionRequest(key, { first: 2 }, { ...ROWS, totalCount: true }, NOW));
  await page.totalCount();
  const backup = { ...key, clusterBackupId: 'cb-hyxdof5x9kqbtust', startTime: 0 };
  await loaders.clusterBackup({ key: backup, shards: false, links: false });
  await loaders.instance(key);
  await loaders.instances(key, {}, { first: 1 });
  await loaders.regions(key.accountId);
  return seen;
}

describe('an operation that asked to bypass the caches', () => {
  it('goes last when calls are scarce, whatever it reads', async () => {
    expect(await prioritiesOf({ readThrough: true })).toEqual(new Set(['refresh']));
  });

  it('is behind one that did not, whose scans are behind its pages', async () => {
    expect(await prioritiesOf({ readThrough: false })).toEqual(new Set(['interactive', 'background']));
  });
});
