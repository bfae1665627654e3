import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type RunningSupergraph, runSupergraph, startSubgraph } from './running-supergraph.ts';

const portal = (name: string) => readFileSync(new URL(`../../checks/portals/${name}.graphql`, import.meta.url), 'utf8');
const READ_THROUGH = { 'cache-control': 'no-cache' };

describe('a portal that keeps global ids of instances, backups and shards', () => {
  const sdl = portal('refers-by-global-ids');
  const drill: Record<string, unknown> = {};
  let running: RunningSupergraph;

  beforeAll(async () => {
    const resolvers = { Query: { drills: () => [drill] } };
    running = await runSupergraph([{ name: 'portal', sdl, start: () => startSubgraph(sdl, resolvers) }]);
    const { regionId, instanceId } = running.sandbox.demo;
    const { data } = await running.ask(
      `{ instance(regionId: "${regionId}", instanceId: "${instanceId}") {
        id clusterBackups(first: 1, filter: { status: [OK] }) { nodes { id shardBackups { nodes { id } } } }
      } }`,
      'alice',
    );
    const [backup] = data.instance.clusterBackups.nodes;
    Object.assign(drill, {
      number: 1,
      target: { id: data.instance.id },
      source: { id: backup.id },
      shards: backup.shardBackups.nodes,
    });
  });
  afterAll(() => running?.[Symbol.asyncDispose]());

  const DRILLS = '{ drills { number target { name } source { sizeBytes } shards { name sizeBytes } } }';

  it('gets all three, and those of one instance by one call', async () => {
    running.sandbox.calls.clear();
    const { data, errors } = await running.ask(DRILLS, 'alice', READ_THROUGH);

    expect(errors).toBeUndefined();
    const [{ target, source, shards }] = data.drills;
    expect(target.name).toBe(running.sandbox.demo.name);
    expect(shards).toHaveLength(running.sandbox.demo.shardCount);
    const total = shards.reduce((sum: number, { sizeBytes }: { sizeBytes: number }) => sum + sizeBytes, 0);
    expect(source.sizeBytes).toBe(total);
    expect(running.sandbox.calls.byAction()).toEqual({ DescribeInstances: 1, DescribeClusterBackupList: 1 });
  });

  it('gets null and FORBIDDEN for each of them when the principal may not read them, at no upstream call', async () => {
    running.sandbox.calls.clear();
    const { data, errors } = await running.ask(DRILLS, 'mallory', READ_THROUGH);

    const shards = drill.shards as unknown[];
    expect(data.drills).toEqual([
      {
        number: 1,
        target: { name: null },
        source: { sizeBytes: null },
        shards: shards.map(() => ({ name: null, sizeBytes: null })),
      },
    ]);
    const { accountId, regionId, instanceId } = running.sandbox.demo;
    expect(errors).toHaveLength(2 + shards.length);
    for (const { extensions } of errors) {
      expect(extensions).toMatchObject({
        code: 'FORBIDDEN',
        action: expect.stringMatching(/^kvstore:Describe(Instances|ClusterBackupList)$/),
        resource: `acs:kvstore:${regionId}:${accountId}:instance/${instanceId}`,
      });
    }
    expect(running.sandbox.calls.count()).toBe(0);
  });
});

describe('a portal that gives instances fields of its own', () => {
  const sdl = portal('extends-instances');
  let running: RunningSupergraph;

  beforeAll(async () => {
    const resolvers = {
      Query: { services: () => [] },
      Instance: {
        __resolveReference: (key: object) => key,
        services: () => [{ name: 'orders' }],
        monthlyCost: () => 512.5,
      },
    };
    running = await runSupergraph([{ name: 'portal', sdl, start: () => startSubgraph(sdl, resolvers) }]);
  });
  afterAll(() => running?.[Symbol.asyncDispose]());

  it('answers them beside the attributes, for a whole list of instances at one upstream call', async () => {
    const { data, errors } = await running.ask(
      '{ instances(regionId: "cn-hangzhou", first: 5) { nodes { name monthlyCost services { name } } } }',
      'alice',
    );
    expect(errors).toBeUndefined();
    expect(data.instances.nodes).toHaveLength(5);
    expect(data.instances.nodes[0]).toEqual({
      name: 'orders-cluster',
      monthlyCost: 512.5,
      services: [{ name: 'orders' }],
    });
    expect(running.sandbox.calls.byAction()).toEqual({ DescribeInstances: 1 });
  });

  it('answers them beside the events of a subscription, until the client leaves', async () => {
    const { regionId, instanceId } = running.sandbox.demo;
    const left = new AbortController();
    const response = await fetch(running.router.url, {
      method: 'POST',
      signal: left.signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 60 })}`,
      },
      body: JSON.stringify({
        query: `subscription { clusterBackupProgress(regionId: "${regionId}", instanceId: "${instanceId}") {
          status instance { monthlyCost }
        } }`,
      }),
    });
    let received = '';
    for await (const chunk of response.body ?? []) {
      received += Buffer.from(chunk).toString();
      if (/^data: \{.*\n/m.test(received)) break;
    }
    left.abort();
    const [, event = ''] = /^data: (\{.*)$/m.exec(received) ?? [];
    expect(JSON.parse(event)).toEqual({
      data: { clusterBackupProgress: { status: 'RUNNING', instance: { monthlyCost: 512.5 } } },
    });
    // The gateway stops asking upstream once the router has left it.
    await expect.poll(() => running.openRequests()).toBe(0);
  });

  it('answers them to those who may not read the attributes', async () => {
    const { regionId, instanceId } = running.sandbox.demo;
    const { data, errors } = await running.ask(
      `{ instance(regionId: "${regionId}", instanceId: "${instanceId}") { name monthlyCost } }`,
      'mallory',
    );
    expect(data.instance).toEqual({ name: null, monthlyCost: 512.5 });
    expect(errors).toEqual([expect.objectContaining({ path: ['instance', 'name'] })]);
  });
});

describe('a portal that has a viewer and pages of its own', () => {
  it('shares them: each subgraph answers its own part', async () => {
    const sdl = portal('is-relay-itself');
    const pageInfo = { hasNextPage: false, hasPreviousPage: false };
    const resolvers = {
      Query: {
        viewer: () => ({ email: 'alice@portal.example' }),
        services: () => ({ edges: [], pageInfo }),
      },
      Node: { __resolveType: () => 'Service' },
    };
    await using running = await runSupergraph([{ name: 'portal', sdl, start: () => startSubgraph(sdl, resolvers) }]);
    const { data, errors } = await running.ask(
      `{ viewer { email subject } services { pageInfo { hasNextPage } }
        instances(regionId: "cn-hangzhou", first: 1) { pageInfo { hasNextPage } } }`,
      'alice',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      viewer: { email: 'alice@portal.example', subject: 'alice' },
      services: { pageInfo: { hasNextPage: false } },
      instances: { pageInfo: { hasNextPage: true } },
    });
  });
});
