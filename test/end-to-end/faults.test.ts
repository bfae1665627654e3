import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../sandbox/faults.ts';
import { REDIS_SERVER, startRedis } from '../upstream/chain/redis-server.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const gateways: RunningGateway[] = [];
afterEach(async () => {
  for (const running of gateways.splice(0)) await running[Symbol.asyncDispose]();
});

async function start(environment: Record<string, string> = {}): Promise<RunningGateway> {
  const running = await runGateway(environment);
  gateways.push(running);
  return running;
}

const placeOf = (running: RunningGateway, index = 0) => {
  const { instanceId, regionId } = running.sandbox.instanceAt(index);
  return `instanceId: "${instanceId}", regionId: "${regionId}"`;
};
const backups = (place: string, first = 3) =>
  `{ instance(${place}) { clusterBackups(first: ${first}) { nodes { id } } } }`;
/** Reads that no cache has an answer for: each has a window of its own. */
const windowed = (place: string, index: number) => {
  const start = new Date(Date.now() - (index + 2) * 3_600_000).toISOString();
  return `{ instance(${place}) { clusterBackups(startTime: "${start}", first: 1) { nodes { id } } } }`;
};

describe('one fault of the upstream', () => {
  it.each<[string, FaultRequest]>([
    ['throttled', { kind: 'error', code: 'Throttling.User', times: 1 }],
    ['5xx', { kind: 'error', code: 'ServiceUnavailable', times: 1 }],
    ['reset', { kind: 'reset', times: 1 }],
    ['HTML', { kind: 'html', times: 1 }],
    ['truncated', { kind: 'truncated', times: 1 }],
  ])('costs exactly one more call when the answer is %s, and the client sees data', async (_, fault) => {
    const running = await start();
    running.sandbox.faults.add(fault);
    const calls = await running.callsOf(async () => {
      const { body } = await running.ask(backups(placeOf(running)));
      expect(body.errors).toBeUndefined();
      expect(body.data.instance.clusterBackups.nodes).toHaveLength(3);
    });
    expect(calls).toBe(2);
  });

  it('is not asked about again when it refuses the rights of the gateway itself', async () => {
    const running = await start();
    running.sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM' });
    const calls = await running.callsOf(async () => {
      const { body } = await running.ask(backups(placeOf(running)));
      expect(body.data.instance.clusterBackups).toBeNull();
      expect(body.errors[0].extensions).toMatchObject({
        code: 'UPSTREAM_ERROR',
        retryable: false,
        upstream: { code: 'Forbidden.RAM', httpStatus: 403, requestId: expect.stringMatching(/^[0-9A-F-]{36}$/) },
      });
    });
    expect(calls).toBe(1);
  });

  it('is NOT_FOUND for an instance that is not there, after one call', async () => {
    const running = await start();
    const calls = await running.callsOf(async () => {
      const { body } = await running.ask(backups('instanceId: "r-nowhere", regionId: "cn-hangzhou"'));
      expect(body.errors[0]).toMatchObject({ path: ['instance', 'clusterBackups'], extensions: { code: 'NOT_FOUND' } });
    });
    expect(calls).toBe(1);
  });
});

describe('an upstream that is gone', () => {
  it('is UPSTREAM_TIMEOUT when it hangs, then UPSTREAM_UNAVAILABLE without a call, and recovers by itself', async () => {
    const running = await start({ UPSTREAM_TIMEOUT_MS: '100', REQUEST_TIMEOUT_MS: '400' });
    const place = placeOf(running);
    const fault = running.sandbox.faults.add({ kind: 'hang' });
    const first = await running.ask(windowed(place, 0));
    expect(first.body.errors[0].extensions).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true });
    let answer = first;
    for (let index = 1; answer.body.errors[0].extensions.code === 'UPSTREAM_TIMEOUT' && index < 6; index++) {
      answer = await running.ask(windowed(place, index));
    }
    expect(answer.body.errors[0].extensions.code).toBe('UPSTREAM_UNAVAILABLE');
    const calls = await running.callsOf(() => running.ask(windowed(place, 10)));
    expect(calls).toBe(0);
    running.sandbox.faults.remove(fault);
    await expect
      .poll(async () => (await running.ask(windowed(place, 11))).body.errors, { interval: 300 })
      .toBeUndefined();
  });

  it('leaves what was read before, and says how old it is', async () => {
    const running = await start();
    const [place, other] = [placeOf(running), placeOf(running, 1)];
    const before = await running.ask(backups(place));
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable' });
    const { body } = await running.ask(
      `{ a: instance(${place}) { clusterBackups(first: 3) { nodes { id } } } b: instance(${other}) { clusterBackups(first: 3) { nodes { id } } } }`,
      { headers: { 'cache-control': 'no-cache' } },
    );
    expect(body.data.a).toEqual(before.body.data.instance);
    expect(body.data.b.clusterBackups).toBeNull();
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0]).toMatchObject({
      path: ['b', 'clusterBackups'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE' },
    });
    expect(body.extensions.stale).toEqual([{ path: ['a', 'clusterBackups'], ageSeconds: expect.any(Number) }]);
  });

  it('leaves no links in what was read before', async () => {
    const running = await start();
    const query = `{ instance(${placeOf(running)}) { clusterBackups(first: 2) { nodes { status shardBackups(first: 1) { nodes { name downloadUrl } } } } } }`;
    await running.ask(query);
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable' });
    const { body } = await running.ask(query, { headers: { 'cache-control': 'no-cache' } });
    expect(body.extensions.stale).toHaveLength(1);
    expect(JSON.stringify(body.data)).not.toMatch(/https?:/);
    expect(body.errors[0]).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    expect(body.errors[0].path.at(-1)).toBe('downloadUrl');
  });
});

describe('the quota', () => {
  it('lets 20 of 60 different reads through, and tells the others when to come back', async () => {
    const running = await start({ UPSTREAM_CALLS_PER_MINUTE: '20' });
    const place = placeOf(running);
    const calls = await running.callsOf(async () => {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => running.ask(windowed(place, index))));
      const refused = answers.filter(({ body }) => body.errors !== undefined);
      expect(answers.length - refused.length).toBe(20);
      for (const { body } of refused) {
        expect(body.errors[0].extensions).toMatchObject({
          code: 'RATE_LIMITED',
          retryAfterSeconds: expect.any(Number),
        });
        expect(body.errors[0].extensions.retryAfterSeconds).toBeGreaterThan(0);
      }
    });
    expect(calls).toBe(20);
  });

  it('keeps two fifths from those who read through the cache, for those who do not', async () => {
    const running = await start({ UPSTREAM_CALLS_PER_MINUTE: '20' });
    const place = placeOf(running);
    const readThrough = { headers: { 'cache-control': 'no-cache' } };
    const refreshed = await Promise.all(
      Array.from({ length: 20 }, (_, index) => running.ask(windowed(place, index), readThrough)),
    );
    expect(refreshed.filter(({ body }) => body.errors === undefined).length).toBe(12);
    const read = await Promise.all(Array.from({ length: 20 }, (_, index) => running.ask(windowed(place, 20 + index))));
    expect(read.filter(({ body }) => body.errors === undefined).length).toBe(8);
  });

  it.skipIf(REDIS_SERVER === undefined)(
    'is one for two replicas on one Redis, and a page that one has read costs the other nothing',
    async () => {
      await using redis = await startRedis();
      const first = await start({ UPSTREAM_CALLS_PER_MINUTE: '20', REDIS_URL: redis.url });
      const second = await start({
        UPSTREAM_CALLS_PER_MINUTE: '20',
        REDIS_URL: redis.url,
        UPSTREAM_ENDPOINT: first.sandbox.url,
      });
      const place = placeOf(first);
      const before = first.sandbox.calls.count();
      await first.ask(backups(place));
      await expect
        .poll(async () => {
          const { body } = await second.ask(backups(place), { headers: { 'x-upstream-calls': '1' } });
          return body.extensions.upstreamCalls.made;
        })
        .toBe(0);
      const shared = first.sandbox.calls.count() - before;
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? first : second).ask(windowed(place, index))),
      );
      expect(first.sandbox.calls.count() - before).toBeLessThanOrEqual(20);
      expect(answers.filter(({ body }) => body.errors === undefined).length).toBe(20 - shared);
    },
  );
});
