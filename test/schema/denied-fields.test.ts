import { beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { ListedUpstream } from '../resolvers/listed-upstream.ts';
import { denied, EVERYTHING, operate } from './operating.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;

let upstream: ListedUpstream;
let place: string;
beforeEach(() => {
  upstream = new ListedUpstream(NOW);
  for (let index = 0; index < 400; index++) {
    const start = NOW - (index + 1) * HOUR;
    upstream.backups.push({ id: `cb-${1_000 - index}`, start, mode: index % 40 === 0 ? 'Manual' : 'Automated' });
  }
  place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
});

const connection = (fields: string, args = '') => `{ instance(${place}) { clusterBackups${args} { ${fields} } } }`;
const without = (...fields: string[]) => [EVERYTHING, denied(...fields)];

describe('a denied field makes no upstream call', () => {
  it.each([
    ['totalCount', 'totalCount'],
    ['fullStorageBytes', 'fullStorageBytes'],
    ['logStorageBytes', 'logStorageBytes'],
  ])('where a connection is selected for its %s alone', async (name, field) => {
    const { data, errors, calls } = await operate(
      upstream,
      connection(field),
      without(`ClusterBackupConnection.${name}`),
    );
    expect(data.instance.clusterBackups).toEqual({ [name]: null });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual([`instance.clusterBackups.${name}`]);
    expect(calls).toBe(0);
  });

  it('where all three of them are denied', async () => {
    const names = ['totalCount', 'fullStorageBytes', 'logStorageBytes'];
    const { errors, calls } = await operate(
      upstream,
      connection(`__typename pageInfo { __typename } ${names.join(' ')}`),
      without(...names.map((name) => `ClusterBackupConnection.${name}`)),
    );
    expect(errors).toHaveLength(3);
    expect(calls).toBe(0);
  });

  it('beside one that is allowed, which costs what it costs alone', async () => {
    const { data, errors, calls } = await operate(
      upstream,
      connection('totalCount logStorageBytes'),
      without('ClusterBackupConnection.totalCount'),
    );
    expect(data.instance.clusterBackups).toEqual({ totalCount: null, logStorageBytes: expect.any(Number) });
    expect(errors).toHaveLength(1);
    expect(calls).toBe(1);
  });

  it.each(['shardCount', 'shardBackups { totalCount }'])('for shards: %s', async (field) => {
    const source = connection(`nodes { ${field} }`, '(first: 5, filter: { mode: [MANUAL] })');
    const allowed = await operate(upstream, source);
    const name = field.split(' ')[0];
    const { data, errors, calls } = await operate(upstream, source, without(`ClusterBackup.${name}`));
    expect(data.instance.clusterBackups.nodes).toEqual(Array(5).fill({ [name as string]: null }));
    expect(errors).toHaveLength(5);
    expect(allowed.calls).toBeGreaterThan(calls);
    expect(upstream.calls.slice(-calls).every(({ withShards }) => !withShards)).toBe(true);
  });

  it('for download links: what is asked for is the same as without them', async () => {
    const links = 'shardBackups { nodes { downloadUrl internalDownloadUrl } }';
    const id = encodeGlobalId({
      type: 'ShardBackup',
      ...upstream.key,
      clusterBackupId: 'cb-1000',
      startTime: (NOW - HOUR) / 1_000,
      backupId: '1',
    });
    for (const source of [
      connection(`nodes { ${links} }`, '(first: 1)'),
      connection(`edges { node { shardBackups { edges { node { clusterBackup { ${links} } } } } } }`, '(first: 1)'),
      `{ instance(${place}) { clusterBackup(clusterBackupId: "cb-1000") { ${links} } } }`,
      `{ node(id: "${id}") { ... on ShardBackup { downloadUrl clusterBackup { ${links} } } } }`,
    ]) {
      await operate(upstream, source);
      expect(upstream.calls.at(-1)).toMatchObject({ withLinks: true });
      await operate(upstream, source, without('ShardBackup.downloadUrl', 'ShardBackup.internalDownloadUrl'));
      expect(upstream.calls.at(-1)).toMatchObject({ withShards: true, withLinks: false });
    }
  });

  it('for attributes of the instance of a backup', async () => {
    const { data, calls } = await operate(
      upstream,
      connection('nodes { instance { name tags { key } } }', '(first: 1)'),
      without('Instance.name', 'Instance.tags'),
    );
    expect(data.instance.clusterBackups.nodes).toEqual([{ instance: { name: null, tags: null } }]);
    expect(upstream.instanceCalls).toHaveLength(0);
    expect(calls).toBe(1);
  });

  it('for the instances of a region, where policies look at tags, which a list has none of', async () => {
    const tagged = {
      Effect: 'Allow' as const,
      Action: 'kvstore:DescribeInstances',
      Resource: '*',
      Condition: { StringEquals: { 'acs:ResourceTag/team': 'orders' } },
    };
    const { errors, calls } = await operate(
      upstream,
      `{ instances(regionId: "${upstream.key.regionId}") { nodes { id } } }`,
      [tagged],
    );
    expect(errors).toHaveLength(1);
    expect(calls).toBe(0);
  });
});
