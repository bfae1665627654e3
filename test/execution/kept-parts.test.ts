import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type GraphQLObjectType,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { AnswerBudget } from '../../execution/answer-budget.ts';
import { createExecutor, type Execute } from '../../execution/executor.ts';
import { JsonPart, writeJson } from '../../execution/json-part.ts';
import { KeptParts } from '../../execution/kept-parts.ts';

const schema = buildSchema(`
  type Query { rows: [Row]  row: Row }
  type Row { name: String  size: Int!  parts(first: Int = 10): [Part!]  secret: String  other: Row }
  type Part { label: String  row: Row }
`);
const KEPT = {
  Row: { by: (value: unknown) => (value as Row).by, fields: ['name', 'size', 'parts', 'other'] },
  Part: { fields: ['label'] },
};

interface Row {
  by?: object;
  name?: unknown;
  size?: unknown;
  parts?: unknown;
  secret?: unknown;
  other?: unknown;
}

describe('a part of an answer that is kept', () => {
  let run: Execute;
  let reads: number;
  let rows: Row[];

  beforeEach(() => {
    run = createExecutor(schema, { kept: KEPT });
    reads = 0;
    rows = [rowOf('one'), rowOf('two')];
    const name = (schema.getType('Row') as GraphQLObjectType).getFields().name;
    if (name === undefined) throw new Error('no field');
    name.resolve = (row: Row) => {
      reads += 1;
      return row.name;
    };
  });

  const rowOf = (name: string): Row => ({
    by: {},
    name,
    size: name.length,
    parts: [{ label: `${name} "quoted"` }, { label: 'späť \u2028' }],
    secret: 'secret',
  });
  const ask = async (query: string, variables: Record<string, unknown> = {}, budget?: AnswerBudget) => {
    const document = parse(query);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    return run({
      document: documents.get(query) ?? remember(query, document),
      operation: getOperationAST(documents.get(query) ?? document) ?? operation,
      given: variables,
      variables,
      context: {},
      root: { rows, row: rows[0] },
      ...(budget && { budget }),
    });
  };
  const documents = new Map<string, ReturnType<typeof parse>>();
  const remember = (query: string, document: ReturnType<typeof parse>) => {
    documents.set(query, document);
    return document;
  };
  const expected = async (query: string) =>
    JSON.stringify(await execute({ schema, document: parse(query), rootValue: { rows, row: rows[0] } }));

  it('is read once, and says the same afterwards, byte for byte', async () => {
    const query = '{ rows { __typename name size parts { label } } }';
    const first = JSON.stringify(await ask(query));
    expect(reads).toBe(2);
    const again = await ask(query);
    expect(reads).toBe(2);
    expect(again.data).toBeInstanceOf(JsonPart);
    expect(JSON.stringify(again)).toBe(first);
    expect(writeJson(again)).toBe(first);
    expect(first).toBe(await expected(query));
  });

  it('is read again for another selection, and for another object of the same content', async () => {
    await ask('{ rows { name } }');
    await ask('{ rows { name size } }');
    expect(reads).toBe(4);
    rows = [rowOf('one'), rowOf('two')];
    await ask('{ rows { name size } }');
    expect(reads).toBe(6);
  });

  it.each([
    ['a field that is not marked', '{ rows { name secret } }'],
    ['a field that is not marked further down', '{ rows { name parts { label row { size } } } }'],
    ['an argument that is a variable', 'query ($n: Int) { rows { name parts(first: $n) { label } } }'],
  ])('is not made where there is %s', async (_, query) => {
    await ask(query);
    await ask(query);
    expect(reads).toBe(4);
  });

  it('is not made of a value that is not to be kept, that failed, or that is still to come', async () => {
    rows = [
      { name: 'none', size: 4, parts: [] },
      { ...rowOf('failed'), parts: new Error('failed') },
      { ...rowOf('null'), size: null },
      { ...rowOf('late'), parts: Promise.resolve([]) },
    ];
    const query = '{ rows { name size parts { label } } }';
    const first = JSON.stringify(await ask(query));
    expect(JSON.stringify(await ask(query))).toBe(first);
    expect(reads).toBe(8);
    expect(first).toBe(await expected(query));
  });

  it('stands beside what fails', async () => {
    const query = '{ rows { name size } }';
    await ask(query);
    rows[1] = { ...rowOf('two'), name: new Error('failed') };
    const result = await ask(query);
    expect(result.data).toBeInstanceOf(JsonPart);
    expect(JSON.stringify(result)).toBe(await expected(query));
  });

  it('depends on what is skipped and included', async () => {
    const query = 'query ($s: Boolean!) { rows { name size @skip(if: $s) } }';
    const answers = [];
    for (const s of [true, false, true, false]) answers.push(JSON.stringify(await ask(query, { s })));
    expect(answers[0]).not.toContain('size');
    expect(answers[1]).toContain('size');
    expect(answers.slice(2)).toEqual(answers.slice(0, 2));
  });

  it('counts for the budget of the answer as it did when it was read', async () => {
    const query = '{ rows { name parts { label } } }';
    const budgets = [0, 1].map(() => new AnswerBudget({ fields: 1_000, errors: 10 }));
    for (const budget of budgets) await ask(query, {}, budget);
    expect(budgets[1]?.fields).toBe(budgets[0]?.fields);
    const small = new AnswerBudget({ fields: 5, errors: 10 });
    await ask(query, {}, small);
    expect(small.exceeded).toMatchObject({ name: 'answerFields', limit: 5 });
  });
});

it('as many parts are kept as there is room for, the latest of each object', () => {
  const kept = new KeptParts();
  const objects = Array.from({ length: 3_000 }, () => ({}));
  const text = 'x'.repeat(15_000);
  for (const object of objects) kept.add(object, 1, 1, text);
  expect(kept.characters).toBeLessThanOrEqual(16_000_000);
  expect(kept.get(objects[0] as object, 1)).toBeUndefined();
  expect(kept.get(objects[2_999] as object, 1)?.part.text).toBe(text);
  expect(kept.get(objects[2_999] as object, 2)).toBeUndefined();
  const before = kept.characters;
  for (let selection = 2; selection < 100; selection++) kept.add(objects[2_999] as object, selection, 1, text);
  expect(kept.characters).toBe(before);
  const long = {};
  expect(kept.takes(long, 1)).toBe(true);
  kept.add(long, 1, 1, 'x'.repeat(2_000_001));
  expect(kept.characters).toBe(before);
  expect(kept.get(long, 1)).toBeUndefined();
  expect([kept.takes(long, 1), kept.takes(long, 2)]).toEqual([false, true]);
});

it('JSON is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      expect(writeJson(plain)).toBe(JSON.stringify(plain));
      expect(writeJson({ a: new JsonPart(JSON.stringify(plain)), b: [undefined, plain], c: undefined })).toBe(
        JSON.stringify({ a: plain, b: [null, plain] }),
      );
    }),
  );
});
