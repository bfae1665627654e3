import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BothDecoders,
  expectBadRequest,
  expectFieldError,
  expectNothingInternal,
  expectRefusal,
  runBothDecoders,
} from './both-decoders.ts';
import { exchange, request } from './raw-http.ts';

const TYPENAME = JSON.stringify({ query: '{ __typename }' });
const ANSWER = '{"data":{"__typename":"Query"}}';

describe('bodies', () => {
  let both: BothDecoders;
  beforeAll(async () => {
    both = await runBothDecoders();
  });
  afterAll(() => both[Symbol.asyncDispose]());

  it('that are a list of 1,000 operations are refused', async () => {
    const answers = await both.send({ body: `[${Array(1_000).fill(TYPENAME).join(',')}]` });
    expectBadRequest(answers, 400, /one operation a request/);
    expectBadRequest(await both.send({ body: `[${TYPENAME}]` }), 400);
  });

  it.each([
    ['just over 100 kB', 100_001],
    ['of 2 MB', 2_000_000],
    ['of 26 MB', 26_000_000],
  ])('%s are answered 413 with the limit and the size, however much is still on its way', async (_, length) => {
    const answers = await both.send({ body: Buffer.alloc(length, ' ') });
    expectBadRequest(answers, 413);
    expect(answers.strict.body.errors[0].extensions).toEqual({
      code: 'DOCUMENT_LIMIT_EXCEEDED',
      limitName: 'bodyBytes',
      limit: 100_000,
      value: length,
    });
  });

  it('that never say how long they are are answered 413 once they are too long', async () => {
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' };
    const bytes = Buffer.concat([request('POST', '/graphql', headers), Buffer.from(chunk.repeat(20))]);
    const { status, text } = await exchange(both.lean.url, bytes);
    expect(status).toBe(413);
    expect(JSON.parse(text).errors[0].extensions).toMatchObject({ limit: 100_000 });
  });

  it('of 100,000 bytes are read', async () => {
    const answers = await both.send({ body: TYPENAME.padEnd(100_000) });
    expect(answers.strict.text).toBe(ANSWER);
  });

  it('with a text of 900 kB in a variable are too large, and one of 90 kB is wrong for its field, at no call', async () => {
    const query = 'query ($id: String!) { instance(instanceId: $id, regionId: "cn-hangzhou") { name } }';
    const large = await both.ask(query, { id: 'r'.repeat(900_000) });
    expectBadRequest(large, 413);
    const small = await both.ask(query, { id: 'r'.repeat(90_000) });
    expectFieldError(small, ['instance'], 'BAD_USER_INPUT');
    expect(small.strict.text.length).toBeLessThan(500);
    expect(large.calls + small.calls).toBe(0);
  });

  it('with 50,000 levels of JSON in variables are read or refused, as the variable is', async () => {
    const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
    const { strict } = await both.send({ body: `{"query":"{ __typename }","variables":{"unused":${deep}}}` });
    expect(strict.text).toBe(ANSWER);
    const query = 'query ($f: InstanceFilter) { instances(regionId: \\"cn-hangzhou\\", filter: $f) { totalCount } }';
    expectRefusal(await both.send({ body: `{"query":"${query}","variables":{"f":${deep}}}` }), 'BAD_USER_INPUT');
    const anything = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const object = `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`;
    const answers = await both.send({ body: `{"query":"${anything}","variables":{"r":[${object}]}}` });
    expectFieldError(answers, ['_entities', 0], 'BAD_USER_INPUT');
  });

  it('with a long list in variables are refused, however deep it hides', async () => {
    const hidden = { a: [[{ b: Array(101).fill(0) }]] };
    const answers = await both.ask('{ __typename }', hidden);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'listItems', limit: 100, value: 101 });
  });

  it.each([
    ['text/plain', 415],
    ['application/graphql', 415],
    ['application/json; charset=utf-16', 415],
    ['application/x-www-form-urlencoded', 403],
    ['multipart/form-data; boundary=x', 403],
    [undefined, 415],
  ])('of type %s are refused with %s: another site could send most of them', async (type, status) => {
    const headers = { 'content-type': type, origin: 'https://evil.example' };
    const answers = await both.send({ headers, body: type?.includes('form') ? 'query=%7B__typename%7D' : TYPENAME });
    expectBadRequest(answers, status, /Content-Type/);
    expect(answers.strict.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('of type application/json in UTF-8 are taken however that is written', async () => {
    for (const type of [
      'application/json;charset=UTF-8',
      'Application/JSON; charset="utf-8"',
      'application/json; x=y',
    ]) {
      const { strict } = await both.send({ headers: { 'content-type': type }, body: TYPENAME });
      expect(strict.text).toBe(ANSWER);
    }
  });

  it.each([
    ['nothing at all', ''],
    ['JSON that breaks off', '{"query": "{ __typename }"'],
    ['words', 'query'],
    ['null', 'null'],
    ['a number', '1'],
    ['a query that is a list', '{"query": ["{ __typename }"]}'],
    ['an operation name that is an object', '{"query": "{ __typename }", "operationName": {}}'],
    ['variables that are a text', '{"query": "{ __typename }", "variables": "{}"}'],
    ['variables that are a list', '{"query": "{ __typename }", "variables": []}'],
    ['extensions that are a number', '{"query": "{ __typename }", "extensions": 1}'],
    ['a member that is unknown', '{"query": "{ __typename }", "queries": 1}'],
    ['a member named __proto__', '{"query": "{ __typename }", "__proto__": {"x": 1}}'],
  ])('with %s are answered 400 in words of our own', async (_, body) => {
    const answers = await both.send({ body });
    expectBadRequest(answers, 400);
    expect(answers.strict.body.errors[0].message).not.toContain('__typename }');
  });

  it('without a document are refused as GraphQL requests', async () => {
    for (const body of ['{}', '{"query": ""}', '{"query": null}'])
      expectRefusal(await both.send({ body }), 'BAD_USER_INPUT');
  });

  it.each([
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('{"query":"{ __typename }","operationName":"'),
        Buffer.from([0xff, 0xfe, 0x22, 0x7d]),
      ]),
    ],
    ['an overlong encoding', Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    [
      'a surrogate encoded as UTF-8',
      Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
    ['a byte order mark', Buffer.from(`\ufeff${TYPENAME}`)],
    ['UTF-16', Buffer.from(TYPENAME, 'utf16le')],
  ])('with %s are answered 400, nothing being replaced or guessed', async (_, body) => {
    expectBadRequest(await both.send({ body }), 400, /not (UTF-8|JSON)/);
  });

  it('with a member twice mean the last of them, as JSON.parse has it', async () => {
    const { strict } = await both.send({ body: '{"query": "{ viewer { subject } }", "query": "{ __typename }"}' });
    expect(strict.text).toBe(ANSWER);
    const variables = await both.send({
      body: '{"query": "query ($a: String!) { instance(instanceId: $a, regionId: \\"cn-hangzhou\\") { instanceId } }", "variables": {"a": "..", "a": "r-1"}}',
    });
    expect(variables.strict.body.data.instance.instanceId).toBe('r-1');
  });

  it('with variables named like parts of the prototype pollute nothing', async () => {
    const { strict } = await both.send({
      body: '{"query": "{ __typename }", "variables": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}',
    });
    expect(strict.text).toBe(ANSWER);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const query =
      'query ($__proto__: InstanceFilter) { instances(regionId: "cn-hangzhou", filter: $__proto__) { totalCount } }';
    const filter = await both.send({
      body: `{"query": ${JSON.stringify(query)}, "variables": {"__proto__": {"polluted": 1}}}`,
    });
    expectRefusal(filter, 'BAD_USER_INPUT');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('that are compressed are refused unread', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    for (const coding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'none']) {
      expectBadRequest(
        await both.send({ headers: { 'content-encoding': coding }, body: bomb }),
        415,
        /Content-Encoding/,
      );
    }
    const { strict } = await both.send({ headers: { 'content-encoding': 'identity' }, body: TYPENAME });
    expect(strict.text).toBe(ANSWER);
  });

  it.each([
    '',
    ...['image/png', 'text/html', 'application/xml;q=0.9', 'application/json;q=0', '__proto__', 'constructor'],
  ])('for a client that accepts only "%s" are answered 406, or JSON where nothing is said', async (accept) => {
    const { strict } = await both.send({ headers: { accept: accept === '' ? undefined : accept }, body: TYPENAME });
    expect(strict.status).toBe(accept === '' ? 200 : 406);
    expect(strict.headers['content-type']).toBe('application/json; charset=utf-8');
    expectNothingInternal(strict.text);
  });
});

describe('query strings', () => {
  let both: BothDecoders;
  beforeAll(async () => {
    both = await runBothDecoders();
  });
  afterAll(() => both[Symbol.asyncDispose]());
  const get = (target: string, headers = {}) => both.send({ method: 'GET', target: `/graphql${target}`, headers });

  it('are refused without a header that other sites cannot send, pages that a browser asks for included', async () => {
    const none = { authorization: undefined };
    const plain = await get('?query=%7B__typename%7D', { ...none, origin: 'https://evil.example' });
    expectBadRequest(plain, 403, /header that other sites cannot send/);
    for (const header of ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'x-requested-with']) {
      const { strict } = await get('?query=%7B__typename%7D', { ...none, [header]: '1' });
      expect(strict.text).toBe(ANSWER);
    }
  });

  it('mean what a body with the same would', async () => {
    const query = encodeURIComponent(
      'query A($a: Boolean!) { __typename @skip(if: $a) } query B { viewer { subject } }',
    );
    const variables = encodeURIComponent('{"a": false}');
    const { strict } = await get(`?query=${query}&operationName=A&variables=${variables}&utm_source=x`);
    expect(strict.text).toBe(ANSWER);
    expectRefusal(await get(`?query=${query}&operationName=C`), 'BAD_USER_INPUT');
    expectRefusal(await get('?query='), 'BAD_USER_INPUT');
    expectRefusal(await get(''), 'BAD_USER_INPUT');
    expectRefusal(await get('?query=%7B+viewer+%7D'), 'GRAPHQL_VALIDATION_FAILED');
    const hash = encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } }));
    expectRefusal(await get(`?extensions=${hash}`), 'PERSISTED_QUERY_NOT_FOUND');
    expectRefusal(await get(`?documentId=${'a'.repeat(64)}`), 'PERSISTED_QUERY_NOT_FOUND');
  });

  it.each([
    '?query=%E0%A4%A',
    '?query=%7B__typename%7D&variables=%7B',
    '?query=%7B__typename%7D&variables=%5B%5D',
    '?query=%7B__typename%7D&extensions=1',
    '?query=%7B__typename%7D&query=%7B__typename%7D',
    '?query=%FF%FE',
  ])('like %s are answered 400 in words of our own', async (target) => {
    expectBadRequest(await get(target), 400);
  });
});
