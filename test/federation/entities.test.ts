import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Instance { instanceId name }
    ... on ClusterBackup { id backup: status }
    ... on ShardBackup { id shard: status }
  }
}`;
const KEYS = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }';

describe('_entities', () => {
  let running: RunningGateway;
  let mallory: string;
  let key: { __typename: 'Instance'; accountId: string; regionId: string; instanceId: string };
  /** Global ids that are right. */
  let ids: { instance: string; backup: string; shard: string };

  beforeAll(async () => {
    running = await runGateway();
    mallory = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 60 });
    const { accountId, regionId, instanceId } = running.sandbox.demo;
    key = { __typename: 'Instance', accountId, regionId, instanceId };
    const { body } = await running.ask(
      `{ instance(regionId: "${regionId}", instanceId: "${instanceId}") {
        id clusterBackups(first: 1, filter: { status: [OK] }) { nodes { id shardBackups(first: 1) { nodes { id } } } }
      } }`,
    );
    const [backup] = body.data.instance.clusterBackups.nodes;
    ids = { instance: body.data.instance.id, backup: backup.id, shard: backup.shardBackups.nodes[0].id };
  });
  afterAll(() => running?.[Symbol.asyncDispose]());

  /** Asks, and counts the upstream calls. What was read before is read again. */
  const ask = async (
    representations: unknown,
    { query = ENTITIES, token }: { query?: string; token?: string } = {},
  ) => {
    running.sandbox.calls.clear();
    const headers = { 'cache-control': 'no-cache', 'x-upstream-calls': '1' };
    const answer = await running.ask(query, { variables: { representations }, headers, ...(token && { token }) });
    return { ...answer, calls: running.sandbox.calls.byAction() };
  };

  it('finds instances by either key, backups and shards, in their order, at one call for each kind', async () => {
    const { body, calls } = await ask([
      { __typename: 'ShardBackup', id: ids.shard },
      key,
      { __typename: 'ClusterBackup', id: ids.backup },
      { __typename: 'Instance', id: ids.instance },
    ]);
    expect(body.errors).toBeUndefined();
    const instance = { __typename: 'Instance', instanceId: key.instanceId, name: running.sandbox.demo.name };
    expect(body.data._entities).toEqual([
      { __typename: 'ShardBackup', id: ids.shard, shard: 'OK' },
      instance,
      { __typename: 'ClusterBackup', id: ids.backup, backup: 'OK' },
      instance,
    ]);
    expect(calls).toEqual({ DescribeInstances: 1, DescribeClusterBackupList: 1 });
  });

  it('takes representations that are written in the document', async () => {
    const { body } = await running.ask(
      `{ _entities(representations: [{ __typename: "Instance", id: "${ids.instance}" }, { __typename: "Nope" }, 5]) { __typename } }`,
    );
    expect(body.data._entities).toEqual([{ __typename: 'Instance' }, null, null]);
    expect(body.errors.map(({ path }: { path: unknown }) => path)).toEqual([
      ['_entities', 1],
      ['_entities', 2],
    ]);
  });

  // biome-ignore format: a table
  const bad: [what: string, representation: (good: typeof key) => unknown, message: RegExp][] = [
    ['an unknown type', () => ({ __typename: 'Nope', id: 'x' }), /__typename of Instance, ClusterBackup, ShardBackup, got "Nope"/],
    ['a type of this schema that is no entity', () => ({ __typename: 'Region', regionId: 'cn-hangzhou' }), /got "Region"/],
    ['a name that every object has', () => ({ __typename: '__proto__' }), /got "__proto__"/],
    ['no type', ({ __typename: _, ...rest }) => rest, /expected a __typename/],
    ['a type that is no text', (good) => ({ ...good, __typename: { toString: null } }), /expected a __typename/],
    ['no key', () => ({ __typename: 'Instance' }), /a key of Instance: id, or accountId, regionId and instanceId/],
    ['half a key', ({ instanceId: _, ...rest }) => rest, /a key of Instance/],
    ['a backup by the key of an instance', (good) => ({ ...good, __typename: 'ClusterBackup' }), /a key of ClusterBackup: id$/],
    ['the id of another type', () => ({ __typename: 'ShardBackup', id: ids.backup }), /id of a ShardBackup, got that of a ClusterBackup/],
    ['a malformed id', () => ({ __typename: 'Instance', id: 'nothing' }), /expected a global id/],
    ['a changed id', () => ({ __typename: 'Instance', id: `${ids.instance}=` }), /expected a global id/],
    ['an empty id', () => ({ __typename: 'Instance', id: '' }), /expected a global id/],
    ['a number as id', () => ({ __typename: 'Instance', id: 5 }), /a key of Instance/],
    ['a list as key', (good) => ({ ...good, regionId: ['cn-hangzhou'] }), /a key of Instance/],
    ['a part of a key that cannot become text', (good) => ({ ...good, regionId: { toString: null } }), /a key of Instance/],
    ['an unknown account', (good) => ({ ...good, accountId: '9999999999999999' }), /expected an account of this gateway/],
    ['an unknown region', (good) => ({ ...good, regionId: 'mars-north-1' }), /expected a region of R-KVStore/],
    ['a host as region', (good) => ({ ...good, regionId: 'evil.example#' }), /expected a region id/],
    ['a line break in a key', (good) => ({ ...good, instanceId: 'r-bp1\r\nx' }), /expected an instance id/],
    ['a key of 90 kB', (good) => ({ ...good, instanceId: `r-${'x'.repeat(90_000)}` }), /expected an instance id .*…"$/],
    ['an id of 90 kB', () => ({ __typename: 'Instance', id: 'x'.repeat(90_000) }), /expected a global id/],
    ['a number', () => 42, /expected an object/],
    ['a text', () => 'Instance', /expected an object/],
    ['a truth value', () => true, /expected an object/],
    ['a list', (good) => [good], /expected an object/],
    ['an empty object', () => ({}), /expected a __typename/],
  ];

  it.each(bad)(
    'answers %s with null and an error of its own between two that are right, at no call',
    async (_, make, message) => {
      const { status, body, calls } = await ask([key, make(key), key], { query: KEYS });
      expect(status).toBe(200);
      expect(body.data._entities).toEqual([{ __typename: 'Instance' }, null, { __typename: 'Instance' }]);
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0]).toMatchObject({
        message: expect.stringMatching(message),
        path: ['_entities', 1],
        extensions: { code: 'BAD_USER_INPUT' },
      });
      expect(body.errors[0].message.length).toBeLessThan(300);
      expect(calls).toEqual({});
    },
  );

  it('answers every bad one of a hundred alone, at no call', async () => {
    const representations = Array.from({ length: 100 }, (_, index) => {
      const [, make] = bad[index % bad.length] as (typeof bad)[0];
      const representation = make(key);
      return JSON.stringify(representation).length > 1_000 ? { __typename: 'Nope' } : representation;
    });
    const { body, calls } = await ask(representations);
    expect(body.data._entities).toEqual(representations.map(() => null));
    expect(body.errors).toHaveLength(100);
    expect(body.errors).toEqual(
      expect.arrayContaining(
        representations.map((_, index) =>
          expect.objectContaining({ path: ['_entities', index], extensions: { code: 'BAD_USER_INPUT' } }),
        ),
      ),
    );
    expect(calls).toEqual({});
  });

  it('takes a hundred representations and no more', async () => {
    const hundred = Array.from({ length: 100 }, () => key);
    const { body } = await ask(hundred, { query: KEYS });
    expect(body.data._entities).toHaveLength(100);

    const more = await ask([...hundred, key]);
    expect(more.status).toBe(400);
    expect(more.body.data).toBeUndefined();
    expect(more.body.errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'DOCUMENT_LIMIT_EXCEEDED', limit: 100, value: 101 }),
      }),
    ]);
    expect(more.calls).toEqual({});
  });

  it.each([
    ['null among them', [null]],
    ['null instead of them', null],
  ])('refuses a request with %s, as the type of the argument has it', async (_, representations) => {
    const { status, body, calls } = await ask(representations);
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(calls).toEqual({});
  });

  it('refuses a key of 1 MB with the whole body', async () => {
    const { status, body, calls } = await ask([{ ...key, instanceId: `r-${'x'.repeat(1_000_000)}` }]);
    expect(status).toBe(413);
    expect(body.errors[0].extensions.code).toBe('DOCUMENT_LIMIT_EXCEEDED');
    expect(calls).toEqual({});
  });

  it('counts an instance at its cost whatever else its representation holds', async () => {
    for (const id of [null, 0, {}]) {
      const { body, calls } = await ask([{ ...key, id }]);
      expect(body.data._entities[0].name).toBe(running.sandbox.demo.name);
      expect(body.extensions.upstreamCalls).toMatchObject({ estimated: 1, made: 1 });
      expect(calls).toEqual({ DescribeInstances: 1 });
    }
  });

  it('answers a backup and a shard that are not there any more with null and no error', async () => {
    const { accountId, regionId, instanceId } = key;
    const gone = { accountId, regionId, instanceId, clusterBackupId: 'cb-gone', startTime: 0 };
    const { body } = await ask([
      { __typename: 'ClusterBackup', id: encodeGlobalId({ type: 'ClusterBackup', ...gone }) },
      { __typename: 'ShardBackup', id: encodeGlobalId({ type: 'ShardBackup', ...gone, backupId: '1' }) },
    ]);
    expect(body.errors).toBeUndefined();
    expect(body.data._entities).toEqual([null, null]);
  });

  it('says nothing of accounts and regions to those who may read nothing', async () => {
    const places = [{}, { accountId: '9999999999999999' }, { regionId: 'mars-north-1' }];
    const { body, calls } = await ask(
      places.map((place) => ({ ...key, ...place })),
      { token: mallory },
    );
    const entity = { __typename: 'Instance', instanceId: key.instanceId, name: null };
    expect(body.data._entities).toEqual(places.map(() => entity));
    expect(body.errors.map(({ extensions }: { extensions: object }) => extensions)).toEqual(
      places.map((place) => {
        const { accountId, regionId, instanceId } = { ...key, ...place };
        const resource = `acs:kvstore:${regionId}:${accountId}:instance/${instanceId}`;
        return { code: 'FORBIDDEN', action: 'kvstore:DescribeInstances', resource };
      }),
    );
    expect(calls).toEqual({});
  });

  it('refuses callers without a token', async () => {
    running.sandbox.calls.clear();
    const { body } = await running.ask(KEYS, { variables: { representations: [key] }, token: null });
    expect(body.data).toBeNull();
    expect(body.errors).toEqual([expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })]);
    expect(running.sandbox.calls.count()).toBe(0);
  });
});
