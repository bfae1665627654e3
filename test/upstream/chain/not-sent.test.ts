import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { createAttempt } from '../../../upstream/attempt.ts';
import { noCredentials } from '../../../upstream/credentials/refreshed.ts';
import { createEndpoints } from '../../../upstream/endpoints.ts';
import { NotSent } from '../../../upstream/not-sent.ts';
import type { UpstreamError } from '../../../upstream/upstream-error.ts';
import { pastPage, reader, storeAt } from './store-at.ts';

const KEY = { accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' };

describe('a call whose credentials cannot be had', () => {
  let sandbox: Sandbox;
  let good: boolean;
  beforeEach(async () => {
    good = true;
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.close());

  const attemptAt = () => {
    const current = async () => {
      if (good) return KEY;
      throw noCredentials('no file');
    };
    return createAttempt({
      endpoints: createEndpoints({ override: sandbox.url }),
      credentialsOf: () => ({ current, renewed: current }),
      userAgent: 'kvstore-gateway/test',
      timeoutMs: 3_000,
    });
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error as UpstreamError,
    );

  it('is counted by no quota and no meter, so that all of it is there when they come', async () => {
    const attempt = attemptAt();
    await using store = storeAt(sandbox.url, { attempt, attemptTimeoutMs: 3_000, callsPerMinute: 2 });
    const read = (pageNumber: number, options = reader()) =>
      store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber }), options);
    good = false;
    for (let page = 1; page <= 6; page += 1) {
      const options = reader();
      const error = await failure(read(page, options));
      expect(error).toBeInstanceOf(NotSent);
      expect(error).toMatchObject({ kind: 'error', code: undefined });
      expect(options.meter).toEqual({ made: 0, cached: 0 });
    }
    expect(sandbox.calls.count()).toBe(0);
    good = true;
    await read(1);
    await read(2);
    expect(await failure(read(3))).toMatchObject({ kind: 'throttled' });
    await attempt.close();
  });

  it('does not close a breaker that is open: only the upstream does', { timeout: 15_000 }, async () => {
    const attempt = attemptAt();
    const states: string[] = [];
    const observer = { breaker: ({ state }: { state: string }) => void states.push(state) };
    await using store = storeAt(sandbox.url, { attempt, attemptTimeoutMs: 3_000, observer });
    const read = (pageNumber: number) =>
      failure(store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber }), reader()));
    const fault = sandbox.faults.add({ kind: 'html' });
    await read(1);
    await read(2);
    expect(states).toEqual(['open']);
    sandbox.faults.remove(fault);
    good = false;
    const refusal = 'The gateway has no valid credentials for this account.';
    await expect.poll(async () => (await read(3))?.message, { timeout: 9_000, interval: 250 }).toBe(refusal);
    expect(states).toEqual(['open', 'half-open', 'open']);
    expect(await read(4)).toMatchObject({ kind: 'unavailable' });
    await attempt.close();
  });
});
