import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

describe('upstream calls', () => {
  let running: RunningGateway;
  let place: string;
  beforeEach(async () => {
    running = await runGateway();
    place = `instanceId: "${running.sandbox.demo.instanceId}", regionId: "cn-hangzhou"`;
  });
  afterEach(() => running[Symbol.asyncDispose]());

  const callsOf = async (query: string, variables?: Record<string, unknown>) => {
    let answer = await Promise.resolve({ body: undefined as never });
    const calls = await running.callsOf(async () => {
      answer = (await running.ask(query, variables === undefined ? {} : { variables })) as never;
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
    return { calls, body: answer.body as any };
  };

  it('reads the key of an instance without any', async () => {
    const { calls, body } = await callsOf(`{ instance(${place}) { id accountId regionId instanceId __typename } }`);
    expect(calls).toBe(0);
    expect(body.data.instance).toMatchObject({ accountId: '1234567890123456', regionId: 'cn-hangzhou' });
  });

  it('reads 20 backups with their shards in one', async () => {
    const { calls, body } = await callsOf(
      `{ instance(${place}) { clusterBackups(first: 20) { nodes { id shardBackups { nodes { id sizeBytes } } } pageInfo { hasNextPage } } } }`,
    );
    expect(calls).toBe(1);
    expect(body.errors).toBeUndefined();
    expect(body.data.instance.clusterBackups.nodes).toHaveLength(20);
    expect(body.data.instance.clusterBackups.nodes[1].shardBackups.nodes.length).toBeGreaterThan(1);
    expect(running.sandbox.calls.recent().at(-1)?.parameters.PageSize).toBe('30');
  });

  it('leaves shards out upstream where none is selected, and reads a page of 5 for the newest backup', async () => {
    await callsOf(`{ instance(${place}) { clusterBackups(first: 1) { nodes { status } } } }`);
    expect(running.sandbox.calls.recent().at(-1)?.parameters).toMatchObject({ PageSize: '5', NoShardBackup: 'True' });
  });

  it('reads the first 1 and the first 3 backups of an instance, asked for under two aliases, in one', async () => {
    const { calls, body } = await callsOf(
      `{ instance(${place}) { one: clusterBackups(first: 1) { nodes { id } } three: clusterBackups(first: 3) { nodes { id } } } }`,
    );
    expect(calls).toBe(1);
    expect(body.data.instance.one.nodes).toEqual(body.data.instance.three.nodes.slice(0, 1));
    expect(body.data.instance.three.nodes).toHaveLength(3);
  });

  it('reads the attributes of 40 instances in two', async () => {
    const aliases = Array.from(
      { length: 40 },
      (_, index) => `i${index}: instance(instanceId: "r-bp1x${index}", regionId: "cn-hangzhou") { name }`,
    );
    const { calls, body } = await callsOf(`{ ${aliases.join(' ')} }`);
    expect(calls).toBe(2);
    expect(body.errors).toHaveLength(40);
    expect(body.errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('finds 28 backups by their global ids in one', async () => {
    const page = await running.ask(`{ instance(${place}) { clusterBackups(first: 28) { nodes { id } } } }`);
    const ids = page.body.data.instance.clusterBackups.nodes.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(28);
    const { calls, body } = await callsOf(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on ClusterBackup { status } } }',
      { ids },
    );
    expect(calls).toBe(1);
    expect(body.data.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it('answers 300 identical operations at the same time with one', async () => {
    const query = `{ instance(${place}) { clusterBackups(first: 7) { nodes { id } } } }`;
    const calls = await running.callsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 300 }, () => running.ask(query)));
      for (const { body } of answers) expect(body.data.instance.clusterBackups.nodes).toHaveLength(7);
    });
    expect(calls).toBe(1);
  });

  it('lists instances with all their attributes in one, and pages through them by cursor', async () => {
    const { calls, body } = await callsOf(
      '{ instances(regionId: "cn-hangzhou", first: 3) { totalCount nodes { instanceId name status } pageInfo { hasNextPage endCursor } } }',
    );
    expect(calls).toBe(1);
    const all = body.data.instances;
    const seen = [...all.nodes];
    let { hasNextPage, endCursor } = all.pageInfo;
    while (hasNextPage) {
      const next = await running.ask(
        `{ instances(regionId: "cn-hangzhou", first: 3, after: "${endCursor}") { nodes { instanceId } pageInfo { hasNextPage endCursor } } }`,
      );
      seen.push(...next.body.data.instances.nodes);
      ({ hasNextPage, endCursor } = next.body.data.instances.pageInfo);
    }
    expect(new Set(seen.map(({ instanceId }) => instanceId)).size).toBe(all.totalCount);
  });

  it('says on request what an operation cost, in answers and refusals alike', async () => {
    const headers = { 'x-upstream-calls': '1' };
    const answer = await running.ask(`{ instance(${place}) { clusterBackups(first: 2) { nodes { id } } } }`, {
      headers,
    });
    expect(answer.body.extensions.upstreamCalls).toEqual({ estimated: 1, made: 1, cached: 0 });
    const again = await running.ask(`{ instance(${place}) { clusterBackups(first: 2) { nodes { id } } } }`, {
      headers,
    });
    expect(again.body.extensions.upstreamCalls).toEqual({ estimated: 1, made: 0, cached: 1 });
    const costly = await running.ask(
      '{ instances(regionId: "cn-hangzhou", first: 300) { nodes { clusterBackups(first: 1) { nodes { id } } } } }',
      { headers },
    );
    expect(costly.status).toBe(400);
    expect(costly.body.errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_COSTLY', cost: 306 });
    expect(costly.body.extensions.upstreamCalls).toEqual({ estimated: 306, made: 0, cached: 0 });
  });

  it('raises the estimate where the answers show that more is needed, and gives up at the limit with what it has read', async () => {
    await running[Symbol.asyncDispose]();
    running = await runGateway({ MAX_UPSTREAM_CALLS: '3' });
    running.sandbox.behaviour.order = 'oldest-first';
    const { instanceId } = running.sandbox.demo;
    const page = (start: string) => `clusterBackups(first: 2, startTime: "${start}") { nodes { id } }`;
    const day = (before: number) => `${new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 19)}Z`;
    const ask = (fields: string) =>
      running.ask(`{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { ${fields} } }`, {
        headers: { 'x-upstream-calls': '1' },
      });
    const one = await ask(page(day(20)));
    expect(one.body.errors).toBeUndefined();
    expect(one.body.extensions.upstreamCalls).toEqual({ estimated: 2, made: 2, cached: 0 });
    const two = await ask(`a: ${page(day(19))} b: ${page(day(18))}`);
    expect(two.status).toBe(200);
    expect(two.body.extensions.upstreamCalls).toEqual({ estimated: 3, made: 3, cached: 0 });
    const { a, b } = two.body.data.instance;
    expect([a, b].filter((read) => read !== null)).toHaveLength(1);
    expect(two.body.errors.map(({ extensions }: { extensions: object }) => extensions)).toEqual([
      { code: 'OPERATION_TOO_COSTLY', cost: 4 },
    ]);
  });
});
