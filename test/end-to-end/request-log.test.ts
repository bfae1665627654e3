import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

describe('the log', () => {
  let running: RunningGateway;
  let place: string;
  beforeEach(async () => {
    running = await runGateway();
    const { instanceId, regionId } = running.sandbox.demo;
    place = `instanceId: "${instanceId}", regionId: "${regionId}"`;
  });
  afterEach(() => running[Symbol.asyncDispose]());

  const lines = (): Record<string, unknown>[] =>
    running.output.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line));
  const requests = () => lines().filter(({ msg }) => msg === 'request');
  /** The line of the one request that was sent. */
  const line = async () => {
    await expect.poll(() => requests().length).toBe(1);
    return requests()[0] as Record<string, unknown>;
  };

  it('has one line for a request: what, who, at what cost, and how it ended', async () => {
    const query = `query Name { instance(${place}) { name clusterBackups(first: 1) { nodes { status } } } }`;
    const { headers } = await running.ask(query);
    expect(await line()).toMatchObject({
      level: 'info',
      requestId: headers.get('x-request-id'),
      operationName: 'Name',
      operationType: 'query',
      documentHash: createHash('sha256').update(query).digest('hex'),
      subject: 'alice',
      status: 200,
      outcome: 'ok',
      durationMs: expect.any(Number),
      upstreamCalls: { estimated: 2, made: 2, cached: 0 },
    });
    await running.ask(query);
    await expect.poll(() => requests().length).toBe(2);
    expect(requests()[1]).toMatchObject({ upstreamCalls: { estimated: 2, made: 0, cached: 2 } });
  });

  it('says which codes a request was answered with, and that nobody asked', async () => {
    await running.ask(`{ a: instance(${place}) { name } b: regions { regionId } }`, { token: null });
    const found = await line();
    expect(found).toMatchObject({ outcome: 'partial', codes: { UNAUTHENTICATED: 2 } });
    expect(found).not.toHaveProperty('subject');
    expect(found).not.toHaveProperty('operationName');
  });

  it.each([
    ['a bad token', { headers: { authorization: 'Bearer a.b.c' } }, 401, 'UNAUTHENTICATED'],
    ['a document that does not parse', { body: '{"query":"{"}' }, 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'a body that is too large',
      { body: JSON.stringify({ query: ' '.repeat(200_000) }) },
      413,
      'DOCUMENT_LIMIT_EXCEEDED',
    ],
    ['a form', { headers: { 'content-type': 'multipart/form-data' } }, 403, 'BAD_USER_INPUT'],
    ['a method that is none', { method: 'DELETE' }, 405, 'BAD_USER_INPUT'],
  ] as [string, RequestInit, number, string][])('has a line for %s', async (_, init, status, code) => {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      body: init.method === undefined ? '{"query":"{ __typename }"}' : null,
      ...init,
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...init.headers },
    });
    await response.text();
    expect(response.status).toBe(status);
    expect(await line()).toMatchObject({ status, outcome: 'rejected', codes: { [code]: 1 } });
  });

  it('has a line for a client that left before it had its answer', async () => {
    running.sandbox.faults.add({ kind: 'latency', ms: 400 });
    const gone = new AbortController();
    const { token } =
      ((await (await fetch(`${running.url}/demo-principals.json`)).json()) as { token: string }[])[0] ?? {};
    const asked = fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: `query Left { instance(${place}) { name } }` }),
      signal: gone.signal,
    });
    await expect.poll(() => running.sandbox.calls.count()).toBe(1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    expect(await line()).toMatchObject({ operationName: 'Left', outcome: 'aborted', status: 0 });
  });

  it('has a line for GraphiQL and for GET, and none for health, readiness and metrics', async () => {
    for (const path of ['/health', '/ready', '/metrics', '/', '/nothing'])
      await (await fetch(running.url + path)).text();
    const headers = { 'x-requested-with': 'test' };
    await (await fetch(`${running.url}/graphql?query={__typename}`, { headers })).text();
    await (await fetch(`${running.url}/graphql`, { headers: { accept: 'text/html' } })).text();
    await expect.poll(() => requests().length).toBe(2);
    expect(requests()).toMatchObject([
      { outcome: 'ok', operationType: 'query' },
      { outcome: 'ok', status: 200 },
    ]);
  });

  it('is whole lines of JSON, whatever a client puts into names and ids', async () => {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': '"}{"level":"fatal' },
      body: JSON.stringify({ query: '{ viewer { subject } }', operationName: 'A\r\n{"level":"fatal"}\u001b[31m' }),
    });
    await response.text();
    expect(await line()).toMatchObject({ level: 'info', codes: { BAD_USER_INPUT: 1 } });
    expect(response.headers.get('x-request-id')).toMatch(/^[\w.-]+$/);
    expect(running.output.join('')).not.toContain('\u001b');
  });
});
