import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type { SharingEvent } from '../../../upstream/chain/observer.ts';
import { QuotaLimiter } from '../../../upstream/chain/quota.ts';
import { SharedRedis } from '../../../upstream/chain/shared-redis.ts';
import type { RKVStoreClient, RKVStoreOptions } from '../../../upstream/client.ts';
import { REDIS_SERVER, type RedisServer, startRedis } from './redis-server.ts';
import { median, pastPage, reader, storeAt, timed } from './store-at.ts';

/** A replica that says what it knows of the others. */
async function replicaAt(sandbox: Sandbox, redis: RedisServer, options: Partial<RKVStoreOptions> = {}) {
  let latest: SharingEvent = { state: 'alone', replicas: 1 };
  const observer = { sharing: (event: SharingEvent) => (latest = event) };
  const store = storeAt(sandbox.url, { redisUrl: redis.url, observer, ...options });
  await store.ready;
  return Object.assign(store, { sharing: () => latest });
}

/** Reads one new page after another from each replica. */
function loadOn(replicas: readonly RKVStoreClient[], sandbox: Sandbox) {
  const failures: string[] = [];
  let page = 0;
  let answers = 0;
  let slowestMs = 0;
  let ended = false;
  const readers = replicas.map(async (store) => {
    while (!ended) {
      page += 1;
      const query = pastPage(sandbox.demo.instanceId, { pageNumber: page });
      const { ms } = await timed(() =>
        store.describeClusterBackupList(query, reader()).catch((error) => failures.push(error.kind)),
      );
      slowestMs = Math.max(slowestMs, ms);
      answers += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  return {
    /** Waits for so many more answers. */
    answered: (count: number) => {
      const until = answers + count;
      return vi.waitFor(() => expect(answers).toBeGreaterThanOrEqual(until), 20_000);
    },
    end: async () => {
      ended = true;
      await Promise.all(readers);
      return { failures, slowestMs };
    },
  };
}

describe.skipIf(!REDIS_SERVER)('replicas with one Redis', () => {
  it('make the quota of calls together', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis, { callsPerMinute: 20 });
    await using second = await replicaAt(sandbox, redis, { callsPerMinute: 20 });
    const reads = Array.from({ length: 60 }, (_, index) =>
      (index % 3 ? first : second).describeClusterBackupList(
        pastPage(sandbox.demo.instanceId, { pageNumber: index + 1 }),
        reader(),
      ),
    );
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(20);
    expect(sandbox.calls.count()).toBe(20);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ kind: 'throttled' });
      expect(outcome.reason.retryAfterMs).toBeGreaterThan(50_000);
      expect(outcome.reason.retryAfterMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('read a page once', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis);
    await using second = await replicaAt(sandbox, redis);
    for (const changes of [{}, { withShards: true, pageSize: 300 as const }]) {
      const query = pastPage(sandbox.demo.instanceId, changes);
      const calls = sandbox.calls.count();
      const { value } = await first.describeClusterBackupList(query, reader());
      const options = reader();
      const answer = await second.describeClusterBackupList({ ...query, withShards: false }, options);
      expect(answer.value.rows.map((row) => row.clusterBackupId)).toEqual(value.rows.map((row) => row.clusterBackupId));
      expect(value.rows.length).toBeGreaterThan(0);
      expect(options.meter).toEqual({ made: 0, cached: 1 });
      expect(sandbox.calls.count()).toBe(calls + 1);
    }
  });

  it('tell each other that there is no such instance', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis);
    await using second = await replicaAt(sandbox, redis);
    const failure = { kind: 'not-found', code: 'InvalidInstanceId.NotFound', httpStatus: 404 };
    await expect(first.describeClusterBackupList(pastPage('r-no'), reader())).rejects.toMatchObject(failure);
    await expect(second.describeClusterBackupList(pastPage('r-no'), reader())).rejects.toMatchObject(failure);
    expect(sandbox.calls.count()).toBe(1);
  });

  it('share no download links; who wants some asks the upstream', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis);
    await using second = await replicaAt(sandbox, redis);
    const query = pastPage(sandbox.demo.instanceId, { withShards: true, withLinks: true });
    const { value } = await first.describeClusterBackupList(query, reader());
    const link = value.rows[0]?.shardBackups?.[0]?.downloadUrl;
    expect(link).toMatch(/^https?:.*Signature=/);
    const decode = (bytes: Buffer) =>
      (bytes[0] === 1 ? brotliDecompressSync(bytes.subarray(1)) : bytes.subarray(1)).toString('utf8');
    const contents = await vi.waitFor(async () => {
      const all = (await redis.contents(decode)).join('\n');
      expect(all).toContain(value.rows[0]?.clusterBackupId);
      return all;
    }, 20_000);
    expect(contents).not.toMatch(/https?:|Signature|Expires|aliyuncs/);

    const rows = await second.describeClusterBackupList({ ...query, withLinks: false }, reader());
    expect(rows.value.rows[0]?.shardBackups?.[0]).toMatchObject({ downloadUrl: null, internalDownloadUrl: null });
    expect(sandbox.calls.count()).toBe(1);
    const linked = await second.describeClusterBackupList(query, reader());
    expect(linked.value.rows[0]?.shardBackups?.[0]?.downloadUrl).toMatch(/^http/);
    expect(sandbox.calls.count()).toBe(2);
  });

  it('stand in for an upstream that is down with what another one has read', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    const query = pastPage(sandbox.demo.instanceId);
    await using first = await replicaAt(sandbox, redis);
    const { value } = await first.describeClusterBackupList(query, reader());
    await expect.poll(async () => (await redis.contents(String)).length).toBeGreaterThan(4);
    await sandbox.close();
    const later = () => Date.now() + 1_800_000;
    await using second = await replicaAt(sandbox, redis, { now: later });
    const answer = await second.describeClusterBackupList(query, reader({ deadline: later() + 4_000 }));
    expect(answer).toMatchObject({ stale: true, value: { rows: value.rows } });
  });
});

describe.skipIf(!REDIS_SERVER)('a Redis that is lost', () => {
  it('under load fails no request, and is used again when it is back', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis);
    await using second = await replicaAt(sandbox, redis);
    const replicas = [first, second];
    const load = loadOn(replicas, sandbox);
    await load.answered(30);
    await redis.kill();
    await load.answered(30);
    expect(replicas.map((store) => store.sharing().state)).toEqual(['alone', 'alone']);
    await redis.start();
    await vi.waitFor(
      () => expect(replicas.map((store) => store.sharing().state)).toEqual(['shared', 'shared']),
      20_000,
    );
    await load.answered(30);
    const { failures, slowestMs } = await load.end();
    expect(failures).toEqual([]);
    expect(slowestMs).toBeLessThan(3_000);

    const query = pastPage(sandbox.demo.instanceId, { pageNumber: 10_000 });
    await first.describeClusterBackupList(query, reader());
    const options = reader();
    await second.describeClusterBackupList(query, options);
    expect(options.meter).toEqual({ made: 0, cached: 1 });
  });

  it('lets no more calls through than the quota, before, after and while it is away', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using first = await replicaAt(sandbox, redis, { callsPerMinute: 50 });
    await using second = await replicaAt(sandbox, redis, { callsPerMinute: 50 });
    const replicas = [first, second];
    const load = loadOn(replicas, sandbox);
    await load.answered(60);
    await redis.kill();
    await load.answered(60);
    await redis.start();
    await vi.waitFor(
      () => expect(replicas.map((store) => store.sharing().state)).toEqual(['shared', 'shared']),
      20_000,
    );
    await load.answered(60);
    const { failures } = await load.end();
    expect(failures.length).toBeGreaterThan(0);
    expect(new Set(failures)).toEqual(new Set(['throttled']));
    expect(sandbox.calls.count()).toBeLessThanOrEqual(50);
    expect(sandbox.calls.count()).toBeGreaterThan(40);
  });

  it('leaves each replica its share of the quota, what was called before counted for all', async () => {
    await using redis = await startRedis();
    const start = async () => {
      const connection = new SharedRedis({ url: redis.url, beatMs: 100 });
      const limiter = new QuotaLimiter({ callsPerMinute: 20, longestCallMs: 1_000, redis: connection });
      let beats = 0;
      connection.onBeat(async () => {
        beats += 1;
      });
      await connection.ready;
      const takeAll = async () => {
        for (let taken = 0; ; taken += 1) {
          try {
            (await limiter.take('1', 'A', 'interactive')).end();
          } catch {
            return taken;
          }
        }
      };
      return { connection, limiter, takeAll, beats: () => beats };
    };
    const replicas = await Promise.all([start(), start(), start()]);
    const [first, second, third] = replicas;
    const all = (check: (replica: (typeof replicas)[number]) => boolean) =>
      vi.waitFor(() => expect(replicas.every(check)).toBe(true), 20_000);

    await all(({ connection }) => connection.replicas.count === 3);
    for (let call = 0; call < 6; call += 1) (await first.limiter.take('1', 'A', 'interactive')).end();
    const heard = replicas.map(({ beats }) => beats() + 2);
    await all((replica) => replica.beats() >= (heard[replicas.indexOf(replica)] ?? 0));
    await redis.kill();
    await all(({ connection }) => connection.alone);
    const shares = [await first.takeAll(), await second.takeAll()] as const;
    for (const share of shares) expect([4, 5]).toContain(share);

    await redis.start();
    await all(({ connection }) => connection.usable);
    const late = await third.takeAll();
    expect(shares[0] + shares[1] + late).toBe(14);
    await all(({ connection }) => !connection.alone);
    for (const replica of replicas) expect(await replica.takeAll()).toBe(0);
    await Promise.all(replicas.map(({ connection }) => connection.close()));
  });

  it('because it hangs delays nobody for long, and is used again when it goes on', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await using store = await replicaAt(sandbox, redis);
    const read = (pageNumber: number) =>
      timed(() => store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber }), reader()));
    await read(1);
    redis.pause();
    expect((await read(2)).ms).toBeLessThan(3_000);
    const times: number[] = [];
    for (let page = 3; page < 10; page += 1) times.push((await read(page)).ms);
    expect(median(times)).toBeLessThan(200);
    redis.resume();
    await vi.waitFor(() => expect(store.sharing().state).toBe('shared'), 20_000);
  });

  it('from the start costs nothing but what would have been shared', async () => {
    await using sandbox = await startSandbox();
    await using redis = await startRedis();
    await redis.kill();
    await using store = await replicaAt(sandbox, redis, { callsPerMinute: 20 });
    const reads = Array.from({ length: 20 }, (_, index) =>
      store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber: index + 1 }), reader()),
    );
    await Promise.all(reads);
    await redis.start();
    await vi.waitFor(() => expect(store.sharing().state).toBe('shared'), 20_000);
    const query = pastPage(sandbox.demo.instanceId, { pageNumber: 100 });
    await expect(store.describeClusterBackupList(query, reader())).rejects.toMatchObject({ kind: 'throttled' });
  });
});
