import { GraphQLObjectType, GraphQLSchema, GraphQLString, graphql, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { KeyedInstance } from '../../schema/admission.ts';
import type { Context } from '../../schema/context.ts';
import { guardSchema } from '../../schema/guard.ts';
import { createSchema } from '../../schema/index.ts';

const INSTANCE = { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId: 'r-bp1' };
const principal: Principal = {
  subject: 'mallory',
  groups: [],
  sourceIp: '127.0.0.1',
  secureTransport: false,
  mfaPresent: false,
};
const { policies } = parsePolicyFile('{"policies":{},"attachments":[]}');

function contextOf(who: Principal): Context {
  return {
    principal: who,
    permissions: createRequestPermissions(policies.forPrincipal(who), who),
    loaders: {} as Context['loaders'],
    progress: {} as Context['progress'],
    store: { defaultAccountId: INSTANCE.accountId, knows: () => ({ account: true, region: true }) },
    introspection: false,
    now: Date.now(),
    audit: () => {},
    noteStale: () => {},
  };
}

/** The schema with a way in that somebody added without a thought of permissions. */
function withWayIn(typeName: string, value: unknown): GraphQLSchema {
  const schema = createSchema();
  const query = schema.getQueryType() as GraphQLObjectType;
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new TypeError(typeName);
  const config = query.toConfig();
  const widened = new GraphQLObjectType({
    ...config,
    fields: { ...config.fields, wayIn: { type, resolve: () => value } },
  });
  return new GraphQLSchema({
    ...schema.toConfig(),
    query: widened,
    types: Object.values(schema.getTypeMap()).filter(({ name }) => name !== 'Query'),
  });
}

describe('a way in that was added without a check', () => {
  it.each([
    ['ClusterBackup', { clusterBackupId: 'cb-1', status: 'OK' }, '{ wayIn { status } }'],
    [
      'ClusterBackup',
      { row: { status: 'OK' }, access: { perField: false }, instance: INSTANCE },
      '{ wayIn { id status } }',
    ],
    ['ShardBackup', { backupId: '1', downloadUrl: 'http://secret' }, '{ wayIn { downloadUrl } }'],
    ['Instance', INSTANCE, '{ wayIn { name } }'],
    ['ClusterBackupConnection', { nodes: [], page: {}, access: { perField: false } }, '{ wayIn { totalCount } }'],
  ])('gives nothing of a raw %s away', async (typeName, value, source) => {
    const result = await graphql({ schema: withWayIn(typeName, value), source, contextValue: contextOf(principal) });
    expect(result.errors).toHaveLength(1);
    expect(JSON.stringify(result.data)).not.toMatch(/OK|secret|cb-1/);
  });

  it('still asks for every attribute of an instance that was made properly', async () => {
    const result = await graphql({
      schema: withWayIn('Instance', new KeyedInstance(INSTANCE)),
      source: '{ wayIn { instanceId name tags { key } } }',
      contextValue: contextOf(principal),
    });
    expect(result.data).toEqual({ wayIn: { instanceId: 'r-bp1', name: null, tags: null } });
    expect(result.errors?.map(({ message }) => message)).toEqual(
      Array(2).fill(expect.stringMatching(/^Not allowed: kvstore:DescribeInstances/)),
    );
  });
});

describe('a field that was added without a check', () => {
  it('is asked for on guarded types', async () => {
    const schema = createSchema();
    const instance = schema.getType('Instance') as GraphQLObjectType;
    Object.assign(instance.getFields(), {
      secret: {
        ...instance.getFields().name,
        name: 'secret',
        type: GraphQLString,
        resolve: () => 'the secret',
      },
    });
    guardSchema(schema);
    const result = await graphql({
      schema,
      source: '{ instance(instanceId: "r-bp1", regionId: "cn-hangzhou") { secret } }',
      contextValue: contextOf(principal),
    });
    expect(result.data).toEqual({ instance: { secret: null } });
    expect(result.errors?.[0]?.message).toMatch(/^Not allowed/);
  });

  it('needs a token at the root', async () => {
    const schema = createSchema();
    const query = schema.getQueryType() as GraphQLObjectType;
    Object.assign(query.getFields(), {
      secret: {
        ...query.getFields().regions,
        name: 'secret',
        type: GraphQLString,
        args: [],
        resolve: () => 'the secret',
      },
    });
    guardSchema(schema);
    const result = await graphql({
      schema,
      source: '{ secret }',
      contextValue: contextOf({ ...principal, subject: null }),
    });
    expect(result.data).toEqual({ secret: null });
    expect(result.errors?.[0]?.message).toMatch(/^Sign in/);
  });
});
