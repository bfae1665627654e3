import { parse, ValuesOfCorrectTypeRule, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createExecutor } from '../../execution/executor.ts';
import { createSchema } from '../../schema/index.ts';
import { expectAgreement, keepUnhandledRejections } from './agreement.ts';
import { Random } from './random.ts';
import { randomOperation } from './random-operation.ts';
import { unrulySchema } from './unruly-schema.ts';

keepUnhandledRejections();

const gatewaySchema = unrulySchema(createSchema());

/** The one rule that random operations break: they are written from the schema, and fields that conflict are executed alike too. */
const rules = [ValuesOfCorrectTypeRule];

/** More kinds of types than the gateway has. */
const mixedSchema = unrulySchema(`
  scalar Code
  enum Colour { RED GREEN BLUE }
  interface Named { name: String!  self: Named }
  interface Sized implements Named { name: String!  self: Sized  size(unit: Colour = RED): Float }
  type Box implements Named & Sized { name: String!  self: Box  size(unit: Colour = RED): Float  inside: [[Thing!]!]  codes: [Code!]! }
  type Ball implements Named & Sized { name: String!  self: Ball!  size(unit: Colour = RED): Float  colour: Colour  peers: [Ball]! }
  type Label implements Named { name: String!  self: Label  text(list: [String!], at: Point): String  colours: [[Colour!]] }
  input Point { x: Int! y: Int = 2 next: Point }
  union Thing = Box | Ball | Label
  type Query {
    box(id: ID!): Box
    must: Box!
    ball: Ball
    thing(at: Point, many: Int = 3): Thing
    things: [Thing!]!
    named: Named
    sized: [Sized]
    deep: [[[Thing]!]]!
    code: Code
    codes: [Code]
    colour: Colour
  }
`);

test.each([
  ["the gateway's own types", gatewaySchema, 0],
  ['types of every kind', mixedSchema, 1_000_000],
])(
  '10,000 random operations over %s are executed as graphql-js executes them',
  { timeout: 600_000 },
  async (_, schema, from) => {
    const run = createExecutor(schema);
    let executed = 0;
    let withErrors = 0;
    for (let seed = from; executed < 10_000; seed++) {
      const random = new Random(seed);
      const { query, variables } = randomOperation(schema, random);
      const document = parse(query);
      if (validate(schema, document, rules).length > 0) continue;
      const world = { seed, trouble: random.pick([0, 0.05, 0.15, 0.3]), delay: random.pick([0, 0.1, 0.5, 1]) };
      const result = await expectAgreement(schema, run, document, variables, world).catch((error: Error) => {
        throw new Error(`seed ${seed}: ${query}\n${error.message}`, { cause: error });
      });
      executed += 1;
      if (result.errors !== undefined) withErrors += 1;
    }
    // The comparison is worth something only while both kinds of answers are many.
    expect(withErrors).toBeGreaterThan(2_000);
    expect(executed - withErrors).toBeGreaterThan(1_000);
  },
);
