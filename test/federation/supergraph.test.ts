import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PORTAL_SDL, startPortal } from '../../examples/supergraph/portal.ts';
import { SERVICES } from '../../examples/supergraph/services.ts';
import { type OtherSubgraph, type RunningSupergraph, runSupergraph } from './running-supergraph.ts';

const PORTAL: OtherSubgraph = { name: 'portal', sdl: PORTAL_SDL, start: () => startPortal() };
const NAMES = SERVICES.map(({ name }) => name);
const NEWEST = '{ services { name cache { name clusterBackups(first: 1) { nodes { clusterBackupId startTime } } } } }';
// What an earlier test read must not make a later one cheaper.
const READ_THROUGH = { 'cache-control': 'no-cache' };

describe('a supergraph of a portal and this gateway', () => {
  let running: RunningSupergraph;

  beforeAll(async () => {
    running = await runSupergraph([PORTAL]);
  });
  afterAll(() => running?.[Symbol.asyncDispose]());
  beforeEach(() => {
    running.sandbox.calls.clear();
    running.requests.length = 0;
  });

  it('reads twelve names and newest backups by one request, one list of instances and twelve lists of backups', async () => {
    const { data, errors } = await running.ask(NEWEST, 'alice', READ_THROUGH);

    expect(errors).toBeUndefined();
    expect(data.services.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    for (const { cache } of data.services) {
      expect(cache.name).toMatch(/-cluster/);
      expect(cache.clusterBackups.nodes).toHaveLength(1);
    }
    expect(running.sandbox.calls.byAction()).toEqual({ DescribeInstances: 1, DescribeClusterBackupList: 12 });
    expect(running.requests).toHaveLength(1);
    expect(running.requests[0]?.query.match(/_entities/g)).toHaveLength(1);
    expect(Object.values(running.requests[0]?.variables ?? {})).toEqual([
      SERVICES.map(({ cache }) => ({ __typename: 'Instance', ...cache })),
    ]);
  });

  it('says what it cost upstream when the client asks for it', async () => {
    const headers = { ...READ_THROUGH, 'x-upstream-calls': '1' };
    const { extensions } = await running.ask(NEWEST, 'alice', headers);
    expect(extensions).toEqual({ upstreamCalls: { estimated: 13, made: 13, cached: 0 } });
  });

  it('gives a principal without permission null and FORBIDDEN for every instance, at no upstream call', async () => {
    const { data, errors } = await running.ask(NEWEST, 'mallory', READ_THROUGH);

    expect(data.services).toEqual(NAMES.map((name) => ({ name, cache: { name: null, clusterBackups: null } })));
    const expected = SERVICES.flatMap(({ cache: { accountId, regionId, instanceId } }, index) =>
      Object.entries({ name: 'DescribeInstances', clusterBackups: 'DescribeClusterBackupList' }).map(
        ([field, action]) => ({
          message: expect.stringContaining('Not allowed'),
          path: ['services', index, 'cache', field],
          extensions: {
            code: 'FORBIDDEN',
            action: `kvstore:${action}`,
            resource: `acs:kvstore:${regionId}:${accountId}:instance/${instanceId}`,
            serviceName: 'kvstore',
          },
        }),
      ),
    );
    expect(errors).toHaveLength(expected.length);
    expect(errors).toEqual(expect.arrayContaining(expected));
    expect(running.sandbox.calls.count()).toBe(0);
  });

  it.each([
    ['without a token', {}],
    ['with a bad token', { authorization: 'Bearer none' }],
  ])('answers what the portal knows and refuses the rest %s', async (_, headers) => {
    const { data, errors } = await running.ask('{ service(name: "orders") { name cache { name } } }', null, headers);
    expect(data).toEqual({ service: { name: 'orders', cache: { name: null } } });
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(running.sandbox.calls.count()).toBe(0);
  });

  it('keeps the extensions of an upstream failure', async () => {
    const missing =
      '{ instance(regionId: "cn-hangzhou", instanceId: "r-missing") { clusterBackups { nodes { id } } } }';
    const { data, errors } = await running.ask(missing, 'alice');
    expect(data).toEqual({ instance: { clusterBackups: null } });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path: ['instance', 'clusterBackups'],
      extensions: {
        code: 'NOT_FOUND',
        retryable: false,
        upstream: { code: 'InvalidInstanceId.NotFound', requestId: expect.any(String), httpStatus: 404 },
      },
    });
  });

  it('is asked with the token, the trace and the address of the caller, and without cookies', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = {
      traceparent,
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-upstream-calls': '1',
      cookie: 'secret=1',
    };
    await running.ask('{ services { cache { name } } }', 'alice', sent);

    const { headers } = running.requests[0] ?? {};
    expect(headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer /),
      traceparent,
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'https, http',
      'x-upstream-calls': '1',
    });
    expect(headers?.cookie).toBeUndefined();
  });

  it('refuses what is too costly before it costs anything, while the portal answers its part', async () => {
    await using strict = await runSupergraph([PORTAL], { MAX_UPSTREAM_CALLS: '12' });
    const { data, errors } = await strict.ask(NEWEST, 'alice');

    expect(data.services).toEqual(NAMES.map((name) => ({ name, cache: { name: null, clusterBackups: null } })));
    expect(errors).toHaveLength(1);
    expect(errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_COSTLY', cost: 13, limit: 12 });
    expect(strict.sandbox.calls.count()).toBe(0);
  });
});

const FROM_THE_OFFICE = {
  policies: {
    office: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kvstore:*',
          Resource: '*',
          Condition: { IpAddress: { 'acs:SourceIp': '203.0.113.0/24' } },
        },
      ],
    },
  },
  attachments: [{ subject: 'alice', policies: ['office'] }],
};
const OFFICE = { 'x-forwarded-for': '203.0.113.9' };
const NAME = '{ service(name: "orders") { cache { name } } }';

describe("the caller's address behind a router", () => {
  let folder: string;
  let policies: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'policies-'));
    policies = join(folder, 'policies.json');
    writeFileSync(policies, JSON.stringify(FROM_THE_OFFICE));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const behind = (proxies: number) =>
    runSupergraph([PORTAL], {
      RAM_POLICIES: policies,
      TRUST_PROXY: String(proxies),
    });

  it('is what a load balancer in front of the router wrote, when both are trusted', async () => {
    await using running = await behind(2);
    const { data } = await running.ask(NAME, 'alice', OFFICE);
    expect(data.service.cache.name).toBe('orders-cluster');
  });

  it('is what the router saw, whatever the client wrote, when only the router is trusted', async () => {
    await using running = await behind(1);
    const { data, errors } = await running.ask(NAME, 'alice', OFFICE);
    expect(data.service.cache.name).toBeNull();
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
    expect(running.sandbox.calls.count()).toBe(0);
  });
});
