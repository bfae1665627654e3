import {
  buildSchema,
  type GraphQLObjectType,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { expect, test } from 'vitest';
import { AnswerBudget } from '../../execution/answer-budget.ts';
import { createExecutor } from '../../execution/executor.ts';
import { PlanCache } from '../../execution/plan-cache.ts';
import { expectAgreement, keepUnhandledRejections } from './agreement.ts';
import { unrulySchema } from './unruly-schema.ts';

keepUnhandledRejections();

const schema = unrulySchema(`
  type Query { one: Thing  many: [Thing!]!  must: Thing! }
  type Mutation { change(to: Int!): Thing }
  type Subscription { news: Thing }
  type Thing { name: String  other: Thing  list(first: Int = 3): [Int!]  exact(first: Int! = 3): Int }
`);
const calm = { seed: 1, trouble: 0, delay: 0 };

test('a document is compiled once for each combination of what it skips and includes', () => {
  const plans = new PlanCache(schema);
  const [document, operation] = parsed(
    'query ($a: Boolean!, $b: Boolean!) { one @skip(if: $a) { ...F } } fragment F on Thing { name @include(if: $b) }',
  );
  const first = plans.get(document, operation, { a: false, b: true });
  expect(plans.get(document, operation, { a: false, b: true })).toBe(first);
  expect(plans.get(document, operation, { a: false, b: false })).not.toBe(first);
  expect(plans.get(document, operation, { a: true, b: true }).root.fields).toEqual([]);
  expect(first.root.fields.map(({ key }) => key)).toEqual(['one']);
});

test('a condition of another operation of the document makes no other plan', () => {
  const plans = new PlanCache(schema);
  const document = parse('query A($b: Boolean!) { one { name } } query B($b: Boolean!) { one { name @skip(if: $b) } }');
  const [a, b] = ['A', 'B'].map((name) => getOperationAST(document, name) as OperationDefinitionNode);
  const plan = (operation: OperationDefinitionNode | undefined, value: boolean) =>
    plans.get(document, operation as OperationDefinitionNode, { b: value });
  expect(plan(a, true)).toBe(plan(a, false));
  expect(plan(b, true)).not.toBe(plan(b, false));
});

test('plans take no more room than they may, and those used last stay', () => {
  const plans = new PlanCache(schema, { maxFields: 100 });
  const kept = parsed('{ one { name } must { name } }');
  const plan = plans.get(...kept, {});
  for (let index = 0; index < 1_000; index++) {
    expect(plans.get(...kept, {})).toBe(plan);
    expect(plans.get(...parsed(`{ a${index}: one { name } b: must { name } }`), {}).root.fields).toHaveLength(2);
    expect(plans.fields).toBeLessThanOrEqual(100);
  }
});

test('a plan that was dropped and is still executed takes no room from others', () => {
  const plans = new PlanCache(schema, { maxFields: 10 });
  const dropped = plans.get(...parsed('{ one { name other { name } } }'), {});
  expect(dropped.root.fields).toHaveLength(1);
  const others = Array.from({ length: 10 }, (_, index) => parsed(`{ a${index}: one { name } }`));
  const kept = others.map((other) => plans.get(...other, {}));
  for (const plan of kept) expect(plan.root.fields).toHaveLength(1);
  const [one] = dropped.root.fields;
  if (one === undefined) throw new Error('no field');
  expect(dropped.below(one, schema.getType('Thing') as GraphQLObjectType).fields).toHaveLength(2);
  expect(plans.fields).toBe(10);
  for (const [index, other] of others.entries()) expect(plans.get(...other, {})).toBe(kept[index]);
});

test('plans hold on to no more of documents than they may, however few of their fields are executed', () => {
  const plans = new PlanCache(schema);
  const unused = 'a: one { name @skip(if: true) } '.repeat(100);
  for (let index = 0; index < 500; index++) {
    expect(
      plans.get(...parsed(`{ b${index}: one { name } ... @skip(if: true) { ${unused} } }`), {}).root.fields,
    ).toHaveLength(1);
    expect(plans.characters).toBeLessThanOrEqual(500_000);
  }
  expect(plans.fields).toBeLessThan(500);
});

test('a plan that grows beyond the room for all still answers', async () => {
  const run = createExecutor(schema, { maxFields: 5 });
  const document = parse('{ one { name other { name other { name other { name } } } } many { name } }');
  for (let time = 0; time < 3; time++) await expectAgreement(schema, run, document, {}, calm);
});

test('fragments that double their size at every level are compiled only as far as values are met', () => {
  const plans = new PlanCache(schema);
  const levels = Array.from(
    { length: 30 },
    (_, level) => `fragment F${level} on Thing { a: other { ...F${level + 1} } b: other { ...F${level + 1} } }`,
  );
  const plan = plans.get(...parsed(`{ one { ...F0 } } ${levels.join(' ')} fragment F30 on Thing { name }`), {});
  expect(plan.root.fields).toHaveLength(1);
  expect(plans.fields).toBe(1);
});

test.each([
  ['a mutation', 'mutation { change(to: 3) { name } }', {}],
  ['a condition that is null', 'query ($c: Boolean = true) { one @skip(if: $c) { name } }', { c: null }],
  [
    'a condition that is null further down',
    'query ($c: Boolean = true) { one { other { name @include(if: $c) } } }',
    { c: null },
  ],
  ['a condition without a value', 'query ($c: Boolean) { one { name @include(if: $c) } }', {}],
  ['an event of a subscription', 'subscription { news { name other { name } } }', {}],
  [
    'introspection',
    '{ __schema { types { name fields { name args { name } type { kind ofType { name } } } } } __type(name: "Thing") { name } }',
    {},
  ],
  ['an argument whose default stands in for a variable', 'query ($n: Int) { one { list(first: $n) } }', {}],
  ['an argument that is null where it may be', 'query ($n: Int) { one { list(first: $n) } }', { n: null }],
  [
    'an argument that is null where it may not be',
    'query ($n: Int = 1) { one { exact(first: $n) name } }',
    { n: null },
  ],
  ['a key that is the name of the prototype', '{ one { __proto__: name constructor: name } }', {}],
])('%s is executed as graphql-js executes it', async (_, query, variables) => {
  await expectAgreement(schema, createExecutor(schema), parse(query), variables, calm);
});

test.each([
  ['fields', { fields: 50, errors: 1_000 }, { name: 'answerFields', limit: 50 }],
  ['errors', { fields: 1_000_000, errors: 20 }, { name: 'answerErrors', limit: 20 }],
])('an answer of too many %s ends soon after it is over its limit', async (_, limits, exceeded) => {
  let read = 0;
  const large = buildSchema('type Query { all: [Row] } type Row { name: String failing: Int! }');
  const [all, row] = [large.getQueryType()?.getFields().all, (large.getType('Row') as GraphQLObjectType).getFields()];
  if (all === undefined || row.name === undefined || row.failing === undefined) throw new Error('no field');
  all.resolve = () => Array.from({ length: 10_000 }, () => ({}));
  row.name.resolve = () => `row ${++read}`;
  row.failing.resolve = () => {
    throw new Error('failing');
  };
  const budget = new AnswerBudget(limits);
  const [document, operation] = parsed('{ all { name failing } }');
  await createExecutor(large)({ document, operation, given: {}, variables: {}, context: {}, budget });
  expect(budget.exceeded).toMatchObject(exceeded);
  expect(read).toBeLessThan(60);
});

test('an answer may have as many fields and errors as its limits say, and not one more', async () => {
  const rows = buildSchema('type Query { rows: [Row] } type Row { name: String failing: String }');
  const row = (rows.getType('Row') as GraphQLObjectType).getFields();
  if (row.failing === undefined) throw new Error('no field');
  row.failing.resolve = () => {
    throw new Error('failing');
  };
  const [document, operation] = parsed('{ rows { name failing } }');
  const exceeded = async (limits: { fields: number; errors: number }) => {
    const budget = new AnswerBudget(limits);
    const root = { rows: [{}, {}, {}] };
    await createExecutor(rows)({ document, operation, given: {}, variables: {}, context: {}, root, budget });
    return budget.exceeded?.name;
  };
  expect(await exceeded({ fields: 7, errors: 3 })).toBeUndefined();
  expect(await exceeded({ fields: 6, errors: 3 })).toBe('answerFields');
  expect(await exceeded({ fields: 7, errors: 2 })).toBe('answerErrors');
});

test('a list that fails while its other items are pending leaves no rejection behind', async () => {
  const failing = unrulySchema('type Query { items: [Item!] } type Item { name: String }');
  const items = failing.getQueryType()?.getFields().items;
  if (items === undefined) throw new Error('no field');
  items.resolve = () => [late('first'), null, late('third'), late('fourth')];
  const [document, operation] = parsed('{ items { name } }');
  const rejected: unknown[] = [];
  const note = (reason: unknown) => rejected.push(reason);
  process.on('unhandledRejection', note);
  const result = await createExecutor(failing)({
    document,
    operation,
    given: {},
    variables: {},
    context: { ...calm, seen: [] },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', note);
  expect(result.data).toEqual({ items: null });
  expect(result.errors?.map(({ path }) => path)).toEqual([['items', 1]]);
  expect(rejected).toEqual([]);
});

test('resolvers that only read are told all that graphql-js tells them', async () => {
  const document = parse(
    'query Q($n: Int!) { one { ...F } many { ...F } } fragment F on Thing { other { list(first: $n) } }',
  );
  const operation = getOperationAST(document) as OperationDefinitionNode;
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], { n: 2 });
  expect(coerced).toEqual({ n: 2 });
  await expectAgreement(schema, createExecutor(schema), document, { n: 2 }, calm);
});

function parsed(query: string): [ReturnType<typeof parse>, OperationDefinitionNode] {
  const document = parse(query);
  return [document, getOperationAST(document) as OperationDefinitionNode];
}

async function late(name: string): Promise<never> {
  await undefined;
  throw new Error(name);
}
