import { describe, expect, it, vi } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { breaker } from '../../../upstream/chain/breaker.ts';
import { chain } from '../../../upstream/chain/link.ts';
import type { BreakerEvent } from '../../../upstream/chain/observer.ts';
import { abandoned } from '../../../upstream/chain/refusals.ts';
import { SingleFlight } from '../../../upstream/chain/single-flight.ts';
import { attemptAt, plainCall } from '../answering-server.ts';
import { reader } from './store-at.ts';

/** Calls through a breaker that is half open after 200 ms, and the states that it went through. */
function callsAt(sandbox: Sandbox, attemptMs = 150) {
  const states: BreakerEvent['state'][] = [];
  const observer = { breaker: ({ state }: BreakerEvent) => states.push(state) };
  const links = breaker({ endpointOf: () => 'host', halfOpenAfterMs: 200, observer });
  const send = chain([links.gate, links.breaker], attemptAt(sandbox.url, { timeoutMs: attemptMs }));
  const flights = new SingleFlight();
  let key = 0;
  /** `ok`, or the kind of the failure. */
  const call = (options = reader(), regionId = 'cn-hangzhou') => {
    key += 1;
    return flights
      .join(`${key}`, { ...options, patience: options.deadline }, (flight) =>
        send(plainCall({ action: 'DescribeRegions', parameters: {}, regionId }), flight),
      )
      .then(
        () => 'ok',
        (error) => error.kind as string,
      );
  };
  return { call, states };
}

const signed = {
  accounts: [{ accountId: '1', accessKeys: [{ accessKeyId: 'key-id', accessKeySecret: 'key-secret' }] }],
};

describe('the breaker', () => {
  it('opens after five failures in a row, lets one call try, and closes when that is answered', async () => {
    await using sandbox = await startSandbox(signed);
    // Long enough for the trial on a machine that is busy.
    const { call, states } = callsAt(sandbox, 20_000);
    const down = sandbox.faults.add({ kind: 'reset' });
    for (let failures = 0; failures < 5; failures += 1) {
      expect(states).toEqual([]);
      await call();
    }
    expect(states).toEqual(['open']);
    expect(await call()).toBe('unavailable');
    expect(sandbox.calls.count()).toBe(5);

    sandbox.faults.remove(down);
    sandbox.faults.add({ kind: 'latency', ms: 50, times: 1 });
    await vi.waitFor(async () => expect(await Promise.all([call(), call(), call()])).toContain('ok'), 20_000);
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(sandbox.calls.count(), 'those beside the trial were turned away').toBe(6);
    expect(await call()).toBe('ok');
  });

  it('opens again when the trial fails, or is given up on', async () => {
    await using sandbox = await startSandbox(signed);
    const { call, states } = callsAt(sandbox);
    sandbox.faults.add({ kind: 'hang' });
    await Promise.all(Array.from({ length: 5 }, () => call()));
    await vi.waitFor(async () => expect(await call()).toBe('timeout'), 20_000);
    expect(states).toEqual(['open', 'half-open', 'open']);
    const leaving = new AbortController();
    const calls = sandbox.calls.count();
    const trial = vi.waitFor(async () => {
      const outcome = await call(reader({ signal: leaving.signal }));
      expect(outcome).toBe('timeout');
    }, 20_000);
    await vi.waitFor(() => expect(sandbox.calls.count()).toBe(calls + 1), 20_000);
    leaving.abort(abandoned());
    await trial;
    await expect.poll(() => states).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  it.each(['Throttling.User', 'InvalidInstanceId.NotFound', 'Forbidden.RAM'])(
    'stays closed for %s, which ends a row of failures',
    async (code) => {
      await using sandbox = await startSandbox(signed);
      const { call, states } = callsAt(sandbox);
      for (let round = 0; round < 3; round += 1) {
        sandbox.faults.add({ kind: 'error', code: 'InternalError', times: 4 });
        for (let failures = 0; failures < 4; failures += 1) await call();
        sandbox.faults.add({ kind: 'error', code, times: 1 });
        await call();
      }
      expect(states).toEqual([]);
    },
  );
});
