import { contains, parseAddress, parseAddressRange } from './address-range.ts';
import type { ContextScalar, ContextValue } from './condition-context.ts';
import { compileGlob } from './glob.ts';
import { parseInstant } from './instant.ts';

export type OperatorFamily = 'String' | 'Numeric' | 'Date' | 'Bool' | 'IP';

/** A value as a policy writes it. */
export type PolicyValue = string | number | boolean;

export interface ConditionOperator {
  family: OperatorFamily;
  /** Whether it holds when none of the values match, and so for an absent key. */
  negated: boolean;
  /** What a value must be, for messages. */
  expected: string;
  accepts(value: PolicyValue): boolean;
  /** The test of a key's value; the policy's values must be accepted ones. */
  compile(values: readonly PolicyValue[]): (value: ContextValue | undefined) => boolean;
}

/** Finds an operator by its exact, case-sensitive name. */
export function findOperator(name: string): ConditionOperator | undefined {
  return OPERATORS.get(name);
}

/** Names of all operators. */
export function operatorNames(): readonly string[] {
  return [...OPERATORS.keys()];
}

/** How a family reads values: `fromPolicy` of the policy, `fromContext` of the request; undefined is no such value. */
interface Reading<Expected, Actual> {
  family: OperatorFamily;
  expected: string;
  fromPolicy(value: PolicyValue): Expected | undefined;
  fromContext(value: ContextScalar): Actual | undefined;
}

type Comparison<Expected, Actual> = (expected: readonly Expected[]) => (actual: Actual) => boolean;

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const strings: Reading<string, string> = {
  family: 'String',
  expected: 'a string, number or boolean',
  fromPolicy: String,
  fromContext: (value) => (value instanceof Date ? withoutMilliseconds(value) : String(value)),
};

const numbers: Reading<number, number> = {
  family: 'Numeric',
  expected: 'a number, or a string that is one',
  fromPolicy: toNumber,
  fromContext: toNumber,
};

const dates: Reading<number, number> = {
  family: 'Date',
  expected: 'an ISO 8601 date and time with a zone, such as 2024-07-01T18:00:00+08:00',
  fromPolicy: toInstant,
  fromContext: toInstant,
};

const booleans: Reading<boolean, boolean> = {
  family: 'Bool',
  expected: '"true" or "false"',
  fromPolicy: toBoolean,
  fromContext: toBoolean,
};

const addresses: Reading<NonNullable<ReturnType<typeof parseAddressRange>>, readonly number[]> = {
  family: 'IP',
  expected: 'an IPv4 or IPv6 address or CIDR block',
  fromPolicy: (value) => (typeof value === 'string' ? parseAddressRange(value) : undefined),
  fromContext: (value) => (typeof value === 'string' ? lastAddress(value) : undefined),
};

const equalIgnoringCase: Comparison<string, string> = (expected) => {
  const folded = new Set(expected.map((value) => value.toLowerCase()));
  return (actual) => folded.has(actual.toLowerCase());
};
const like: Comparison<string, string> = (expected) => {
  const globs = expected.map(compileGlob);
  return (actual) => globs.some((matches) => matches(actual));
};
const inside: Comparison<Parameters<typeof contains>[0], readonly number[]> = (ranges) => (address) =>
  ranges.some((range) => contains(range, address));

const OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map([
  ['StringEquals', operator(strings, equal, false)],
  ['StringNotEquals', operator(strings, equal, true)],
  ['StringEqualsIgnoreCase', operator(strings, equalIgnoringCase, false)],
  ['StringNotEqualsIgnoreCase', operator(strings, equalIgnoringCase, true)],
  ['StringLike', operator(strings, like, false)],
  ['StringNotLike', operator(strings, like, true)],
  ...ordered('Numeric', numbers),
  ...ordered('Date', dates),
  ['Bool', operator(booleans, equal, false)],
  ['IpAddress', operator(addresses, inside, false)],
  ['NotIpAddress', operator(addresses, inside, true)],
]);

/** The six operators of a family whose values have an order. */
function ordered(prefix: string, reading: Reading<number, number>): [string, ConditionOperator][] {
  const any =
    (compare: (actual: number, expected: number) => boolean): Comparison<number, number> =>
    (expected) =>
    (actual) =>
      expected.some((value) => compare(actual, value));
  const comparisons: [string, Comparison<number, number>][] = [
    ['LessThan', any((actual, expected) => actual < expected)],
    ['LessThanEquals', any((actual, expected) => actual <= expected)],
    ['GreaterThan', any((actual, expected) => actual > expected)],
    ['GreaterThanEquals', any((actual, expected) => actual >= expected)],
  ];
  return [
    [`${prefix}Equals`, operator(reading, equal, false)],
    [`${prefix}NotEquals`, operator(reading, equal, true)],
    ...comparisons.map(([name, holds]): [string, ConditionOperator] => [
      prefix + name,
      operator(reading, holds, false),
    ]),
  ];
}

function operator<Expected, Actual>(
  { family, expected, fromPolicy, fromContext }: Reading<Expected, Actual>,
  comparison: Comparison<Expected, Actual>,
  negated: boolean,
): ConditionOperator {
  return {
    family,
    negated,
    expected,
    accepts: (value) => fromPolicy(value) !== undefined,
    compile(values) {
      const matches = comparison(values.map(fromPolicy).filter((value) => value !== undefined));
      const matchesOne = (value: ContextScalar): boolean => {
        const actual = fromContext(value);
        return actual !== undefined && matches(actual);
      };
      // Absent or unreadable matches nothing: false, or true when negated.
      return (value) => {
        if (value === undefined) return negated;
        const matched = isList(value) ? value.some(matchesOne) : matchesOne(value);
        return matched !== negated;
      };
    },
  };
}

function equal<Value>(expected: readonly Value[]): (actual: Value) => boolean {
  if (expected.length === 1) {
    const only = expected[0];
    return (actual) => actual === only;
  }
  const all = new Set(expected);
  return (actual) => all.has(actual);
}

function isList(value: ContextValue): value is readonly ContextScalar[] {
  return Array.isArray(value);
}

function toNumber(value: ContextScalar): number | undefined {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function toInstant(value: ContextScalar): number | undefined {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? parseInstant(value) : undefined;
}

function toBoolean(value: ContextScalar): boolean | undefined {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return undefined;
}

function withoutMilliseconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

// One request asks about one address again and again, once for each condition on it.
let lastText = '';
let lastParsed: readonly number[] | undefined;
function lastAddress(text: string): readonly number[] | undefined {
  if (text !== lastText) {
    lastText = text;
    lastParsed = parseAddress(text);
  }
  return lastParsed;
}
