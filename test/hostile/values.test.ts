import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { type BothDecoders, expectFieldError, expectRefusal, runBothDecoders } from './both-decoders.ts';

const ACCOUNT = '1234567890123456';

describe('values', () => {
  let both: BothDecoders;
  beforeAll(async () => {
    both = await runBothDecoders();
  });
  afterAll(() => both[Symbol.asyncDispose]());

  const page = (args: string, variables?: unknown) => {
    const { instanceId } = both.lean.sandbox.demo;
    const declared = variables === undefined ? '' : 'query ($x: Int) ';
    return both.ask(
      `${declared}{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { clusterBackups(${args}) { nodes { id } } } }`,
      variables,
    );
  };

  it.each(['first: -1', 'last: -1', 'first: 301', 'last: 301', 'first: 1, last: 1', 'first: 1000000'])(
    'of a page like (%s) are wrong for the field, at no call',
    async (args) => {
      const answers = await page(args);
      expectFieldError(answers, ['instance', 'clusterBackups'], 'BAD_USER_INPUT');
      expect(answers.calls).toBe(0);
    },
  );

  it('that no Int can hold are refused with the whole request, written in the document or given as a variable: GraphQL checks them first', async () => {
    expectRefusal(await page('first: 2147483648'), 'GRAPHQL_VALIDATION_FAILED');
    for (const x of [2_147_483_648, 1e300, 1.5, '1', true, {}, [1, 2]]) {
      expectRefusal(await page('first: $x', { x }), 'BAD_USER_INPUT');
    }
  });

  it('of 0 are an empty page', async () => {
    const { strict } = await page('first: 0');
    expect(strict.body).toEqual({ data: { instance: { clusterBackups: { nodes: [] } } } });
  });

  it.each([
    ['NUL and CRLF', '"a\\r\\nX-Injected: 1\\u0000"'],
    ['a lone surrogate', '"\\ud800"'],
    ['10 kB', JSON.stringify('r'.repeat(10_000))],
    ['a path', '"../../etc/passwd"'],
    ['nothing', '""'],
    ['a number', '12345'],
  ])('with %s for an id are wrong for the field, at no call', async (_, json) => {
    const node = await both.send({
      body: `{"query":"query ($x: ID!) { node(id: $x) { id } }","variables":{"x":${json}}}`,
    });
    expectFieldError(node, ['node'], 'BAD_USER_INPUT');
    const instance = await both.send({
      body: `{"query":"query ($x: String!) { a: instance(instanceId: $x, regionId: \\"cn-hangzhou\\") { name } viewer { subject } }","variables":{"x":${json === '12345' ? '"12345"' : json}}}`,
    });
    expectFieldError(instance, ['a'], 'BAD_USER_INPUT');
    expect(instance.strict.body.data.viewer.subject).toBe('alice');
    expect(instance.strict.text.length).toBeLessThan(500);
    expect(node.calls + instance.calls).toBe(0);
  });

  it('of the wrong JSON type for an id make the request wrong: GraphQL checks them first', async () => {
    for (const json of ['1e400', '{}', '[]', 'true', '1.5', 'null']) {
      const answers = await both.send({
        body: `{"query":"query ($x: ID!) { node(id: $x) { id } }","variables":{"x":${json}}}`,
      });
      expectRefusal(answers, 'BAD_USER_INPUT');
    }
  });

  it.each([
    'evil.com#',
    '169.254.169.254',
    'cn-hangzhou.aliyuncs.com@x',
    'CN-HANGZHOU',
    'cn-hangzhou\u3002evil',
    'cn\uff0dhangzhou',
    'cn-hangzhou/../x',
    'cn-hangzhou:80',
    'localhost',
    'cn-evil',
  ])('like %j for a region never reach a URL: they are wrong for the field, at no call', async (regionId) => {
    const query = `query ($r: String!) {
      a: instance(instanceId: "r-bp1", regionId: $r) { name clusterBackups { totalCount } }
      b: instances(regionId: $r) { totalCount }
      c: clusterBackup(instanceId: "r-bp1", regionId: $r, clusterBackupId: "cb-1") { id }
      d: _entities(representations: [{ __typename: "Instance", accountId: "${ACCOUNT}", regionId: "cn-evil", instanceId: "r-bp1" }]) { ... on Instance { name } }
    }`;
    const { strict, calls } = await both.ask(query, { r: regionId });
    expect(strict.status).toBe(200);
    expect(strict.body.data).toEqual({ a: null, b: null, c: null, d: [null] });
    for (const { extensions } of strict.body.errors) expect(extensions.code).toBe('BAD_USER_INPUT');
    expect(calls).toBe(0);
    const id = encodeGlobalId({
      type: 'ClusterBackup',
      accountId: ACCOUNT,
      regionId,
      instanceId: 'r-bp1',
      clusterBackupId: 'cb-1',
      startTime: 0,
    });
    const node = await both.ask('query ($id: ID!) { node(id: $id) { id } }', { id });
    expectFieldError(node, ['node'], 'BAD_USER_INPUT');
    expect(node.calls).toBe(0);
  });

  it('of filters that are too long or too many are wrong for the field, at no call', async () => {
    for (const filter of [
      { search: 'x'.repeat(129) },
      { tags: Array(6).fill({ key: 'a' }) },
      { tags: [{ key: 'k'.repeat(129) }] },
      { instanceIds: Array(31).fill('r-bp1') },
      { instanceIds: ['..'] },
      { status: 'UNKNOWN' },
    ]) {
      const query = 'query ($f: InstanceFilter) { instances(regionId: "cn-hangzhou", filter: $f) { totalCount } }';
      const answers = await both.ask(query, { f: filter });
      expectFieldError(answers, ['instances'], 'BAD_USER_INPUT');
      expect(answers.calls).toBe(0);
    }
  });

  it('of times that are none, or 80 kB long, are refused in few words', async () => {
    for (const time of ['2024-13-01T00:00:00Z', 'yesterday', `2024-01-01T00:00:00.${'0'.repeat(80_000)}x`, '', '🕛']) {
      const query = `query ($t: DateTime) { instance(instanceId: "r-bp1", regionId: "cn-hangzhou") { clusterBackups(startTime: $t) { totalCount } } }`;
      const answers = await both.ask(query, { t: time });
      expectRefusal(answers, 'BAD_USER_INPUT');
      expect(answers.strict.text.length).toBeLessThan(1_000);
    }
  });
});

describe('cursors', () => {
  let both: BothDecoders;
  let cursor: string;
  const queryOf = (instance: number, args: string) => {
    const { instanceId, regionId } = both.lean.sandbox.instanceAt(instance);
    return `{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { clusterBackups(${args}) { edges { cursor } } } }`;
  };
  const ask = (instance: number, args: string) => both.ask(queryOf(instance, args));
  beforeAll(async () => {
    both = await runBothDecoders();
    // Of one of them alone: where a window has no end, its cursors hold the second in which it was first read.
    const { body } = await both.lean.ask(queryOf(0, 'first: 3, startTime: "2024-01-01T00:00:00Z"'));
    cursor = body.data.instance.clusterBackups.edges[1].cursor;
  });
  afterAll(() => both[Symbol.asyncDispose]());

  const expectRefused = async (instance: number, args: string) => {
    const answers = await ask(instance, args);
    expectFieldError(answers, ['instance', 'clusterBackups'], 'BAD_USER_INPUT');
    expect(answers.calls).toBe(0);
  };

  it('of a window with an end are the same from both', async () => {
    const end = new Date(Date.now() - 3_600_000).toISOString();
    const { strict } = await ask(0, `first: 3, startTime: "2024-01-01T00:00:00Z", endTime: "${end}"`);
    expect(strict.body.data.instance.clusterBackups.edges).toHaveLength(3);
  });

  it('with any one bit flipped are refused, at no call', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let index = 0; index < cursor.length; index += 5) {
      const flipped = alphabet[alphabet.indexOf(cursor[index] as string) ^ (1 << (index % 6))];
      const bad = cursor.slice(0, index) + flipped + cursor.slice(index + 1);
      await expectRefused(0, `first: 2, startTime: "2024-01-01T00:00:00Z", after: "${bad}"`);
    }
  });

  it.each([
    ['of another instance', 1, 'startTime: "2024-01-01T00:00:00Z"'],
    ['of another window', 0, 'startTime: "2024-01-02T00:00:00Z"'],
    ['of a default window', 0, ''],
    ['of another filter', 0, 'startTime: "2024-01-01T00:00:00Z", filter: { isAvailable: true }'],
  ])('%s are refused, at no call', async (_, instance, args) => {
    await expectRefused(instance, `first: 2, after: "${cursor}" ${args}`);
    await expectRefused(instance, `last: 2, before: "${cursor}" ${args}`);
  });

  it.each(['%%%', 'x', '=', 'AAAA', 'a'.repeat(50_000), '🕛', '../..'])(
    'like %j are refused, at no call',
    async (bad) => {
      await expectRefused(0, `first: 2, after: "${bad}"`);
    },
  );
});
