import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { document, tableOf } from './markdown.ts';

const rows = tableOf(document('README.md'), 'asked for').map(([asked = '', calls = '']) => ({ asked, calls }));

describe('what the README says of costs', () => {
  let running: RunningGateway;
  let places: string[];
  let ids: string[];
  const BACKUPS = 700;

  beforeAll(async () => {
    running = await runGateway({ UPSTREAM_CALLS_PER_MINUTE: '1000' });
    const { sandbox } = running;
    places = Array.from({ length: 20 }, (_, index) => {
      const { instanceId, regionId } = sandbox.instanceAt(index);
      return `instanceId: "${instanceId}", regionId: "${regionId}"`;
    });
    const { instanceId, regionId } = sandbox.instanceAt(0);
    const newest = Date.now() - 3_600_000;
    const backups = Array.from(
      { length: BACKUPS },
      (_, index): ExplicitBackup => ({ id: `cb-${index}`, start: newest - index * 3_600_000 }),
    );
    sandbox.backups.set(instanceId, backups);
    const accountId = sandbox.accountId;
    ids = backups.slice(0, 100).map(({ start }, index) =>
      encodeGlobalId({
        type: 'ClusterBackup',
        accountId,
        regionId,
        instanceId,
        clusterBackupId: `cb-${index}`,
        startTime: Math.floor(Number(start) / 1_000),
      }),
    );
  });
  afterAll(() => running[Symbol.asyncDispose]());

  /** A query for each row of the table, and the calls that it must take. */
  const queries: Record<string, () => { query: string; calls: string }[]> = {
    'the key of an instance': () => [
      { query: `{ instance(${places[0]}) { id instanceId regionId accountId } }`, calls: '0' },
    ],
    'attributes of 30 instances of a region': () => [
      {
        query: `{ ${Array.from({ length: 30 }, (_, index) => `i${index}: instance(instanceId: "r-bp${index}", regionId: "cn-beijing") { name status tags { key value } }`).join(' ')} }`,
        calls: '1',
      },
    ],
    '290 backups of an instance': () => [
      {
        query: `{ instance(${places[0]}) { clusterBackups(first: 290) { nodes { clusterBackupId status } pageInfo { hasNextPage } } } }`,
        calls: '1',
      },
    ],
    '290 backups of an instance with their shards': () => [
      {
        query: `{ instance(${places[0]}) { clusterBackups(first: 290) { nodes { clusterBackupId shardBackups(first: 1) { nodes { sizeBytes } } } } } }`,
        calls: '1',
      },
    ],
    'backups of one instance by their global ids, 100 at once': () => [
      {
        query: `{ nodes(ids: ${JSON.stringify(ids)}) { ... on ClusterBackup { clusterBackupId status } } }`,
        calls: '1',
      },
    ],
    'a `totalCount`, or a filter that few backups pass': () => [
      {
        query: `{ instance(${places[0]}) { clusterBackups(first: 1, filter: { status: FAILED }) { nodes { id } } } }`,
        calls: '1 for each 300 backups of the window, at most 10',
      },
      {
        query: `{ instance(${places[0]}) { clusterBackups { totalCount } } }`,
        calls: '1 for each 300 backups of the window, at most 10',
      },
    ],
    '10 instances of a region, each with its newest backup': () => [
      {
        query:
          '{ instances(regionId: "cn-hangzhou", first: 10) { nodes { name clusterBackups(first: 1) { nodes { clusterBackupId status } } } } }',
        calls: '11',
      },
    ],
  };

  it('is known here row by row', () => {
    expect(Object.keys(queries)).toEqual(rows.map(({ asked }) => asked));
  });

  it.each(rows)('$asked: $calls', async ({ asked, calls }) => {
    for (const { query, calls: said } of queries[asked]?.() ?? []) {
      expect(calls).toBe(said);
      const headers = { 'x-upstream-calls': '1', 'cache-control': 'no-cache' };
      const { body } = await running.ask(query, { headers });
      const { made } = body.extensions.upstreamCalls;
      expect(made, JSON.stringify(body).slice(0, 300)).toBe(
        /^\d+$/.test(calls) ? Number(calls) : Math.ceil(BACKUPS / 300),
      );
    }
  });
});
