import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/server.ts';
import type { CacheEvent } from '../../../upstream/chain/observer.ts';
import { pastPage, reader, storeAt } from './store-at.ts';

describe('reads of the same answer', () => {
  it('share one call, which counts for the one who began it', async () => {
    await using sandbox = await startSandbox();
    const outcomes: string[] = [];
    const observer = { cache: ({ outcome }: CacheEvent) => outcomes.push(outcome) };
    await using store = storeAt(sandbox.url, { observer });
    const options = Array.from({ length: 1_000 }, () => reader());
    const query = pastPage(sandbox.demo.instanceId);
    const answers = await Promise.all(options.map((each) => store.describeClusterBackupList({ ...query }, each)));
    expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    expect(sandbox.calls.count()).toBe(1);
    expect(options.reduce((made, { meter }) => made + meter.made, 0)).toBe(1);
    expect(outcomes.filter((outcome) => outcome === 'joined').length).toBe(999);
  });

  it('share it with one who reads through, and with one who needs no shards', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url);
    const query = pastPage(sandbox.demo.instanceId, { withShards: true, withLinks: true });
    await Promise.all([
      store.describeClusterBackupList(query, reader()),
      store.describeClusterBackupList(query, reader({ readThrough: true, priority: 'refresh' })),
      store.describeClusterBackupList({ ...query, withShards: false, withLinks: false }, reader()),
    ]);
    expect(sandbox.calls.count()).toBe(1);
  });

  it('share its failure', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url);
    sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM' });
    const query = pastPage(sandbox.demo.instanceId);
    const reads = [reader(), reader()].map((options) => store.describeClusterBackupList(query, options));
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sandbox.calls.count()).toBe(1);
  });
});

describe('a reader who leaves', () => {
  it('is let go at once, and the call goes on for those who stay', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { attemptTimeoutMs: 10_000 });
    sandbox.faults.add({ kind: 'latency', ms: 1_000 });
    const query = pastPage(sandbox.demo.instanceId);
    const leaving = new AbortController();
    const left = store
      .describeClusterBackupList(query, reader({ signal: leaving.signal }))
      .catch((error: unknown) => error);
    const stays = store.describeClusterBackupList(query, reader({ deadline: Date.now() + 10_000 }));
    await expect.poll(() => sandbox.calls.inFlight).toBe(1);
    leaving.abort();
    expect(await left).toMatchObject({ kind: 'timeout' });
    expect(sandbox.calls.inFlight).toBe(1);
    expect((await stays).value.rows.length).toBeGreaterThan(0);
    expect(sandbox.calls.count()).toBe(1);
  });

  it('takes the call along when nobody else is in it, and the next reader has one of its own', async () => {
    await using sandbox = await startSandbox();
    const codes: string[] = [];
    await using store = storeAt(sandbox.url, { observer: { attempt: ({ code }) => codes.push(code) } });
    const hang = sandbox.faults.add({ kind: 'hang' });
    const query = pastPage(sandbox.demo.instanceId);
    const controllers = [new AbortController(), new AbortController()];
    const reads = controllers.map(({ signal }) => store.describeClusterBackupList(query, reader({ signal })));
    const outcomes = Promise.allSettled(reads);
    await expect.poll(() => sandbox.calls.inFlight).toBe(1);
    controllers[0]?.abort();
    await new Promise(setImmediate);
    expect(codes).toEqual([]);
    controllers[1]?.abort();
    await outcomes;
    await expect.poll(() => codes.length).toBe(1);
    sandbox.faults.remove(hang);
    await store.describeClusterBackupList(query, reader());
    expect(sandbox.calls.count()).toBe(2);
  });

  it('does not make the breaker think that the upstream is down', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url);
    const latency = sandbox.faults.add({ kind: 'latency', ms: 500 });
    for (let page = 1; page <= 8; page += 1) {
      const leaving = new AbortController();
      const query = pastPage(sandbox.demo.instanceId, { pageNumber: page });
      const left = store.describeClusterBackupList(query, reader({ signal: leaving.signal })).catch(() => {});
      await expect.poll(() => sandbox.calls.count()).toBe(page);
      leaving.abort();
      await left;
    }
    sandbox.faults.remove(latency);
    await store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), reader());
  });

  it('who was never there makes no call', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url);
    const read = store.describeClusterBackupList(
      pastPage(sandbox.demo.instanceId),
      reader({ signal: AbortSignal.abort() }),
    );
    await expect(read).rejects.toMatchObject({ kind: 'timeout' });
    expect(sandbox.calls.count()).toBe(0);
  });

  it('because its own deadline is over does not end the call of one who has more time', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { attemptTimeoutMs: 10_000 });
    sandbox.faults.add({ kind: 'latency', ms: 1_000 });
    const query = pastPage(sandbox.demo.instanceId);
    const hurried = store
      .describeClusterBackupList(query, reader({ deadline: Date.now() + 100 }))
      .catch((error: unknown) => error as Error);
    const patient = store.describeClusterBackupList(query, reader({ deadline: Date.now() + 10_000 }));
    expect(await hurried).toMatchObject({ kind: 'timeout' });
    expect(sandbox.calls.inFlight).toBe(1);
    expect((await patient).value.rows.length).toBeGreaterThan(0);
  });
});

describe('calls in flight', () => {
  it('are as many as allowed, and those who wait for an answer come before polls and refreshes', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { concurrency: 2 });
    sandbox.faults.add({ kind: 'latency', ms: 40 });
    const page = (pageNumber: number) => pastPage(sandbox.demo.instanceId, { pageNumber });
    const reads = [
      ...[1, 2].map((number) => store.describeClusterBackupList(page(number), reader())),
      ...[3, 4].map((number) => store.describeClusterBackupList(page(number), reader({ priority: 'refresh' }))),
      ...[5, 6].map((number) => store.describeClusterBackupList(page(number), reader({ priority: 'background' }))),
      ...[7, 8].map((number) => store.describeClusterBackupList(page(number), reader())),
    ];
    await Promise.all(reads);
    expect(sandbox.calls.peakInFlight).toBe(2);
    const order = sandbox.calls.recent().map(({ parameters }) => Number(parameters.PageNumber));
    const pairs = [order.slice(0, 2), order.slice(2, 4), order.slice(4, 6), order.slice(6)];
    expect(pairs.map((pair) => pair.sort())).toEqual([
      [1, 2],
      [7, 8],
      [5, 6],
      [3, 4],
    ]);
  });

  it('end when the client is closed', async () => {
    await using sandbox = await startSandbox();
    const store = storeAt(sandbox.url);
    sandbox.faults.add({ kind: 'hang' });
    const read = store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), reader()).catch((error) => error);
    await expect.poll(() => sandbox.calls.inFlight).toBe(1);
    await store.close();
    expect(await read).toMatchObject({ kind: 'timeout' });
  });
});
