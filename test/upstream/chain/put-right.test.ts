import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import type { RKVStoreClient, RKVStoreOptions } from '../../../upstream/client.ts';
import type { UpstreamError } from '../../../upstream/upstream-error.ts';
import { answeringServer, answerJson } from '../answering-server.ts';
import { pastPage, reader, storeAt } from './store-at.ts';

const HOUR = 3_600_000;

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as UpstreamError,
  );

describe('a clock that the upstream refuses', () => {
  let sandbox: Sandbox;
  const events: string[] = [];
  const observer: RKVStoreOptions['observer'] = {
    attempt: ({ code }) => events.push(code),
    retry: ({ code, delayMs }) => events.push(`again after ${code} in ${delayMs} ms`),
    breaker: ({ state }) => events.push(`breaker ${state}`),
  };
  const read = (store: RKVStoreClient, pageNumber = 1, options = reader()) =>
    store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber }), options);

  beforeEach(async () => {
    events.length = 0;
    sandbox = await startSandbox();
    sandbox.faults.add({ kind: 'clock-skew', ms: HOUR });
  });
  afterEach(() => sandbox.close());

  it('costs one call more, which the meter, the quota and whoever observes have counted', async () => {
    await using store = storeAt(sandbox.url, { callsPerMinute: 3, observer });
    const options = reader();
    expect((await read(store, 1, options)).value.rows.length).toBeGreaterThan(0);
    expect(options.meter).toEqual({ made: 2, cached: 0 });
    expect(events).toEqual(['InvalidTimeStamp.Expired', 'again after InvalidTimeStamp.Expired in 0 ms', 'OK']);
    expect(sandbox.calls.count()).toBe(2);
    await read(store, 2);
    expect(await failure(read(store, 3))).toMatchObject({ kind: 'throttled', retryable: true, code: undefined });
    expect(sandbox.calls.count()).toBe(3);
  });

  it('is no failure of the endpoint, however many calls hear of it', async () => {
    await using store = storeAt(sandbox.url, { observer });
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((page) => read(store, page)));
    expect(events.filter((event) => event.startsWith('breaker'))).toEqual([]);
    expect(events.filter((event) => event === 'OK')).toHaveLength(8);
  });

  it('has used up the quota when that was the last call in it: the client hears when to come back', async () => {
    await using store = storeAt(sandbox.url, { callsPerMinute: 1 });
    const error = await failure(read(store));
    expect(error).toMatchObject({ kind: 'throttled', retryable: true });
    expect(error?.retryAfterMs).toBeGreaterThan(50_000);
    expect(sandbox.calls.count()).toBe(1);
  });

  it('is said to be so where no time is left for another call, and the next read is right', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 150, times: 1 });
    await using store = storeAt(sandbox.url);
    const error = await failure(read(store, 1, reader({ deadline: Date.now() + 220 })));
    expect(error).toMatchObject({ kind: 'error', code: 'InvalidTimeStamp.Expired', retryable: true });
    const options = reader();
    await read(store, 1, options);
    expect(options.meter.made).toBe(1);
  });
});

describe('a clock that the upstream refuses again and again', () => {
  const refusing = (dateOf: (count: number) => number) => {
    let count = 0;
    return answeringServer((_request: IncomingMessage, response: ServerResponse) => {
      count += 1;
      response.setHeader('date', new Date(dateOf(count)).toUTCString());
      answerJson(response, 400, { Code: 'InvalidTimeStamp.Expired', Message: 'no', RequestId: 'A1-B2' });
    });
  };
  const cases: [name: string, dateOf: (count: number) => number, expected: object][] = [
    ['with one time', () => Date.now() + HOUR, { retryable: false }],
    ['with another time each time', (count) => Date.now() + count * HOUR, { retryable: true }],
  ];
  for (const [name, dateOf, expected] of cases) {
    it(`${name}: one call more is made, and the client sees the refusal`, async () => {
      const server = await refusing(dateOf);
      await using store = storeAt(server.url);
      const error = await failure(store.describeClusterBackupList(pastPage('r-a'), reader()));
      expect(error).toMatchObject({ kind: 'error', code: 'InvalidTimeStamp.Expired', httpStatus: 400, ...expected });
      expect(server.requests).toHaveLength(2);
      await server.close();
    });
  }
});
