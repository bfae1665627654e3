import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfiguration } from '../../../gateway/configuration/configuration.ts';
import { limitVariables } from '../../../gateway/configuration/limits.ts';
import { encodeGlobalId } from '../../../resolvers/global-id.ts';
import { document, tableOf } from '../../docs/markdown.ts';
import { subscribe } from '../../end-to-end/event-stream.ts';
import { type RunningGateway, runGateway } from '../../end-to-end/running-gateway.ts';
import { exchange, request } from '../../hostile/raw-http.ts';

/** Cells of the rows of a table of the page, without the backticks, by its first header. */
const rowsOf = (firstHeader: string) =>
  tableOf(document('docs/limits.md'), firstHeader).map((cells) => cells.map((cell) => cell.replaceAll('`', '')));

interface Row {
  variable: string;
  default: string;
  status: string;
  code: string;
  limitName: string;
}
const rows = rowsOf('variable').map(([variable, byDefault, , status, code, limitName]) => ({
  variable,
  default: byDefault,
  status,
  code,
  limitName,
})) as Row[];

interface Refusal {
  status: number;
  extensions: Record<string, unknown>;
}

const PLACE = 'instanceId: "r-bp1", regionId: "cn-hangzhou"';
const JSON_TYPE = { 'content-type': 'application/json' };

async function ofQuery({ ask }: RunningGateway, query: string, variables?: Record<string, unknown>): Promise<Refusal> {
  const { status, body } = await ask(query, variables === undefined ? {} : { variables });
  return { status, extensions: body.errors[0].extensions };
}

async function ofBytes({ url }: RunningGateway, bytes: string | Buffer): Promise<Refusal> {
  const { status, text } = await exchange(url, bytes);
  return { status, extensions: JSON.parse(text).errors[0].extensions };
}

const inventedIds = Array.from({ length: 30 }, (_, index) =>
  encodeGlobalId({
    type: 'Instance',
    accountId: '1234567890123456',
    regionId: 'cn-hangzhou',
    instanceId: `r-x${index}`,
  }),
);

/** For each variable a small limit, and something that is over it. */
const overLimit: Record<string, [limit: number, provoke: (running: RunningGateway) => Promise<Refusal>]> = {
  MAX_BODY_BYTES: [1_000, (running) => ofQuery(running, `{ __typename #${'x'.repeat(1_000)}\n}`)],
  MAX_DOCUMENT_TOKENS: [
    10,
    (running) => ofQuery(running, '{ viewer { subject groups __typename } __typename a: __typename }'),
  ],
  MAX_NESTING: [3, (running) => ofQuery(running, '{ nodes(ids: [["x"]]) { id } }')],
  MAX_DEPTH: [2, (running) => ofQuery(running, `{ instance(${PLACE}) { clusterBackups { totalCount } } }`)],
  MAX_INTROSPECTION_DEPTH: [2, (running) => ofQuery(running, '{ __schema { types { name } } }')],
  MAX_ALIASES: [2, (running) => ofQuery(running, '{ a: __typename b: __typename c: __typename }')],
  MAX_DIRECTIVES: [
    1,
    (running) => ofQuery(running, '{ a: __typename @skip(if: false) b: __typename @skip(if: true) }'),
  ],
  MAX_ROOT_FIELDS: [2, (running) => ofQuery(running, '{ __typename __typename __typename }')],
  MAX_FIELDS: [3, (running) => ofQuery(running, '{ ...F ...F } fragment F on Query { viewer { subject } }')],
  MAX_LIST_ITEMS: [2, (running) => ofQuery(running, '{ __typename }', { a: [1, 2, 3] })],
  MAX_SUBSCRIPTIONS: [1, atOnceOneSubscription],
  MAX_UPSTREAM_CALLS: [1, (running) => ofQuery(running, `{ regions { regionId } instance(${PLACE}) { name } }`)],
  MAX_ANSWER_FIELDS: [
    1_000,
    (running) =>
      ofQuery(
        running,
        '{ instances(regionId: "cn-hangzhou") { nodes { id } } nodes(ids: ["a", "b", "c", "d", "e", "f"]) { id } }',
      ),
  ],
  MAX_ANSWER_ERRORS: [
    100,
    (running) =>
      ofQuery(running, 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Instance { name status zoneId vpcId } } }', {
        ids: inventedIds,
      }),
  ],
  REQUESTS_PER_MINUTE: [1, (running) => running.ask('{ __typename }').then(() => ofQuery(running, '{ __typename }'))],
  MAX_HEADER_BYTES: [1_024, (running) => ofBytes(running, request('GET', '/health', { x: 'x'.repeat(2_000) }))],
  MAX_HEADERS: [10, (running) => ofBytes(running, `GET /health HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(10)}\r\n`)],
  HEADERS_TIMEOUT_MS: [100, (running) => ofBytes(running, 'GET /health HTTP/1.1\r\n')],
  RECEIVE_TIMEOUT_MS: [
    200,
    (running) => ofBytes(running, request('POST', '/graphql', { ...JSON_TYPE, 'content-length': '9' })),
  ],
};

async function atOnceOneSubscription(running: RunningGateway): Promise<Refusal> {
  const { instanceId } = running.sandbox.demo;
  const query = `subscription { clusterBackupProgress(instanceId: "${instanceId}", regionId: "cn-hangzhou") { id } }`;
  const token = running.gateway.principals[0]?.token as string;
  const stream = await subscribe(running.url, token, query);
  await expect.poll(() => stream.results.length).toBeGreaterThan(0);
  try {
    const headers = {
      ...JSON_TYPE,
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    };
    const second = await fetch(`${running.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const [, event = ''] = /data: (.*)/.exec(await second.text()) ?? [];
    // An event stream has begun by the time that its operation is looked at: the refusal is its one event.
    return { status: 400, extensions: JSON.parse(event).errors[0].extensions };
  } finally {
    await stream[Symbol.asyncDispose]();
  }
}

describe('the page about limits', () => {
  it('lists every variable with the default that it has', () => {
    const defaults = z.object(limitVariables).parse({});
    const listed = Object.fromEntries(rows.map((row) => [row.variable, row.default]));
    const { maxUpstreamCalls } = readConfiguration({});
    expect(listed).toEqual({
      ...Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, String(value)])),
      MAX_UPSTREAM_CALLS: String(maxUpstreamCalls),
      REQUESTS_PER_MINUTE: 'off',
    });
    expect(readConfiguration({}).requestsPerMinute).toBeUndefined();
  });

  it.each(rows.filter(({ status }) => status !== 'closed'))(
    'says how a request over $variable is refused',
    async (row) => {
      const [limit, provoke] = overLimit[row.variable] ?? expect.fail('nothing is known to be over it');
      await using running = await runGateway({ [row.variable]: String(limit) });
      const { status, extensions } = await provoke(running);
      expect(status).toBe(Number(row.status));
      expect(extensions).toMatchObject({ code: row.code, limit });
      expect(extensions.limitName ?? '').toBe(row.limitName);
      const value = extensions.value ?? extensions.cost;
      // Of what broke off nobody knows how long it would have been.
      if (!/^(headerBytes|.*TimeoutMs)$/.test(row.limitName)) expect(value).toBeGreaterThan(limit);
    },
  );

  it('says which connections are closed', async () => {
    expect(rows.filter(({ status }) => status === 'closed').map(({ variable }) => variable)).toEqual([
      'IDLE_TIMEOUT_MS',
      'MAX_CONNECTIONS',
    ]);
    await using running = await runGateway({ MAX_CONNECTIONS: '10' });
    const { hostname, port } = new URL(running.url);
    const sockets = Array.from({ length: 11 }, () => connect(Number(port), hostname).on('error', () => {}));
    await expect.poll(() => sockets.filter((socket) => socket.closed || socket.readableEnded).length).toBe(1);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await running.ask('{ __typename }').catch(() => ({ status: 0 }))).status).toBe(200);
  });
});

describe('limits without a variable', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway({ MAX_LIST_ITEMS: '1000' });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const page300 = (count: number) => {
    const { instanceId } = running.sandbox.demo;
    return `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { clusterBackups(first: ${count}) { nodes { status } } } }`;
  };
  const filtered = (filter: string) => `{ instances(regionId: "cn-hangzhou", filter: { ${filter} }) { totalCount } }`;
  const list = (count: number, item: string) => `[${Array(count).fill(item).join(', ')}]`;
  /** For each row a query with so many of it, and what is said of one too many. */
  const withSoMany: Record<string, [query: (count: number) => string, said: RegExp]> = {
    'first, last': [page300, /first: expected 0 to 300/],
    'nodes(ids:)': [
      (count) => `{ nodes(ids: ${list(count, JSON.stringify(inventedIds[0]))}) { id } }`,
      /ids: expected at most 100/,
    ],
    'filter.instanceIds': [
      (count) => filtered(`instanceIds: ${list(count, '"r-bp1"')}`),
      /instanceIds: expected at most 30/,
    ],
    'filter.tags': [(count) => filtered(`tags: ${list(count, '{ key: "a" }')}`), /tags: expected at most 5/],
    'texts of a filter': [(count) => filtered(`search: "${'x'.repeat(count)}"`), /search: expected at most 128/],
    'an account id': [
      (count) => `{ instance(accountId: "${'1'.repeat(count)}", ${PLACE}) { id } }`,
      /accountId: expected an account id/,
    ],
    'a region id': [
      (count) => `{ instance(instanceId: "r-1", regionId: "cn-${'x'.repeat(count - 3)}") { id } }`,
      /regionId: expected a region id/,
    ],
    'an instance id': [
      (count) => `{ instance(instanceId: "${`aaaaaaaa-${'1'.repeat(count - 9)}`}", regionId: "cn-hangzhou") { id } }`,
      /instanceId: expected an instance id/,
    ],
  };

  it('are all known here', () => {
    expect(rowsOf('of').map(([name]) => name)).toEqual(Object.keys(withSoMany));
  });

  it.each(rowsOf('of'))('are what the page says: of %s at most %s', async (name, most) => {
    const [query, said] = withSoMany[name as string] ?? expect.fail('nothing is known of it');
    const calls = await running.callsOf(async () => {
      const { status, body } = await running.ask(query(Number(most) + 1));
      expect(status).toBe(200);
      expect(body.errors[0]).toMatchObject({
        message: expect.stringMatching(said),
        extensions: { code: 'BAD_USER_INPUT' },
      });
    });
    expect(calls).toBe(0);
    const { body } = await running.ask(query(Number(most)));
    for (const { message } of body.errors ?? []) expect(message).not.toMatch(said);
  });
});
