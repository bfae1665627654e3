import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

/** Long before the ten seconds are over that an end may take at most, on a slow machine too. */
const SOON_MS = 6_000;

describe('the end of a process', () => {
  let sandbox: Sandbox;
  let gateway: GatewayProcess;
  let headers: Record<string, string>;
  beforeAll(async () => {
    const token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });
    headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  });
  beforeEach(async () => {
    sandbox = await startSandbox();
    gateway = await startGatewayProcess({ UPSTREAM_ENDPOINT: sandbox.url });
  });
  afterEach(async () => {
    await gateway[Symbol.asyncDispose]();
    await sandbox.close();
  });
  afterAll(() => sandbox.close().catch(() => undefined));

  const bodyOf = (fields: string, index = 0) => {
    const { instanceId, regionId } = sandbox.instanceAt(index);
    return JSON.stringify({
      query: `{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { ${fields} } }`,
    });
  };
  const ask = (index = 0) => fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: bodyOf('name', index) });

  it('answers what is in flight, says no to /ready meanwhile, and ends with 0', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 1_500 });
    const asked = ask();
    await expect.poll(() => sandbox.calls.count()).toBe(1);
    const ending = gateway.end();
    await expect.poll(async () => (await fetch(`${gateway.url}/ready`)).status).toBe(503);
    const readiness = await fetch(`${gateway.url}/ready`);
    expect(await readiness.json()).toMatchObject({ ready: false, state: 'draining' });
    expect(readiness.headers.get('connection')).toBe('close');
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    expect((await answer.json()) as object).toMatchObject({ data: { instance: { name: 'orders-cluster' } } });
    const { code, milliseconds } = await ending;
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(SOON_MS);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at once after %s when nothing is in flight', async (signal) => {
    const agent = new Agent({ keepAlive: true });
    const idle = httpRequest(`${gateway.url}/health`, { agent });
    idle.end();
    const [response] = await once(idle, 'response');
    response.resume();
    const unused = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    unused.on('error', () => {});
    await once(unused, 'connect');
    const { code, milliseconds } = await gateway.end(signal);
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(SOON_MS);
    agent.destroy();
    unused.destroy();
  });

  it('is not hurried by a second signal', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 800 });
    const asked = ask();
    await expect.poll(() => sandbox.calls.count()).toBe(1);
    const ending = gateway.end();
    gateway.child.kill('SIGTERM');
    gateway.child.kill('SIGINT');
    expect((await asked).status).toBe(200);
    expect((await ending).code).toBe(0);
  });

  it('cuts off within ten seconds what never ends, with 0', async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startGatewayProcess({
      UPSTREAM_ENDPOINT: sandbox.url,
      UPSTREAM_TIMEOUT_MS: '60000',
      REQUEST_TIMEOUT_MS: '60000',
    });
    sandbox.faults.add({ kind: 'hang' });
    const asked = ask().catch((error: Error) => error);
    await expect.poll(() => sandbox.calls.count()).toBe(1);
    const { code, milliseconds } = await gateway.end();
    expect(await asked).toBeInstanceOf(Error);
    expect(code).toBe(0);
    expect(milliseconds).toBeGreaterThan(8_000);
    // Its own ten seconds, and what a busy machine takes to see that they are over.
    expect(milliseconds).toBeLessThan(15_000);
  });

  it('ends a subscription so that its client subscribes again, elsewhere', async () => {
    const { instanceId, regionId } = sandbox.demo;
    const query = `subscription { clusterBackupProgress(instanceId: "${instanceId}", regionId: "${regionId}") { progressPercent } }`;
    const second = await startGatewayProcess({ UPSTREAM_ENDPOINT: sandbox.url });
    const messages: string[] = [];
    let url = gateway.url;
    let connections = 0;
    const client = createClient({
      url: () => `${url}/graphql`,
      headers,
      retry: () => pause(50),
      on: {
        connecting: () => {
          connections += 1;
        },
      },
    });
    const events = client.iterate({ query });
    try {
      messages.push(JSON.stringify(await events.next()));
      url = second.url;
      const { code, milliseconds } = await gateway.end();
      expect(code).toBe(0);
      expect(milliseconds).toBeLessThan(SOON_MS);
      messages.push(JSON.stringify(await events.next()));
      expect(messages.map((message) => /progressPercent":\d+/.test(message))).toEqual([true, true]);
      expect(connections).toBe(2);
    } finally {
      client.dispose();
      await second[Symbol.asyncDispose]();
    }
  });

  it('tells a plain EventSource when to come back, and ends its stream whole', async () => {
    const { instanceId, regionId } = sandbox.demo;
    const query = `subscription { clusterBackupProgress(instanceId: "${instanceId}", regionId: "${regionId}") { progressPercent } }`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    })();
    await expect.poll(() => text).toMatch(/event: next/);
    const ending = gateway.end();
    // Cut off in the middle it would raise an error.
    await reading;
    expect(text).toMatch(/retry: 1000\n\n$/);
    expect(text).not.toMatch(/event: complete/);
    expect((await ending).code).toBe(0);
    expect(gateway.output()).not.toMatch(/unhandled|uncaught|unexpected/);
  });

  it('loses no request of clients that go on asking', { timeout: 120_000 }, async () => {
    sandbox.faults.add({ kind: 'latency', ms: 20, jitterMs: 60 });
    for (let round = 0; round < 3; round++) {
      if (round > 0) gateway = await startGatewayProcess({ UPSTREAM_ENDPOINT: sandbox.url });
      const clients = await underLoad(gateway.url, { headers, bodyOf });
      const ending = gateway.end();
      const { code, milliseconds } = await ending;
      const { answered, lost, refused } = await clients.stop();
      expect(lost).toEqual([]);
      expect(answered).toBeGreaterThan(200);
      // Whoever comes when it has ended is told so by its socket, having sent nothing.
      expect(refused).toBeGreaterThan(0);
      expect(code).toBe(0);
      expect(milliseconds).toBeLessThan(15_000);
    }
  });
});

/** Three kinds of clients: with kept connections, with one for each request, and through undici's pool. */
async function underLoad(
  url: string,
  { headers, bodyOf }: { headers: Record<string, string>; bodyOf(fields: string, index: number): string },
) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const pool = new Pool(url, { connections: 8 });
  let stopped = false;
  let answered = 0;
  let refused = 0;
  const lost: string[] = [];

  const byHttp = (body: string, options: object) =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${url}/graphql`, { method: 'POST', headers, ...options }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.complete ? (response.statusCode ?? 0) : -1));
        response.once('error', reject);
      });
      request.once('error', reject);
      request.end(body);
    });
  const byPool = async (body: string) => {
    const response = await pool.request({ path: '/graphql', method: 'POST', headers, body });
    await response.body.dump();
    return response.statusCode;
  };
  const ways = [
    (body: string) => byHttp(body, { agent }),
    (body: string) => byHttp(body, { agent: false }),
    (body: string) => byPool(body),
  ];
  const client = async (index: number) => {
    for (let count = 0; !stopped; count++) {
      try {
        const way = ways[index % ways.length] as (body: string) => Promise<number>;
        const status = await way(
          bodyOf(`name clusterBackups(first: ${1 + (count % 50)}) { nodes { status } }`, index % 8),
        );
        if (status === 200) answered += 1;
        else lost.push(`status ${status}`);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ECONNREFUSED') {
          refused += 1;
          await pause(20);
        } else lost.push(`${ways.indexOf(ways[index % ways.length] as never)} ${code}: ${message}`);
      }
    }
  };
  const clients = Array.from({ length: 24 }, (_, index) => client(index));
  await expect.poll(() => answered).toBeGreaterThan(200);
  return {
    async stop() {
      stopped = true;
      await Promise.all(clients);
      agent.destroy();
      await pool.destroy();
      return { answered, lost, refused };
    },
  };
}
