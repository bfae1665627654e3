import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type { RKVStoreClient } from '../../../upstream/client.ts';
import type { UpstreamError } from '../../../upstream/upstream-error.ts';
import { ACCOUNT, median, pastPage, reader, storeAt, timed } from './store-at.ts';

let sandbox: Sandbox;
let store: RKVStoreClient & AsyncDisposable;

beforeEach(async () => {
  sandbox = await startSandbox();
  store = storeAt(sandbox.url, { attemptTimeoutMs: 300 });
});

afterEach(async () => {
  await store.close();
  await sandbox.close();
});

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UpstreamError,
  );

describe('an upstream that fails in passing', () => {
  it.each([
    ['throttles', { kind: 'error', code: 'Throttling.User', retryAfterMs: 50 }],
    ['is unavailable', { kind: 'error', code: 'ServiceUnavailable' }],
    ['has an internal error', { kind: 'error', code: 'InternalError' }],
    ['resets the connection', { kind: 'reset' }],
    ['answers HTML', { kind: 'html' }],
    ['cuts the answer off', { kind: 'truncated' }],
    ['never answers', { kind: 'hang' }],
  ] as const)('is asked exactly once more when it %s', async (_, fault) => {
    sandbox.faults.add({ ...fault, times: 1 });
    const options = reader();
    const answer = await store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), options);
    expect(answer.value.rows.length).toBeGreaterThan(0);
    expect(answer).toMatchObject({ stale: false, ageSeconds: 0 });
    expect(sandbox.calls.count()).toBe(2);
    expect(options.meter).toEqual({ made: 2, cached: 0 });
  });

  it('is asked three times and no more', async () => {
    sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable' });
    const error = await failure(store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), reader()));
    expect(error).toMatchObject({ kind: 'unavailable', code: 'ServiceUnavailable', httpStatus: 503, retryable: true });
    expect(sandbox.calls.count()).toBe(3);
  });

  it('is not asked again when it wants to be left alone beyond the deadline', async () => {
    sandbox.faults.add({ kind: 'error', code: 'Throttling.User', retryAfterMs: 30_000 });
    const { outcome: error, ms } = await timed(() =>
      failure(store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), reader())),
    );
    expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
    expect(sandbox.calls.count()).toBe(1);
    expect(ms).toBeLessThan(4_000);
  });
});

describe('an upstream that refuses', () => {
  it('is not asked again for what the gateway has no right to', async () => {
    sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM' });
    const query = pastPage(sandbox.demo.instanceId);
    const error = await failure(store.describeClusterBackupList(query, reader()));
    expect(error).toMatchObject({ kind: 'error', code: 'Forbidden.RAM', retryable: false });
    expect(sandbox.calls.count()).toBe(1);
    await failure(store.describeClusterBackupList(query, reader()));
    expect(sandbox.calls.count(), 'errors are not remembered').toBe(2);
  });

  it('is believed for five seconds that there is no such instance', async () => {
    let offset = 0;
    await using clocked = storeAt(sandbox.url, { now: () => Date.now() + offset });
    const read = () =>
      failure(
        clocked.describeClusterBackupList(pastPage('r-nosuch'), reader({ deadline: Date.now() + offset + 4_000 })),
      );
    expect(await read()).toMatchObject({ kind: 'not-found', code: 'InvalidInstanceId.NotFound' });
    expect(await read()).toMatchObject({ kind: 'not-found', code: 'InvalidInstanceId.NotFound' });
    expect(sandbox.calls.count()).toBe(1);
    offset = 5_100;
    await read();
    expect(sandbox.calls.count()).toBe(2);
  });

  it('is not asked at all for an account or region that is not known', async () => {
    const knows = (accountId: string, regionId: string) => ({
      account: accountId === ACCOUNT,
      region: regionId === 'cn-beijing',
    });
    await using limited = storeAt(sandbox.url, { accounts: { defaultAccountId: ACCOUNT, knows } });
    for (const changes of [{ accountId: '1' }, { regionId: 'cn-hangzhou' }]) {
      const error = await failure(limited.describeClusterBackupList(pastPage('r-a', changes), reader()));
      expect(error).toMatchObject({ kind: 'invalid', retryable: false });
    }
    expect(sandbox.calls.count()).toBe(0);
    await limited.describeRegions({ accountId: ACCOUNT }, reader());
    expect(sandbox.calls.count()).toBe(1);
  });
});

describe('an upstream that hangs', () => {
  it('is a timeout within the deadline, then is not called for a while', async () => {
    sandbox.faults.add({ kind: 'hang' });
    const read = (pageNumber: number) =>
      timed(() =>
        failure(
          store.describeClusterBackupList(
            pastPage(sandbox.demo.instanceId, { pageNumber }),
            reader({ deadline: Date.now() + 1_000 }),
          ),
        ),
      );
    const first = await read(1);
    expect(first.outcome).toMatchObject({ kind: 'timeout' });
    expect(first.ms).toBeLessThan(4_000);
    await vi.waitFor(async () => expect((await read(2)).outcome).toMatchObject({ kind: 'unavailable' }), 20_000);

    const calls = sandbox.calls.count();
    const times: number[] = [];
    for (let page = 3; page < 20; page += 1) {
      const refused = await read(page);
      expect(refused.outcome).toMatchObject({ kind: 'unavailable', retryable: true });
      expect(refused.outcome?.retryAfterMs).toBeLessThanOrEqual(5_000);
      times.push(refused.ms);
    }
    // Less than an attempt takes.
    expect(median(times)).toBeLessThan(300);
    expect(sandbox.calls.count()).toBe(calls);
    expect(calls).toBeLessThanOrEqual(6);
  });

  it('does not hold up a reader for longer than one attempt when there is a copy', async () => {
    let offset = 0;
    await using clocked = storeAt(sandbox.url, { attemptTimeoutMs: 1_000, now: () => Date.now() + offset });
    const read = () =>
      clocked.describeClusterBackupList(
        pastPage(sandbox.demo.instanceId),
        reader({ deadline: Date.now() + offset + 8_000 }),
      );
    const { value } = await read();
    sandbox.faults.add({ kind: 'hang' });
    offset = 600_000;
    const { outcome, ms } = await timed(read);
    expect(outcome).toMatchObject({ value, stale: true });
    expect(outcome.ageSeconds).toBeGreaterThanOrEqual(600);
    expect(ms).toBeLessThan(2_900);
  });
});

describe('an upstream that is down', () => {
  it('is stood in for by what was read within the last hour, and is not when it was longer ago', async () => {
    let offset = 0;
    await using clocked = storeAt(sandbox.url, { now: () => Date.now() + offset });
    const read = () => {
      const options = reader({ deadline: Date.now() + offset + 4_000 });
      return clocked
        .describeClusterBackupList(pastPage(sandbox.demo.instanceId), options)
        .then((answer) => ({ answer, options }));
    };
    const { answer: fresh } = await read();
    await sandbox.close();
    offset = 59 * 60_000;
    const { answer, options } = await read();
    expect(answer).toMatchObject({ value: fresh.value, stale: true });
    expect(answer.ageSeconds).toBeGreaterThanOrEqual(59 * 60);
    expect(options.meter.cached).toBe(1);
    offset = 61 * 60_000;
    expect(await failure(read())).toMatchObject({ kind: 'unavailable' });
  });

  it('is stood in for by a copy for a reader who wanted to read through, and the copy says so', async () => {
    await store.describeClusterBackupList(pastPage(sandbox.demo.instanceId), reader());
    sandbox.faults.add({ kind: 'error', code: 'Throttling.User', retryAfterMs: 60_000 });
    const answer = await store.describeClusterBackupList(
      pastPage(sandbox.demo.instanceId),
      reader({ readThrough: true }),
    );
    expect(answer.stale).toBe(true);
  });
});
