import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type EventStream, subscribe } from './event-stream.ts';
import { startGatewayProcess } from './gateway-process.ts';

const PRINCIPALS = 25;
const EACH = 20;
/** A longer hold by hand: HOLD_SECONDS=60. */
const HOLD_SECONDS = Number(process.env.HOLD_SECONDS ?? 2);
const MAIN = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url));
/** A process whose figures do not depend on when its garbage is collected. */
const TIDY: [string, ...string[]] = [
  process.execPath,
  '--expose-gc',
  '--import',
  'data:text/javascript,setInterval(gc,250).unref()',
  MAIN,
];

describe('five hundred subscribers', () => {
  it('hold on one instance at one call a poll, all see the end, and leave no memory behind', {
    timeout: 120_000 + HOLD_SECONDS * 1_000,
  }, async () => {
    await using sandbox = await startSandbox();
    await using gateway = await startGatewayProcess({ UPSTREAM_ENDPOINT: sandbox.url }, { command: TIDY });
    const { instanceId, regionId } = sandbox.demo;
    const backup: ExplicitBackup = { id: 'cb-1', start: Date.now() - 60_000, status: 'RUNNING', progress: 1 };
    sandbox.backups.set(instanceId, [backup]);
    const query = `subscription { clusterBackupProgress(instanceId: "${instanceId}", regionId: "${regionId}") { status progressPercent } }`;
    const tokens = await Promise.all(
      Array.from({ length: PRINCIPALS }, (_, index) =>
        signDevelopmentToken({ subject: `p${index}`, groups: ['administrators'], ttlSeconds: 3600 }),
      ),
    );
    const subscribeAll = async (count: number): Promise<EventStream[]> => {
      const streams: EventStream[] = [];
      for (const token of tokens) {
        streams.push(...(await Promise.all(Array.from({ length: count }, () => subscribe(gateway.url, token, query)))));
      }
      return streams;
    };
    const figure = async (name: string) => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    const heapOf = () => figure('nodejs_heap_size_used_bytes');

    // What the first of a kind leaves behind for the next is no leak.
    for (const stream of await subscribeAll(1)) {
      await expect.poll(() => stream.results).toHaveLength(1);
      await stream[Symbol.asyncDispose]();
    }
    await expect.poll(() => figure('kvstore_gateway_subscriptions_open')).toBe(0);
    await pause(600);
    const before = await heapOf();

    const calls = sandbox.calls.count();
    const since = Date.now();
    const streams = await subscribeAll(EACH);
    expect(await figure('kvstore_gateway_subscriptions_open')).toBe(PRINCIPALS * EACH);
    const began = Date.now();
    while (Date.now() - began < HOLD_SECONDS * 1_000) {
      await pause(1_000);
      backup.progress = Math.min(99, (backup.progress ?? 0) + 1);
    }
    const held = await heapOf();
    const polls = sandbox.calls.count() - calls;
    expect(polls).toBeGreaterThanOrEqual(1);
    expect(polls).toBeLessThanOrEqual(2 + (Date.now() - since) / 2_900);

    backup.status = 'OK';
    for (const { ended, results } of streams) {
      expect(await ended).toEqual({ complete: true });
      expect(results.at(-1)).toEqual({ data: { clusterBackupProgress: { status: 'OK', progressPercent: 100 } } });
    }
    await expect.poll(() => figure('kvstore_gateway_subscriptions_open')).toBe(0);
    const returned = async () => (await heapOf()) - before;
    await expect.poll(returned).toBeLessThan(4_000_000);
    if (process.env.HOLD_SECONDS !== undefined) {
      console.log({
        before,
        held,
        after: await heapOf(),
        resident: await figure('process_resident_memory_bytes'),
        polls,
      });
    }
  });
});
