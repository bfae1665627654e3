import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BothDecoders, expectRefusal, runBothDecoders } from './both-decoders.ts';

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const LEVELS = 'clusterBackups { nodes { instance { ';
const PLACE = 'instanceId: "r-bp1", regionId: "cn-hangzhou"';

describe('documents', () => {
  let both: BothDecoders;
  beforeAll(async () => {
    both = await runBothDecoders();
  });
  afterAll(() => both[Symbol.asyncDispose]());

  it('with 1,000 aliases of an instance are refused at no upstream call', async () => {
    const answers = await both.ask(`{ ${times(1_000, (index) => `a${index}: instance(${PLACE}) { name }`)} }`);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'tokens', limit: 2_000, value: 14_002 });
    expect(answers.calls).toBe(0);
  });

  it('with 10,000 aliases are refused by their tokens, which are counted', async () => {
    const answers = await both.ask(`{ ${times(5_000, (index) => `a${index}:__typename`)} }`);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limit: 2_000, value: 15_002 });
    // More do not fit into a body.
    const larger = await both.ask(`{ ${times(10_000, (index) => `a${index}:__typename`)} }`);
    expect(larger.strict.status).toBe(413);
  });

  it.each([
    ['aliases', 100, `{ viewer { ${times(101, (index) => `a${index}: subject`)} } }`],
    ['rootFields', 100, `{ ${times(101, () => '__typename')} }`],
    ['directives', 50, `{ ${times(51, () => '__typename @skip(if: false)')} }`],
    ['listItems', 100, `{ nodes(ids: [${times(101, () => '"x"')}]) { id } }`],
    ['tokens', 2_000, `{ viewer { ${times(499, () => '... { subject }')} } }`],
    ['nesting', 100, `${'{ ... '.repeat(100)}{ __typename ${'} '.repeat(101)}`],
    ['depth', 12, `{ instance(${PLACE}) { ${LEVELS.repeat(4)} id ${'} } } '.repeat(4)} } }`],
    ['introspectionDepth', 20, `{ __schema { types { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } }`],
    [
      'aliases',
      100,
      `{ viewer { ...a } } fragment a on Viewer { ...b ...b } fragment b on Viewer { ...c ...c }
      fragment c on Viewer { ${times(30, (index) => `a${index}: subject`)} }`,
    ],
  ])('over %s by a little are refused with the limit and the value', async (limitName, limit, query) => {
    const answers = await both.ask(query);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName, limit });
    expect(answers.strict.body.errors[0].extensions.value).toBeGreaterThan(limit);
    expect(answers.calls).toBe(0);
  });

  it.each([
    ['100 aliases', `{ viewer { ${times(100, (index) => `a${index}: subject`)} } }`],
    ['100 root fields', `{ ${times(100, () => '__typename')} }`],
    ['50 directives', `{ ${times(50, () => '__typename @skip(if: false)')} }`],
    ['100 items in a list', `{ nodes(ids: [${times(100, () => '"x"')}]) { id } }`],
    [
      '100 items in a list of a variable',
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: Array(100).fill('x') },
    ],
    ['2,000 tokens', `{ viewer { ${times(498, () => '... { subject }')} subject subject subject } }`],
    ['100 brackets in brackets', `${'{ ... '.repeat(99)}{ __typename ${'} '.repeat(100)}`],
    [
      '12 levels of fields',
      `{ instance(${PLACE}) @skip(if: true) { ${LEVELS.repeat(3)} clusterBackups { totalCount } ${'} } } '.repeat(3)} } }`,
    ],
    ['20 levels of introspection', `{ __schema { types { ${'ofType { '.repeat(17)} name ${'} '.repeat(17)} } } }`],
    ['introspection as tools ask for it', getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true })],
  ])('with %s run', async (_, query, variables?: unknown) => {
    const { strict } = await both.ask(query, variables);
    expect(strict.status).toBe(200);
    expect(strict.body.data).not.toBeUndefined();
  });

  it('that nest 20,000 deep are refused before they are read to their end', async () => {
    const answers = await both.ask(`${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'tokens' });
    expectRefusal(await both.ask('{'.repeat(1_900)), 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'nesting' });
    expectRefusal(await both.ask('{'.repeat(90)), 'GRAPHQL_PARSE_FAILED');
  });

  it('with a literal of 20,000 lists in lists are refused', async () => {
    const literal = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expectRefusal(await both.ask(`{ nodes(ids: ${literal}) { id } }`), 'DOCUMENT_LIMIT_EXCEEDED');
    for (const [depth, code] of [
      [900, 'DOCUMENT_LIMIT_EXCEEDED'],
      [90, 'GRAPHQL_VALIDATION_FAILED'],
    ] as const) {
      const shorter = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      expectRefusal(await both.ask(`{ nodes(ids: ${shorter}) { id } }`), code);
    }
  });

  it('whose variables have types of lists in lists, 900 deep, are refused', async () => {
    const answers = await both.ask(`query ($x: ${'['.repeat(900)}ID${']'.repeat(900)}) { nodes(ids: $x) { id } }`);
    expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'nesting', limit: 100, value: 901 });
  });

  it('with fragments in circles are refused', async () => {
    const circle = await both.ask('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }');
    expectRefusal(circle, 'GRAPHQL_VALIDATION_FAILED');
    expectRefusal(
      await both.ask('{ ...a } fragment a on Query { viewer { subject } ...a }'),
      'GRAPHQL_VALIDATION_FAILED',
    );
  });

  it('whose fragments fan out to 2^20 fields, or 2^180, are measured in no time and refused', async () => {
    for (const [levels, limitName] of [
      [20, 'rootFields'],
      [180, 'rootFields'],
    ] as const) {
      const fan = times(levels, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`);
      const answers = await both.ask(`{ ...f0 } ${fan} fragment f${levels} on Query { __typename }`);
      expectRefusal(answers, 'DOCUMENT_LIMIT_EXCEEDED', { limitName, limit: 100 });
    }
    const inside = (next: string) => `{ ${times(12, () => `clusterBackups { nodes { instance { ${next} } } }`)} }`;
    const query = `{ instance(${PLACE}) { ...a } } fragment a on Instance ${inside('...b')} fragment b on Instance ${inside('...c')}
      fragment c on Instance { ${times(40, () => 'id')} }`;
    expectRefusal(await both.ask(query), 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'fields', limit: 5_000 });
  });

  it('with 500 @skip, or 600 unknown directives, get a short list of errors', async () => {
    const skips = await both.ask(`{ __typename ${times(280, () => '@skip(if: true)')} }`);
    const unknown = await both.ask(`{ ${times(600, (index) => `__typename @d${index}`)} }`);
    for (const answers of [skips, unknown]) {
      expectRefusal(answers, 'GRAPHQL_VALIDATION_FAILED');
      expect(answers.strict.body.errors.length).toBeLessThanOrEqual(21);
    }
    const tooMany = await both.ask(`{ __typename ${times(500, () => '@skip(if: true)')} }`);
    expectRefusal(tooMany, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'tokens' });
  });

  it('with 3,000 fields of one name are refused by their tokens, and 1,900 before all pairs are compared', async () => {
    expectRefusal(await both.ask(`{ viewer { ${times(3_000, () => 'subject')} } }`), 'DOCUMENT_LIMIT_EXCEEDED');
    expectRefusal(await both.ask(`{ viewer { ${times(1_900, () => 'subject')} } }`), 'GRAPHQL_VALIDATION_FAILED');
  });

  it('with 25,000 unknown fields, or 1,900, get a short list of errors', async () => {
    expectRefusal(await both.ask(`{ ${times(24_000, () => 'xyz')} }`), 'DOCUMENT_LIMIT_EXCEEDED');
    const { strict } = await both.ask(`{ ${times(1_900, (index) => `x${index}`)} }`);
    expect(strict.body.errors.length).toBeLessThanOrEqual(21);
  });

  it('with names and texts of thousands of characters are not sent back whole', async () => {
    for (const query of [
      `{ ${times(20, (index) => 'x'.repeat(4_000) + index)} }`,
      `{ instances(regionId: "cn-hangzhou", first: "${'x'.repeat(90_000)}") { totalCount } }`,
      `query ${'x'.repeat(90_000)} ${'y'.repeat(1_000)} { __typename }`,
    ]) {
      const { strict } = await both.ask(query);
      expect(strict.status).toBe(400);
      expect(strict.text.length).toBeLessThan(12_000);
    }
  });

  it('that are no queries are refused: there are no mutations here, and by GET there could be none', async () => {
    expectRefusal(await both.ask('mutation { a }'), 'GRAPHQL_VALIDATION_FAILED');
    const { strict, legacy } = await both.send({ method: 'GET', target: '/graphql?query=mutation%7B__typename%7D' });
    for (const answer of [strict, legacy]) {
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('POST');
    }
  });

  it('with names out of the prototype of objects are documents like others', async () => {
    const { strict } = await both.ask(
      'query constructor ($__proto__: Boolean) { __proto__: __typename toString: viewer { ...hasOwnProperty } } fragment hasOwnProperty on Viewer { constructor: subject @skip(if: $__proto__) }',
      JSON.parse('{"__proto__": false}'),
    );
    expect(strict.status).toBe(400);
    expect(({} as Record<string, unknown>).subject).toBeUndefined();
    const { legacy } = await both.ask('{ __proto__: __typename constructor: __typename toString: __typename }');
    expect(legacy.text).toBe('{"data":{"__proto__":"Query","constructor":"Query","toString":"Query"}}');
  });

  it('with a variable that only its value makes wrong for an argument are refused for that', async () => {
    const wrong = await both.ask('query ($id: ID = "x") { node(id: $id) { id } }', { id: null });
    for (const { body } of [wrong.strict, wrong.legacy]) expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expectRefusal(
      await both.ask('query ($if: Boolean = true) { viewer { subject @skip(if: $if) } }', { if: null }),
      'BAD_USER_INPUT',
    );
  });

  it('that ask for @defer or @stream are refused: there is neither', async () => {
    const answers = await both.ask('{ viewer { ... @defer { subject } groups @stream(initialCount: -1) } }');
    expectRefusal(answers, 'GRAPHQL_VALIDATION_FAILED');
  });

  it('with 5,000 representations are refused, a bad one among others is null by itself', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Instance { id } } }';
    const many = await both.ask(query, { r: Array.from({ length: 2_000 }, () => ({ __typename: 'Instance' })) });
    expectRefusal(many, 'DOCUMENT_LIMIT_EXCEEDED', { limitName: 'listItems', limit: 100, value: 2_000 });
    const good = { __typename: 'Instance', accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId: 'r-1' };
    const { strict, calls } = await both.ask(query, {
      r: [good, { __typename: 'Nope' }, { __typename: 'Instance' }, good],
    });
    expect(strict.body.data._entities.map((entity: unknown) => entity !== null)).toEqual([true, false, false, true]);
    expect(strict.body.errors.map(({ path }: { path: unknown }) => path)).toEqual([
      ['_entities', 1],
      ['_entities', 2],
    ]);
    for (const { extensions } of strict.body.errors) expect(extensions.code).toBe('BAD_USER_INPUT');
    expect(calls).toBe(0);
  });
});
