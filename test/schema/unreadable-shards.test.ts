import { expect, it } from 'vitest';
import type { RKVStore } from '../../upstream/rkvstore.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { ListedUpstream } from '../resolvers/listed-upstream.ts';
import { operate } from './operating.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');

it('shards that cannot be read are an error of their fields, no empty list, and are not asked for again', async () => {
  const upstream = new ListedUpstream(NOW);
  upstream.backups.push({ id: 'cb-1', start: NOW - 3_600_000 });
  const { store } = upstream;
  Object.assign(upstream, {
    store: {
      ...store,
      async describeClusterBackupList(...given: Parameters<RKVStore['describeClusterBackupList']>) {
        const answer = await store.describeClusterBackupList(...given);
        const faults = { shardBackups: 'a shard without BackupId' };
        const rows = answer.value.rows.map((row) => ({ ...row, shardBackups: null, faults }));
        return { ...answer, value: { ...answer.value, rows } };
      },
    },
  });
  const place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
  const { data, errors, calls } = await operate(
    upstream,
    `{ instance(${place}) { clusterBackups { nodes { clusterBackupId shardCount shardBackups { totalCount } } } } }`,
  );
  expect(data.instance.clusterBackups.nodes).toEqual([
    { clusterBackupId: 'cb-1', shardCount: null, shardBackups: null },
  ]);
  expect(errors?.map(({ originalError }) => originalError)).toEqual([
    expect.any(UpstreamError),
    expect.any(UpstreamError),
  ]);
  expect(calls).toBe(1);
});
