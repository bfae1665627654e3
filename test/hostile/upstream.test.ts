import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../sandbox/faults.ts';
import { type Answer, type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { expectNothingInternal } from './both-decoders.ts';

const gateways: RunningGateway[] = [];
afterEach(async () => {
  for (const running of gateways.splice(0)) await running[Symbol.asyncDispose]();
});

async function start(environment: Record<string, string> = {}): Promise<RunningGateway> {
  const running = await runGateway(environment);
  gateways.push(running);
  return running;
}

async function read({ ask, sandbox }: RunningGateway, instance = 0): Promise<Answer> {
  const { instanceId, regionId } = sandbox.instanceAt(instance);
  return ask(
    `{ viewer { subject } instance(instanceId: "${instanceId}", regionId: "${regionId}") { id clusterBackups(first: 5) { nodes { id shardBackups { nodes { downloadUrl } } } } } }`,
  );
}

/** One field is null with the code; its siblings stand, HTTP is 200, and nothing of the upstream is said but its code and request id. */
function expectCode(running: RunningGateway, { status, body }: Answer, code: string): void {
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ viewer: { subject: 'alice' }, instance: { clusterBackups: null } });
  expect(body.errors).toHaveLength(1);
  const [{ path, extensions }] = body.errors;
  expect(path).toEqual(['instance', 'clusterBackups']);
  expect(extensions).toMatchObject({ code, retryable: expect.any(Boolean) });
  expect(Object.keys(extensions.upstream)).toEqual(['code', 'requestId', 'httpStatus']);
  const text = JSON.stringify(body);
  expectNothingInternal(text);
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|169\.254|Bad Gateway|x{20}|https?:/);
  const log = running.output.join('');
  expect(log).not.toMatch(/unexpected error|sandbox-secret|Signature=|eyJ/);
}

describe('an upstream that answers with', () => {
  it.each<[string, FaultRequest, string, number]>([
    ['Throttling.User', { kind: 'error', code: 'Throttling.User' }, 'RATE_LIMITED', 3],
    [
      'Throttling.Api and a long wait',
      { kind: 'error', code: 'Throttling.Api', retryAfterMs: 60_000 },
      'RATE_LIMITED',
      1,
    ],
    ['a fault of its own', { kind: 'error', code: 'InternalError' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['a refusal of our rights', { kind: 'error', code: 'Forbidden.RAM' }, 'UPSTREAM_ERROR', 1],
    ['a code that nobody knows', { kind: 'error', code: 'Weird.Code' }, 'UPSTREAM_ERROR', 1],
    ['an error under status 200', { kind: 'code-in-200', code: 'ServiceUnavailable' }, 'UPSTREAM_UNAVAILABLE', 3],
    ["a proxy's page", { kind: 'html', status: 502 }, 'UPSTREAM_UNAVAILABLE', 3],
    ["a proxy's page under status 200", { kind: 'html', status: 200 }, 'UPSTREAM_UNAVAILABLE', 3],
    ['half of its JSON', { kind: 'truncated' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['20 MB', { kind: 'huge', bytes: 20_000_000 }, 'UPSTREAM_ERROR', 1],
    ['a gzip bomb of 200 MB', { kind: 'huge', bytes: 200_000_000, gzip: true }, 'UPSTREAM_ERROR', 1],
    [
      'a redirect to the metadata service',
      { kind: 'redirect', location: 'http://169.254.169.254/latest' },
      'UPSTREAM_ERROR',
      1,
    ],
    ['a redirect to itself', { kind: 'redirect', location: '/' }, 'UPSTREAM_ERROR', 1],
    ['a reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['nothing', { kind: 'hang' }, 'UPSTREAM_TIMEOUT', 3],
    ['half of an answer and no more', { kind: 'hang', after: 'headers' }, 'UPSTREAM_TIMEOUT', 3],
    ['a byte now and then', { kind: 'drip', ms: 50, bytes: 1 }, 'UPSTREAM_TIMEOUT', 3],
    ['"nonce used", again and again', { kind: 'error', code: 'SignatureNonceUsed' }, 'UPSTREAM_ERROR', 3],
  ])('%s makes one field null with a code, after the attempts it is worth', async (_, fault, code, attempts) => {
    // What never comes to an end needs to be given up soon.
    const endless = fault.kind === 'hang' || fault.kind === 'drip';
    const running = await start(endless ? { UPSTREAM_TIMEOUT_MS: '300' } : {});
    running.sandbox.faults.add(fault);
    let calls = 0;
    const answer = await new Promise<Answer>((resolve, reject) => {
      running.callsOf(() => read(running).then(resolve, reject)).then((count) => (calls = count), reject);
    });
    expectCode(running, answer, code);
    await expect.poll(() => calls).toBe(attempts);
    if (code === 'RATE_LIMITED') expect(answer.body.errors[0].extensions.retryAfterSeconds).toBeGreaterThan(0);
    running.sandbox.faults.clear();
    const { body } = await read(running, 1);
    expect(body.data.viewer.subject).toBe('alice');
  });

  it('a clock that is ahead, or behind, is signed for again by that clock', async () => {
    for (const ms of [3_600_000, -3_600_000]) {
      const running = await start();
      running.sandbox.faults.add({ kind: 'clock-skew', ms });
      const { body } = await read(running);
      expect(body.errors).toBeUndefined();
      expect(await running.callsOf(() => read(running, 16))).toBe(1);
    }
  });

  it('a redirect is not followed: nobody else is asked', async () => {
    const asked: string[] = [];
    const elsewhere = await listen((request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    const running = await start();
    running.sandbox.faults.add({ kind: 'redirect', location: elsewhere.url });
    await read(running);
    expect(asked).toEqual([]);
    await elsewhere.close();
  });

  it('rows of shapes that it never had makes null what cannot be read, and nothing else', async () => {
    const running = await start();
    running.sandbox.rewrite = (action, body) => {
      if (action !== 'DescribeClusterBackupList') return body;
      const [first, second, third, ...others] = body.ClusterBackups as Record<string, unknown>[];
      const odd = [
        { ...first, ClusterBackupStatus: 'EXPLODED', ClusterBackupSize: '12', Progress: 'most' },
        { ...second, ClusterBackupSize: '-5', Backups: undefined, IsAvail: 'perhaps', __proto__: { a: 1 } },
        { ...third, ClusterBackupStartTime: 'soon', Surprise: { deep: [1] } },
      ];
      return { ...body, ClusterBackups: [...odd, ...others] };
    };
    const { instanceId, shardCount } = running.sandbox.demo;
    const { status, body } = await running.ask(
      `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { clusterBackups(first: 3) { nodes { status startTime sizeBytes isAvailable progressPercent shardBackups { nodes { backupId } } } } } }`,
    );
    expect(status).toBe(200);
    expectNothingInternal(JSON.stringify(body));
    const { nodes } = body.data.instance.clusterBackups;
    expect(nodes).toMatchObject([
      { status: 'UNKNOWN', sizeBytes: 12, progressPercent: null, startTime: expect.any(String) },
      { status: 'OK', sizeBytes: null, isAvailable: null, shardBackups: { nodes: [] } },
      { status: 'OK', sizeBytes: expect.any(Number), startTime: null },
    ]);
    expect(nodes[2].shardBackups.nodes).toHaveLength(shardCount);
    const faults = body.errors.map(({ path, extensions }: { path: string[]; extensions: { code: string } }) => [
      ...path.slice(-2),
      extensions.code,
    ]);
    expect(faults).toEqual([
      [0, 'progressPercent', 'UPSTREAM_ERROR'],
      [1, 'sizeBytes', 'UPSTREAM_ERROR'],
      [1, 'isAvailable', 'UPSTREAM_ERROR'],
      [2, 'startTime', 'UPSTREAM_ERROR'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/EXPLODED|perhaps|soon|Surprise/);
    expect(running.output.join('')).not.toMatch(/unexpected error/);
  });

  it.each([
    ['nothing but spaces', ' '.repeat(1_000), 'UPSTREAM_UNAVAILABLE'],
    ['null', 'null', 'UPSTREAM_ERROR'],
    ['a list', '[]', 'UPSTREAM_ERROR'],
    ['lists in lists, 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'UPSTREAM_ERROR'],
    ['an object with a prototype', '{"__proto__":{"ClusterBackups":[]},"constructor":1}', 'UPSTREAM_ERROR'],
    ['lists where objects should be', '{"ClusterBackups":[[],[1],null,"x"]}', 'UPSTREAM_ERROR'],
  ])('%s makes one field null with a code', async (_, text, code) => {
    const upstream = await listen((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(text);
    });
    try {
      const running = await runGateway({ UPSTREAM_ENDPOINT: upstream.url });
      gateways.push(running);
      const answer = await running.ask(
        '{ viewer { subject } instance(instanceId: "r-bp1", regionId: "cn-hangzhou") { clusterBackups { nodes { id } } } }',
      );
      expectCode(running, answer, code);
    } finally {
      await upstream.close();
    }
  });
});

describe('a client that leaves', () => {
  it('takes its upstream call with it, unless somebody else waits for it too', async () => {
    const running = await start();
    running.sandbox.faults.add({ kind: 'latency', ms: 700 });
    const { instanceId } = running.sandbox.demo;
    const ask = (signal?: AbortSignal) =>
      fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${running.gateway.principals[0]?.token}`,
        },
        body: JSON.stringify({
          query: `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { clusterBackups(first: 5) { nodes { id } } } }`,
        }),
        ...(signal === undefined ? {} : { signal }),
      });
    const leaving = new AbortController();
    const [left, stayed] = [ask(leaving.signal), ask()];
    await expect.poll(() => running.sandbox.calls.count()).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    const { data } = (await (await stayed).json()) as { data: { instance: { clusterBackups: { nodes: unknown[] } } } };
    expect(data.instance.clusterBackups.nodes).toHaveLength(5);
    expect(running.sandbox.calls.count()).toBe(1);
    expect(running.output.join('')).not.toMatch(/unexpected error/);
  });
});

async function listen(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
