import { beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { ListedUpstream } from '../resolvers/listed-upstream.ts';
import { operate } from './operating.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;
const STALE = { ageSeconds: 90, stale: true };

let upstream: ListedUpstream;
let place: string;
beforeEach(() => {
  upstream = new ListedUpstream(NOW);
  for (let index = 0; index < 400; index++) {
    upstream.backups.push({ id: `cb-${1_000 - index}`, start: NOW - (index + 1) * HOUR });
  }
  place = `instanceId: "${upstream.key.instanceId}", regionId: "${upstream.key.regionId}"`;
});

const connection = (fields: string, args = '') => `{ instance(${place}) { clusterBackups${args} { ${fields} } } }`;

describe('what is stale on the answer is said once, with its path and age', () => {
  it.each([
    ['a page', 'nodes { status }', 'instance.clusterBackups'],
    ['sizes of the instance', 'fullStorageBytes logStorageBytes', 'instance.clusterBackups'],
    ['a count alone', 'totalCount', 'instance.clusterBackups.totalCount'],
    ['a page with its shards', 'nodes { shardCount shardBackups { totalCount } }', 'instance.clusterBackups'],
    ['a page and a count of the same answers', 'nodes { status } totalCount', 'instance.clusterBackups'],
  ])('for %s', async (_, fields, path) => {
    upstream.provenance = STALE;
    const { stale, errors } = await operate(upstream, connection(fields));
    expect(errors).toBeUndefined();
    expect(stale).toEqual([{ path, ageSeconds: 90 }]);
  });

  it('for a count whose page is fresh', async () => {
    upstream.onCall = () => {
      upstream.provenance = upstream.calls.length === 0 ? {} : STALE;
    };
    const { stale, data } = await operate(upstream, connection('nodes { status } totalCount', '(first: 3)'));
    expect(data.instance.clusterBackups.totalCount).toBe(400);
    expect(stale).toEqual([{ path: 'instance.clusterBackups.totalCount', ageSeconds: 90 }]);
  });

  it('for a count that is older than its page', async () => {
    upstream.onCall = () => {
      upstream.provenance = { stale: true, ageSeconds: upstream.calls.length === 0 ? 20 : 90 };
    };
    const { stale } = await operate(upstream, connection('nodes { status } totalCount', '(first: 3)'));
    expect(stale).toEqual([
      { path: 'instance.clusterBackups', ageSeconds: 20 },
      { path: 'instance.clusterBackups.totalCount', ageSeconds: 90 },
    ]);
  });

  it('for a neighbour that was looked for after the page', async () => {
    upstream.provenance = STALE;
    const { stale } = await operate(upstream, connection('pageInfo { hasPreviousPage }', '(last: 0)'));
    expect(stale).toEqual([{ path: 'instance.clusterBackups.pageInfo.hasPreviousPage', ageSeconds: 90 }]);
  });

  it('for attributes, however many of an instance', async () => {
    upstream.provenance = STALE;
    const { stale } = await operate(upstream, `{ instance(${place}) { name status tags { key } } }`);
    expect(new Set(stale.map(({ path }) => path))).toEqual(new Set(['instance']));
    expect(stale[0]?.ageSeconds).toBe(90);
  });

  it('for backups by their ids, and for those that are not there any more', async () => {
    upstream.provenance = STALE;
    const id = (clusterBackupId: string, start: number) =>
      encodeGlobalId({ type: 'ClusterBackup', ...upstream.key, clusterBackupId, startTime: start / 1_000 });
    const { stale, data } = await operate(
      upstream,
      `{ nodes(ids: ["${id('cb-1000', NOW - HOUR)}", "${id('cb-none', NOW - 2 * HOUR)}"]) { id } one: clusterBackup(${place}, clusterBackupId: "cb-none") { id } }`,
    );
    expect(data.nodes.map((node: unknown) => node !== null)).toEqual([true, false]);
    expect(stale.map(({ path }) => path).sort()).toEqual(['nodes.0', 'nodes.1', 'one']);
  });
});
