import * as fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { Random } from '../execution/random.ts';

/** What a client could send as a GraphQL request. */
export interface HostileRequest {
  query: unknown;
  variables?: unknown;
  operationName?: unknown;
}

/** What is there to be asked for, by the name of the argument. */
export type Known = Readonly<Record<string, readonly string[]>>;

const JUNK = [
  '',
  'x',
  '..',
  'evil.com#',
  '169.254.169.254',
  '\u0000',
  '\r\nX: y',
  '🕛',
  '%%%',
  'a'.repeat(300),
  '__proto__',
  'constructor',
  '-1',
  'null',
  '"',
  '\\',
  '{',
  '$',
];
const NAMES = [
  'a',
  'b',
  '_',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '__typename',
  'data',
  'A1',
  'x'.repeat(60),
];
const INTS = [-1, 0, 1, 2, 5, 300, 301, 2_147_483_647, 2_147_483_648, -2_147_483_649, 1e21];
const TIMES = ['2024-01-10T17:21:25Z', '2024-01-10T17:21:25+08:00', '1970-01-01T00:00:00Z'];
const NO_TIMES = ['9999-12-31T23:59:59Z', '2024-02-30T00:00:00Z', 'now', '', '0'.repeat(2_000)];
const WRONG_DIRECTIVES = [
  ...[' @include(if: $nope)', ' @skip', ' @defer', ' @nope(a: [{b: 1}])', ' @skip(if: false) @skip(if: false)'],
  ...[' @stream(initialCount: -1)', ' @include(if: null)', ' @skip(if: [true])'],
];
const MOST_FIELDS = 60;
/** A little more than is allowed. */
const DEEPEST = 14;

/**
 * Documents over a schema, every other one valid and all nearly so: aliases, fragments known and unknown, directives, arguments and variables that fit or do not,
 * names out of the prototype of objects; and now and then a text that was cut or mixed up.
 */
export function hostileRequests(schema: GraphQLSchema, known: Known): fc.Arbitrary<HostileRequest> {
  return fc
    .tuple(fc.nat(), fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 40 }))
    .map(([seed, json, text]) => new Writer(schema, known, new Random(seed), { json, text }).request());
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #known: Known;
  readonly #random: Random;
  readonly #junk: { json: unknown; text: string };
  readonly #variables = new Map<string, { type: string; value: unknown }>();
  readonly #fragments = new Map<string, string>();
  /** What may be wrong is, in so many times of the usual; 0 for a valid document. */
  readonly #malice: number;
  #fields = 0;

  constructor(schema: GraphQLSchema, known: Known, random: Random, junk: { json: unknown; text: string }) {
    this.#schema = schema;
    this.#known = known;
    this.#random = random;
    this.#junk = junk;
    this.#malice = random.chance(0.5) ? 0 : random.pick([0.2, 1]);
  }

  request(): HostileRequest {
    const kind = this.#goesWrong(0.1) ? this.#pick(['subscription', 'mutation', '']) : 'query';
    const root = kind === 'subscription' ? this.#schema.getSubscriptionType() : this.#schema.getQueryType();
    const body = this.#selections(root as GraphQLCompositeType, 0);
    const name = this.#chance(0.3) ? this.#pick(NAMES) : '';
    const declared = [...this.#variables].map(([variable, { type }]) => `$${variable}: ${type}`).join(', ');
    const head = kind === '' ? '' : `${kind} ${name}${declared === '' ? '' : `(${declared})`}${this.#directives()}`;
    const text = [`${head} ${body}`, ...this.#fragments.values()].join(this.#pick([' ', '\n', '\n# ,\n']));
    const values = Object.fromEntries([...this.#variables].map(([variable, { value }]) => [variable, value]));
    return {
      query: this.#goesWrong(0.15) ? this.#mixedUp(text) : this.#goesWrong(0.02) ? this.#junk.json : text,
      ...(this.#goesWrong(0.1) ? {} : { variables: this.#goesWrong(0.02) ? this.#junk.json : values }),
      ...(this.#goesWrong(0.1) ? { operationName: this.#pick([name, ...NAMES]) } : {}),
    };
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    for (let left = this.#upTo(depth === 0 ? 4 : 5); left >= 0; left -= 1) parts.push(this.#selection(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const roll = depth > DEEPEST ? 99 : this.#upTo(99);
    if (roll < 8) return `...${this.#condition(type)}${this.#directives()} ${this.#selections(type, depth + 1)}`;
    if (roll < 16) return `...${this.#fragment(type, depth)}${this.#directives()}`;
    if (this.#goesWrong(0.02)) return `${this.#alias()}${this.#pick(NAMES)}`;
    return this.#field(type, depth);
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    this.#fields += 1;
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    const usable = fields.filter((field) => depth < DEEPEST || isLeafType(getNamedType(field.type)));
    if (usable.length === 0 || this.#fields > MOST_FIELDS) return `${this.#alias()}__typename${this.#directives()}`;
    const field = this.#pick(usable);
    const given = field.args.filter(({ type }) => (isNonNullType(type) ? !this.#goesWrong(0.02) : this.#chance(0.3)));
    const written = given.map((argument) => `${argument.name}: ${this.#argument(argument)}`);
    const named = getNamedType(field.type);
    const below =
      isCompositeType(named) !== (depth < DEEPEST && this.#goesWrong(0.01))
        ? ` ${this.#selections(isCompositeType(named) ? named : type, depth + 1)}`
        : '';
    return `${this.#alias(written.length > 0)}${field.name}${written.length === 0 ? '' : `(${written.join(', ')})`}${this.#directives()}${below}`;
  }

  #argument({ name, type }: GraphQLArgument): string {
    const value = this.#value(name, type);
    if (!this.#chance(0.3)) return literal(value);
    const variable = this.#goesWrong(0.1) ? this.#pick(NAMES) : `v${this.#variables.size}`;
    this.#variables.set(variable, {
      type: this.#goesWrong(0.05) ? this.#pick(['Int', 'ID!', '[[_Any]]', 'Nope']) : String(type),
      value,
    });
    return `$${variable}`;
  }

  #value(name: string, type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#goesWrong(0.02) ? null : this.#value(name, type.ofType);
    if (this.#goesWrong(0.03)) return this.#pick([null, {}, [], true, 1.5, 'x', [[1]], { __proto__: null, a: 1 }]);
    if (isListType(type)) {
      const length = this.#goesWrong(0.02) ? 101 : this.#upTo(3);
      return Array.from({ length }, () => this.#value(name, type.ofType));
    }
    if (isEnumType(type)) return new Enum(this.#goesWrong(0.1) ? 'NOPE' : this.#pick(type.getValues()).name);
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || this.#chance(0.2));
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.name, field.type)]));
    }
    switch (type.name) {
      case 'Int':
        return this.#goesWrong(0.1) ? this.#pick(INTS) : this.#upTo(20);
      case 'Boolean':
        return this.#chance(0.5);
      case 'DateTime':
        return this.#goesWrong(0.2) ? this.#pick(NO_TIMES) : this.#pick(TIMES);
      case '_Any':
        return this.#representation();
      default:
        return this.#text(name);
    }
  }

  #text(name: string): string {
    const known = this.#known[name] ?? this.#known.id ?? [];
    if (known.length > 0 && !this.#goesWrong(0.2)) return this.#pick(known);
    return this.#chance(0.5) ? this.#pick(JUNK) : this.#junk.text;
  }

  #representation(): unknown {
    const [accountId, regionId, instanceId, id] = ['accountId', 'regionId', 'instanceId', 'id'].map((name) =>
      this.#text(name),
    );
    const __typename = this.#pick(['Instance', 'ClusterBackup', 'ShardBackup', 'Query', 'Nope', '__proto__']);
    return this.#pick([
      { __typename, id },
      { __typename, accountId, regionId, instanceId },
      { __typename },
      { id },
      [],
      1,
      'x',
    ]);
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const clean = `${this.#pick(['F', 'G'])}${type.name}${depth}`;
    const name = this.#goesWrong(0.1) ? this.#pick(['H', 'toString', 'I', 'J']) : clean;
    // One that is being written is left alone, unless it is to be circular, or on another type, or not there at all.
    if (this.#fragments.get(name) === '' && name === clean) return ` on ${type.name} { __typename }`;
    if (!this.#fragments.has(name) && !this.#goesWrong(0.03)) {
      this.#fragments.set(name, '');
      this.#fragments.set(name, `fragment ${name}${this.#condition(type)} ${this.#selections(type, depth + 1)}`);
    }
    return name;
  }

  #condition(type: GraphQLCompositeType): string {
    return ` on ${!this.#goesWrong(0.1) ? type.name : this.#pick(['Query', 'Node', 'Instance', 'ClusterBackup', 'String', 'Nope'])}`;
  }

  #alias(needed = false): string {
    if (this.#goesWrong(0.05)) return `${this.#pick(NAMES)}: `;
    return needed || this.#chance(0.3) ? `k${this.#fields}_${this.#upTo(100_000)}: ` : '';
  }

  #directives(): string {
    if (this.#goesWrong(0.03)) return this.#pick(WRONG_DIRECTIVES);
    return this.#chance(0.05) ? this.#pick([' @skip(if: false)', ' @include(if: true)', ' @skip(if: true)']) : '';
  }

  #mixedUp(text: string): string {
    const at = this.#upTo(text.length);
    const cut = this.#upTo(10);
    const put = this.#pick([
      '',
      '{',
      '}',
      '(',
      '"',
      '"""',
      '#',
      '\u0000',
      '\ud800',
      '...',
      '$',
      '@',
      '!',
      '|',
      '&',
      '\ufeff',
      '1e999',
      '{'.repeat(150),
    ]);
    return text.slice(0, at) + put + text.slice(at + cut);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#upTo(values.length - 1)] as Value;
  }

  #upTo(max: number): number {
    return this.#random.below(max + 1);
  }

  #goesWrong(probability: number): boolean {
    return this.#random.chance(probability * this.#malice);
  }

  #chance(probability: number): boolean {
    return this.#random.chance(probability);
  }
}

/** A value that is written without quotes in a document, and with them in JSON. */
class Enum {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  toJSON(): string {
    return this.name;
  }
}

function literal(value: unknown): string {
  if (value instanceof Enum) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, field]) => `${name}: ${literal(field)}`)
    .join(', ')}}`;
}
