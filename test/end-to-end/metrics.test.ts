import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REDIS_SERVER, type RedisServer, startRedis } from '../upstream/chain/redis-server.ts';
import { PROMTOOL, promtool } from './promtool.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const ACCOUNT = '1234567890123456';

describe('/metrics', () => {
  let running: RunningGateway;
  let place: string;
  beforeEach(async () => {
    running = await runGateway({ UPSTREAM_CALLS_PER_MINUTE: '50' });
    const { instanceId, regionId } = running.sandbox.demo;
    place = `instanceId: "${instanceId}", regionId: "${regionId}"`;
  });
  afterEach(() => running[Symbol.asyncDispose]());

  it('agrees with what a client counted of its own requests', async () => {
    const outcomes: Record<string, number> = {};
    const codes: Record<string, number> = {};
    const ask = async (query: string, options: Parameters<RunningGateway['ask']>[1] = {}) => {
      const { body } = await running.ask(query, options);
      const outcome = body.errors === undefined ? 'ok' : body.data === undefined ? 'rejected' : 'partial';
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      for (const { extensions } of body.errors ?? []) codes[extensions.code] = (codes[extensions.code] ?? 0) + 1;
    };
    for (let index = 0; index < 7; index++) await ask(`query Name { instance(${place}) { name } }`);
    await ask('{ viewer { subject } }');
    await ask(`query Anonymous { instance(${place}) { name } }`, { token: null });
    await ask('query Broken { nothing }');
    await ask('query {');
    await ask('{ viewer { subject } }', { token: 'no.token.here' });
    await ask(`query Both { a: instance(${place}) { clusterBackups(first: -1) { totalCount } } }`);
    await fetch(`${running.url}/graphql`, { method: 'PUT' });
    outcomes.rejected = (outcomes.rejected ?? 0) + 1;
    codes.BAD_USER_INPUT = (codes.BAD_USER_INPUT ?? 0) + 1;

    const metrics = await read(running.url);
    const byOutcome: Record<string, number> = {};
    for (const { labels, value } of metrics.all('kvstore_gateway_requests_total')) {
      byOutcome[labels.outcome as string] = (byOutcome[labels.outcome as string] ?? 0) + value;
    }
    expect(byOutcome).toEqual(outcomes);
    const byCode = metrics
      .all('kvstore_gateway_request_errors_total')
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => [labels.code, value]);
    expect(Object.fromEntries(byCode)).toEqual(codes);
    expect(metrics.one('kvstore_gateway_requests_total', { operation: 'Name', outcome: 'ok' })).toBe(7);
    expect(metrics.one('kvstore_gateway_request_duration_seconds_count', { operation: 'Name', outcome: 'ok' })).toBe(7);
    expect(metrics.one('kvstore_gateway_request_duration_seconds_sum', { operation: 'Name' })).toBeGreaterThan(0);
  });

  it('agrees with what the upstream counted, faults and retries included', async () => {
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable', times: 2, action: 'DescribeInstances' });
    running.sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM', action: 'DescribeClusterBackupList' });
    const query = `{ instance(${place}) { name clusterBackups { nodes { status } } } }`;
    await running.ask(query);
    await Promise.all(
      [1, 2, 3].map(() => running.ask(`{ instance(${place}) { clusterBackups { nodes { status } } } }`)),
    );
    await running.ask(query);

    const metrics = await read(running.url);
    const counted: Record<string, number> = {};
    for (const { labels, value } of metrics.all('kvstore_gateway_upstream_calls_total')) {
      expect(labels).toMatchObject({ account: ACCOUNT, region: 'cn-hangzhou' });
      counted[labels.action as string] = (counted[labels.action as string] ?? 0) + value;
    }
    expect(counted).toEqual(running.sandbox.calls.byAction());
    const calls = (labels: Record<string, string>) => metrics.one('kvstore_gateway_upstream_calls_total', labels);
    expect(calls({ action: 'DescribeInstances', code: 'ServiceUnavailable' })).toBe(2);
    expect(calls({ action: 'DescribeInstances', code: 'OK' })).toBe(1);
    expect(calls({ action: 'DescribeClusterBackupList', code: 'OK' })).toBeUndefined();
    expect(metrics.one('kvstore_gateway_upstream_retries_total', { code: 'ServiceUnavailable' })).toBe(2);
    const reads = (outcome: string, action: string) =>
      metrics.one('kvstore_gateway_cache_reads_total', { outcome, action });
    expect(reads('call', 'DescribeInstances')).toBe(1);
    expect(reads('memory', 'DescribeInstances')).toBe(1);
    expect(metrics.one('kvstore_gateway_upstream_quota_limit_calls', {})).toBe(50);
    expect(metrics.one('kvstore_gateway_upstream_quota_left_calls', { action: 'DescribeInstances' })).toBe(47);
  });

  it('shows an open breaker, and when the quota is used up', async () => {
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable' });
    for (let index = 0; index < 2; index++) await running.ask(`{ instance(${place}) { name } }`);
    let metrics = await read(running.url);
    const endpoint = running.sandbox.url;
    expect(metrics.one('kvstore_gateway_upstream_breaker_state', { account: ACCOUNT, endpoint })).toBe(2);
    expect(metrics.one('kvstore_gateway_upstream_breaker_opened_total', { endpoint })).toBe(1);

    await running[Symbol.asyncDispose]();
    running = await runGateway({ UPSTREAM_CALLS_PER_MINUTE: '2' });
    for (const days of [1, 2, 3]) {
      const startTime = new Date(Date.now() - days * 86_400_000).toISOString();
      await running.ask(`{ instance(${place}) { clusterBackups(startTime: "${startTime}") { nodes { status } } } }`);
    }
    metrics = await read(running.url);
    expect(metrics.one('kvstore_gateway_upstream_quota_left_calls', {})).toBe(0);
    expect(metrics.one('kvstore_gateway_upstream_quota_refusals_total', {})).toBeGreaterThan(0);
    expect(metrics.one('kvstore_gateway_request_errors_total', { code: 'RATE_LIMITED' })).toBe(1);
    expect(metrics.one('kvstore_gateway_upstream_breaker_state', {})).toBe(0);
  });

  it('does not grow with the names that clients make up', async () => {
    const count = async () => (await read(running.url)).all('kvstore_gateway_requests_total').length;
    await running.ask('query Known { viewer { subject } }');
    for (let index = 0; index < 300; index++) {
      await running.ask(`query Made${index} { viewer { subject } }`, {
        token: index % 2 === 0 ? null : undefined,
      } as object);
      await running.ask(`query Broken${index} { nothing }`);
    }
    expect(await count()).toBeLessThan(110);
    const metrics = await read(running.url);
    expect(metrics.one('kvstore_gateway_requests_total', { operation: 'Known' })).toBe(1);
    expect(metrics.one('kvstore_gateway_requests_total', { operation: 'other', outcome: 'ok' })).toBe(201);
  });

  it('counts subscriptions while they are open', async () => {
    const gone = new AbortController();
    const token = JSON.parse(await (await fetch(`${running.url}/demo-principals.json`)).text())[0].token;
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: `subscription Progress { clusterBackupProgress(${place}) { progressPercent } }` }),
      signal: gone.signal,
    });
    const open = async () => (await read(running.url)).one('kvstore_gateway_subscriptions_open', {});
    await expect.poll(open).toBe(1);
    expect((await read(running.url)).one('kvstore_gateway_requests_in_flight', {})).toBe(0);
    gone.abort();
    await response.text().catch(() => undefined);
    await expect.poll(open).toBe(0);
    expect((await read(running.url)).one('kvstore_gateway_requests_total', { operation: 'Progress' })).toBe(1);
  });

  it.skipIf(!PROMTOOL)('satisfies promtool, with everything in it that there can be', async () => {
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable', times: 4 });
    for (let index = 0; index < 3; index++) await running.ask(`query Name { instance(${place}) { name } }`);
    await running.ask('{ nothing }');
    const { text, type } = await read(running.url);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' });
  });

  it('is documented, metric by metric', async () => {
    await running.ask(`query Name { instance(${place}) { name } }`);
    const { text } = await read(running.url);
    const documented = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const names = [...text.matchAll(/^# HELP (kvstore_gateway_\w+)/gm)].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
    const made = [...documented.matchAll(/^\| `(kvstore_gateway_\w+)`/gm)].map(([, name]) => name as string);
    // Redis is not part of this gateway.
    expect(made.filter((name) => !names.includes(name) && !name.includes('redis'))).toEqual([]);
  });

  it('tells of a broken policy file and of broken keys', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    const policies = join(folder, 'policies.json');
    writeFileSync(policies, '{"policies":{},"attachments":[]}');
    await running[Symbol.asyncDispose]();
    running = await runGateway({ RAM_POLICIES: policies });
    const value = async (name: string) => (await read(running.url)).one(`kvstore_gateway_${name}`, {});
    expect(await value('policy_file_fault')).toBe(0);
    expect(await value('policy_file_age_seconds')).toBeLessThan(5);
    expect(await value('key_set_keys')).toBe(1);
    expect(await value('key_set_fault')).toBe(0);
    expect(await value('ready')).toBe(1);
    writeFileSync(policies, 'not json at all');
    await expect.poll(() => value('policy_file_fault')).toBe(1);
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(!REDIS_SERVER)('/metrics, with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  it('says how many replicas share it, and when it is lost', async () => {
    await using one = await runGateway({ REDIS_URL: redis.url });
    await using two = await runGateway({ REDIS_URL: redis.url });
    const value = async (running: RunningGateway, name: string) =>
      (await read(running.url)).one(`kvstore_gateway_redis_${name}`, {});
    expect(await value(one, 'shared')).toBe(1);
    expect(await value(two, 'replicas')).toBeGreaterThan(0);
    const { instanceId, regionId } = one.sandbox.demo;
    const query = `{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { name } }`;
    await one.ask(query);
    await two.ask(query);
    expect((await read(two.url)).one('kvstore_gateway_cache_reads_total', { outcome: 'shared' })).toBe(1);
    await redis.kill();
    await expect.poll(() => value(one, 'shared')).toBe(0);
    await redis.start();
    await expect.poll(() => value(one, 'shared')).toBe(1);
  });
});

interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** A scrape, with its samples. */
async function read(url: string) {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  const all = (name: string): Sample[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .map((line) => ({
        labels: Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
        value: Number(line.slice(line.lastIndexOf(' ') + 1)),
      }));
  return {
    text,
    type: response.headers.get('content-type') ?? '',
    all,
    /** The sample with these labels, and maybe others; undefined when there is none. */
    one: (name: string, labels: Record<string, string>) =>
      all(name).find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value,
  };
}
