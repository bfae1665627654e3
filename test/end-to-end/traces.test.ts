import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-sse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { REDIS_SERVER, startRedis } from '../upstream/chain/redis-server.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traces', () => {
  let receiver: OtlpReceiver;
  let running: RunningGateway;
  let place: string;
  beforeEach(async () => {
    receiver = await startOtlpReceiver();
    running = await traced({});
  });
  afterEach(async () => {
    await running[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  async function traced(environment: Record<string, string>, configuration: Record<string, string> = {}) {
    const started = await runGateway(configuration, {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '50', ...environment },
    });
    const { instanceId, regionId } = started.sandbox.demo;
    place = `instanceId: "${instanceId}", regionId: "${regionId}"`;
    return started;
  }
  const restart = async (environment: Record<string, string>, configuration?: Record<string, string>) => {
    await running[Symbol.asyncDispose]();
    receiver.spans.length = 0;
    running = await traced(environment, configuration);
  };
  const span = async (name: string | RegExp): Promise<ReceivedSpan> => {
    const matches = (one: ReceivedSpan) => (typeof name === 'string' ? one.name === name : name.test(one.name));
    await expect.poll(() => receiver.spans.filter(matches).length, { message: String(name) }).toBeGreaterThan(0);
    return receiver.spans.find(matches) as ReceivedSpan;
  };

  it('has a span for the operation, each loader batch and each upstream call, one below the other', async () => {
    const query = `query Backups { instance(${place}) { name clusterBackups(first: 2) { nodes { status } } } }`;
    const answer = await running.ask(query, { headers: { 'x-request-id': 'my-request' } });
    expect(answer.body.errors).toBeUndefined();
    const operation = await span('query Backups');
    const batch = await span('load clusterBackups');
    const attributes = await span('load instance');
    const list = await span('DescribeClusterBackupList');
    const instances = await span('DescribeInstances');
    expect(operation.parentSpanId).toBeUndefined();
    expect(batch.parentSpanId).toBe(operation.spanId);
    expect(attributes.parentSpanId).toBe(operation.spanId);
    expect(list.parentSpanId).toBe(batch.spanId);
    expect(instances.parentSpanId).toBe(attributes.spanId);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
    for (const one of receiver.spans) expect(one.end).toBeGreaterThanOrEqual(one.start);
    expect(operation.attributes).toMatchObject({
      'graphql.operation.name': 'Backups',
      'graphql.operation.type': 'query',
      'request.id': 'my-request',
      'request.outcome': 'ok',
      'enduser.id': 'alice',
      'upstream.calls.made': 2,
    });
    expect(list.attributes).toMatchObject({
      'rpc.method': 'DescribeClusterBackupList',
      'cloud.region': 'cn-hangzhou',
      'upstream.code': 'OK',
    });
    expect(batch.attributes).toMatchObject({ 'loader.keys': 1 });
    expect(receiver.resource).toMatchObject({ 'service.name': 'kvstore-gateway' });
    const line = running.output.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ requestId: 'my-request', traceId: operation.traceId });
  });

  it("continues the caller's trace, and begins its own where traceparent is malformed", async () => {
    const query = 'query Who { viewer { subject } }';
    const { headers } = await running.ask(query, { headers: { traceparent: CALLER } });
    expect(headers.get('x-request-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const operation = await span('query Who');
    expect(operation).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
    });
    receiver.spans.length = 0;
    await running.ask(query, { headers: { traceparent: CALLER.replace('4bf9', 'zzzz') } });
    expect((await span('query Who')).parentSpanId).toBeUndefined();
  });

  it('leaves out what its caller does not sample', async () => {
    await running.ask('query Unsampled { viewer { subject } }', {
      headers: { traceparent: CALLER.replace(/01$/, '00') },
    });
    await running.ask('query Sampled { viewer { subject } }', { headers: { traceparent: CALLER } });
    await span('query Sampled');
    expect(receiver.spans.map(({ name }) => name)).toEqual(['query Sampled']);
  });

  it('marks upstream failures, one span for each attempt', async () => {
    running.sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable', times: 2 });
    await running.ask(`query Retried { instance(${place}) { name } }`);
    const operation = await span('query Retried');
    const calls = receiver.spans.filter(({ name }) => name === 'DescribeInstances');
    expect(calls.map(({ attributes, status }) => [attributes['upstream.code'], status]).sort()).toEqual([
      ['OK', 0],
      ['ServiceUnavailable', 2],
      ['ServiceUnavailable', 2],
    ]);
    expect(new Set(calls.map(({ traceId }) => traceId))).toEqual(new Set([operation.traceId]));
  });

  it('keeps the spans of simultaneous operations apart', async () => {
    running.sandbox.faults.add({ kind: 'latency', ms: 50 });
    const queries = Array.from({ length: 8 }, (_, index) => {
      const { instanceId, regionId } = running.sandbox.instanceAt(index);
      return `query Number${index} { instance(instanceId: "${instanceId}", regionId: "${regionId}") { name clusterBackups { nodes { status } } } }`;
    });
    await Promise.all(queries.map((query) => running.ask(query)));
    for (const [index] of queries.entries()) await span(`query Number${index}`);
    await expect.poll(() => receiver.spans.filter(({ name }) => name.startsWith('Describe')).length).toBe(16);
    for (const [index] of queries.entries()) {
      const { traceId } = await span(`query Number${index}`);
      const own = receiver.spans.filter((one) => one.traceId === traceId).map(({ name }) => name);
      expect(own.sort()).toEqual(
        [
          'DescribeClusterBackupList',
          'DescribeInstances',
          'load clusterBackups',
          'load instance',
          `query Number${index}`,
        ].sort(),
      );
    }
  });

  it('has a span for a subscription, with its polls below it', async () => {
    const token = JSON.parse(await (await fetch(`${running.url}/demo-principals.json`)).text())[0].token;
    const client = createClient({ url: `${running.url}/graphql`, headers: { authorization: `Bearer ${token}` } });
    const query = `subscription Progress { clusterBackupProgress(${place}) { progressPercent } }`;
    for await (const _ of client.iterate({ query })) break;
    client.dispose();
    const operation = await span('subscription Progress');
    expect((await span('DescribeClusterBackupList')).traceId).toBe(operation.traceId);
  });

  it.skipIf(!REDIS_SERVER)('has a span for each Redis call of an operation, without its arguments', async () => {
    await using redis = await startRedis();
    await restart({}, { REDIS_URL: redis.url });
    await running.ask(`query Shared { instance(${place}) { name } }`);
    const operation = await span('query Shared');
    const spans = () => receiver.spans.filter(({ name }) => name.startsWith('redis '));
    await expect.poll(() => spans().map(({ name }) => name)).toContain('redis SET');
    expect(spans().map(({ name }) => name)).toEqual(expect.arrayContaining(['redis MGET', 'redis EVAL']));
    for (const { traceId, attributes } of spans()) {
      expect(traceId).toBe(operation.traceId);
      expect(Object.keys(attributes).sort()).toEqual(['db.operation.name', 'db.system.name']);
    }
  });

  it('sends what is left when it ends', async () => {
    await restart({ OTEL_BSP_SCHEDULE_DELAY: '60000' });
    await running.ask('query Last { viewer { subject } }');
    await running.gateway.close();
    expect(receiver.spans.map(({ name }) => name)).toContain('query Last');
  });

  it('keeps to the sampler that OTEL_TRACES_SAMPLER names', async () => {
    await restart({ OTEL_TRACES_SAMPLER: 'always_off' });
    await running.ask('query Off { viewer { subject } }');
    await running.gateway.close();
    expect(receiver.spans).toEqual([]);
  });

  it('answers all the same when the receiver is away, slow or refuses, and says so', async () => {
    const refusing = createServer((_request, response) => void response.writeHead(403).end('secret details'));
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    await restart({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect((await running.ask('{ viewer { subject } }')).status).toBe(200);
    await expect.poll(() => running.output.join('')).toMatch(/traces: not sent/);
    refusing.close();
  });
});

describe('without traces', () => {
  it.each([
    ['no endpoint', {}],
    ['OTEL_SDK_DISABLED', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
    ['OTEL_TRACES_EXPORTER=none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' }],
  ])('nothing that makes or sends spans is loaded (%s)', async (_, environment) => {
    expect(await loaded(environment as Record<string, string>)).toEqual([]);
  });

  it('it is loaded where there is an endpoint, so that the test above can fail', async () => {
    expect((await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).length).toBeGreaterThan(0);
  });
});

/** Modules of OpenTelemetry that a process has loaded once it has answered. */
async function loaded(environment: Record<string, string>): Promise<string[]> {
  await using sandbox = await startSandbox();
  const environmentOfAll = { ...environment, UPSTREAM_ENDPOINT: sandbox.url };
  await using gateway = await startGatewayProcess(environmentOfAll, {
    nodeArguments: ['--import', SAYS_WHAT_IT_LOADS],
  });
  await fetch(`${gateway.url}/graphql?query={__typename}`, { headers: { 'x-requested-with': 'test' } });
  // The metrics' library loads the interfaces of OpenTelemetry, and uses them only for exemplars.
  return [...gateway.output().matchAll(/^loads \S*@opentelemetry\/(?!api\/).*$/gm)].map(([line]) => line);
}

const SAYS_WHAT_IT_LOADS = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      process.stderr.write('loads ' + url + '\\n');
      return next(url, context);
    },
  });
`)}`;
