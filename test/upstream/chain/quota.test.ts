import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/server.ts';
import { QuotaLimiter } from '../../../upstream/chain/quota.ts';
import { waitMs } from '../../../upstream/chain/quota-log.ts';
import type { Priority } from '../../../upstream/rkvstore.ts';
import type { UpstreamError } from '../../../upstream/upstream-error.ts';
import { ACCOUNT, pastPage, reader, storeAt } from './store-at.ts';

describe('the quota', () => {
  it('lets sixty different reads make twenty calls, and tells the others when to come back', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { callsPerMinute: 20 });
    const reads = Array.from({ length: 60 }, (_, index) =>
      store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber: index + 1 }), reader()),
    );
    const outcomes = await Promise.allSettled(reads);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(outcomes.length - refused.length).toBe(20);
    expect(sandbox.calls.count()).toBe(20);
    for (const error of refused) {
      expect(error).toMatchObject({ kind: 'throttled', retryable: true });
      expect(error.retryAfterMs).toBeGreaterThan(50_000);
      expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('counts retries', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { callsPerMinute: 4 });
    sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable' });
    for (let page = 1; page <= 4; page += 1) {
      const read = store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber: page }), reader());
      await expect(read).rejects.toThrow();
    }
    expect(sandbox.calls.count()).toBe(4);
  });

  it('is kept for each account and action', async () => {
    const limiter = new QuotaLimiter({ callsPerMinute: 1, longestCallMs: 1_000 });
    for (const account of ['1', '2']) {
      for (const action of ['A', 'B']) await limiter.take(account, action, 'interactive');
    }
    await expect(limiter.take('1', 'A', 'interactive')).rejects.toMatchObject({ kind: 'throttled' });
  });

  it('serves a copy instead of a refusal', async () => {
    await using sandbox = await startSandbox();
    let offset = 0;
    const now = () => Date.now() + offset;
    await using store = storeAt(sandbox.url, { callsPerMinute: 2, now });
    const read = (pageNumber: number) =>
      store.describeClusterBackupList(
        pastPage(sandbox.demo.instanceId, { pageNumber }),
        reader({ deadline: now() + 4_000 }),
      );
    const { value } = await read(1);
    offset = 301_000;
    await read(2);
    await read(3);
    expect(await read(1)).toMatchObject({ value, stale: true, ageSeconds: 301 });
  });

  it('keeps a fifth for interactive reads, and two fifths from reads that go around the cache', async () => {
    const limiter = new QuotaLimiter({ callsPerMinute: 20, longestCallMs: 1_000 });
    const takeAll = async (priority: Priority) => {
      for (let taken = 0; ; taken += 1) {
        try {
          await limiter.take(ACCOUNT, 'DescribeClusterBackupList', priority);
        } catch {
          return taken;
        }
      }
    };
    expect(await takeAll('refresh')).toBe(12);
    expect(await takeAll('background')).toBe(4);
    expect(await takeAll('interactive')).toBe(4);
  });

  it('lets a reader who waits raise the rank of a call that is under way for a poll', async () => {
    await using sandbox = await startSandbox();
    await using store = storeAt(sandbox.url, { callsPerMinute: 5, concurrency: 1 });
    const page = (pageNumber: number) => pastPage(sandbox.demo.instanceId, { pageNumber });
    sandbox.faults.add({ kind: 'latency', ms: 60, times: 4 });
    const others = [1, 2, 3, 4].map((number) => store.describeClusterBackupList(page(number), reader()));
    const poll = store.describeClusterBackupList(page(5), reader({ priority: 'background' }));
    const waits = store.describeClusterBackupList(page(5), reader());
    await Promise.all([...others, poll, waits]);
    expect(sandbox.calls.count()).toBe(5);
  });

  it('never lets more calls than it has reach the upstream in any sixty seconds, wherever in its time each one is counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(
          fc.record({
            pause: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30_000 })),
            length: fc.integer({ min: 0, max: 3_000 }),
            counted: fc.double({ min: 0, max: 1, noNaN: true }),
            made: fc.boolean(),
          }),
          { minLength: 20, maxLength: 120 },
        ),
        async (callsPerMinute, calls) => {
          let time = 0;
          const limiter = new QuotaLimiter({ callsPerMinute, longestCallMs: 3_000, now: () => time });
          const counted: number[] = [];
          const ends: { at: number; end(): void }[] = [];
          const advance = (to: number) => {
            ends.sort((left, right) => left.at - right.at);
            while (ends[0] && ends[0].at <= to) {
              const next = ends.shift();
              time = next?.at ?? time;
              next?.end();
            }
            time = to;
          };
          for (const call of calls) {
            advance(time + call.pause);
            const slot = await limiter.take(ACCOUNT, 'A', 'interactive').catch((error: UpstreamError) => {
              expect(error.retryAfterMs).toBeGreaterThan(0);
            });
            if (!slot) continue;
            if (!call.made) {
              slot.drop();
              continue;
            }
            counted.push(time + call.length * call.counted);
            ends.push({ at: time + call.length, end: () => slot.end() });
          }
          for (const at of counted) {
            const within = counted.filter((other) => other >= at && other <= at + 60_000);
            expect(within.length).toBeLessThanOrEqual(callsPerMinute);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives back all of it a minute after a burst', async () => {
    let time = 0;
    const limiter = new QuotaLimiter({ callsPerMinute: 50, longestCallMs: 3_000, now: () => time });
    const burst = () => Promise.all(Array.from({ length: 50 }, () => limiter.take(ACCOUNT, 'A', 'interactive')));
    for (const slot of await burst()) slot.end();
    const error = await limiter.take(ACCOUNT, 'A', 'interactive').catch((refusal: UpstreamError) => refusal);
    expect(error).toMatchObject({ retryAfterMs: 60_000 });
    time = 60_101;
    await burst();
  });
});

describe('the reckoning of replicas that are alone', () => {
  it('adds up to what is left of the quota, whatever is known in common, and promises a time that is right', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 60 }),
        (limit, count, common) => {
          let granted = 0;
          for (let rank = 0; rank < count; rank += 1) {
            const own: number[] = [];
            const replicas = { count, rank };
            while (waitMs({ common, own, limit, replicas }, 0) === 0) own.push(60_000);
            granted += own.length;
            const wait = waitMs({ common, own, limit, replicas }, 0);
            const later = (calls: readonly number[]) => calls.filter((countsUntil) => countsUntil > wait);
            if (rank < limit) expect(waitMs({ common: later(common), own: later(own), limit, replicas }, wait)).toBe(0);
          }
          expect(granted).toBe(Math.max(0, limit - common.length));
        },
      ),
    );
  });
});
