import { type ConditionKeys, gatewayConditionKeys } from './condition-keys.ts';
import { findOperator, type PolicyValue } from './condition-operators.ts';
import { entriesOf, readList, readObject } from './json-elements.ts';
import { type PolicyFault, PolicyReport, shown, within } from './policy-fault.ts';

/** One statement of a policy, as written but checked. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: PatternList;
  resources: PatternList;
  /** All must hold. */
  conditions: readonly Condition[];
}

/** `Action` and `Resource`; negated: `NotAction` and `NotResource`. */
export interface PatternList {
  negated: boolean;
  patterns: readonly string[];
}

export interface Condition {
  operator: string;
  key: string;
  /** False for a key that nobody gives a value to: it counts as absent. */
  known: boolean;
  values: readonly PolicyValue[];
}

/** Reads a single RAM policy. Throws PolicyFaults, which hold everything that is wrong with it. */
export function parsePolicyDocument(
  document: unknown,
  keys: ConditionKeys = gatewayConditionKeys,
): { statements: readonly Statement[]; warnings: readonly PolicyFault[] } {
  const report = new PolicyReport();
  const statements = readPolicyDocument(document, '', report, keys);
  report.throwIfFaulty();
  return { statements, warnings: report.warnings };
}

/** Reads a RAM policy that stands at `place` of a file. Faults go to the report, and what is faulty is missing from the result. */
export function readPolicyDocument(
  document: unknown,
  place: string,
  report: PolicyReport,
  keys: ConditionKeys,
): readonly Statement[] {
  const elements = readObject(document, place, report, ['Version', 'Statement']);
  if (elements === undefined) return [];

  const version = elements.get('Version');
  if (version !== '1') report.fault(within(place, 'Version'), `expected "1", got ${shown(version)}`);

  const statementPlace = within(place, 'Statement');
  const list = elements.get('Statement');
  if (!Array.isArray(list) || list.length === 0) {
    report.fault(
      statementPlace,
      `expected a list of statements, got ${Array.isArray(list) ? 'an empty one' : shown(list)}`,
    );
    return [];
  }
  if (list.length > MOST_STATEMENTS) {
    report.fault(statementPlace, `expected at most ${MOST_STATEMENTS} statements, got ${list.length}`);
    return [];
  }
  return list.flatMap(
    (statement, index) => readStatement(statement, within(statementPlace, index), report, keys) ?? [],
  );
}

const MOST_STATEMENTS = 1_000;
const LONGEST_TEXT = 2_048;
const STATEMENT_ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

function readStatement(
  value: unknown,
  place: string,
  report: PolicyReport,
  keys: ConditionKeys,
): Statement | undefined {
  const elements = readObject(value, place, report, STATEMENT_ELEMENTS);
  if (elements === undefined) return undefined;

  const effect = elements.get('Effect');
  const known = effect === 'Allow' || effect === 'Deny';
  if (!known) report.fault(within(place, 'Effect'), `expected "Allow" or "Deny", got ${shown(effect)}`);
  if (elements.has('Sid') && typeof elements.get('Sid') !== 'string') {
    report.fault(within(place, 'Sid'), `expected a string, got ${shown(elements.get('Sid'))}`);
  }
  const actions = readPatterns(elements, 'Action', place, report, actionProblem);
  const resources = readPatterns(elements, 'Resource', place, report, resourceProblem);
  if (elements.has('NotResource')) {
    report.warn(
      within(place, 'NotResource'),
      "no longer part of RAM's published language; evaluated as everything but what it lists",
    );
  }
  const conditions = elements.has('Condition')
    ? readConditions(elements.get('Condition'), within(place, 'Condition'), report, keys)
    : [];
  return known && actions && resources ? { effect, actions, resources, conditions } : undefined;
}

function readPatterns(
  elements: ReadonlyMap<string, unknown>,
  name: 'Action' | 'Resource',
  place: string,
  report: PolicyReport,
  problemOf: (pattern: string) => string | undefined,
): PatternList | undefined {
  const negated = elements.has(`Not${name}`);
  if (negated === elements.has(name)) {
    report.fault(place, `expected exactly one of ${name} and Not${name}, got ${negated ? 'both' : 'neither'}`);
    return undefined;
  }
  const element = negated ? `Not${name}` : name;
  const patterns = readList(elements.get(element), within(place, element), report, (value, valuePlace) => {
    const problem = typeof value === 'string' ? problemOf(value) : `expected a string, got ${shown(value)}`;
    if (problem === undefined) return value as string;
    report.fault(valuePlace, problem);
    return undefined;
  });
  return { negated, patterns };
}

function readConditions(value: unknown, place: string, report: PolicyReport, keys: ConditionKeys): Condition[] {
  const conditions: Condition[] = [];
  for (const [operator, operands] of entriesOf(value, place, report) ?? []) {
    const operatorPlace = within(place, operator);
    if (findOperator(operator) === undefined) {
      report.fault(operatorPlace, 'unknown operator');
      continue;
    }
    const entries = entriesOf(operands, operatorPlace, report);
    if (entries?.length === 0) report.fault(operatorPlace, 'expected at least one condition key');
    for (const [key, values] of entries ?? []) {
      conditions.push(readCondition(operator, key, values, within(operatorPlace, key), report, keys));
    }
  }
  return conditions;
}

function readCondition(
  operator: string,
  key: string,
  value: unknown,
  place: string,
  report: PolicyReport,
  keys: ConditionKeys,
): Condition {
  const { accepts, expected, family, negated } = findOperator(operator) as NonNullable<ReturnType<typeof findOperator>>;
  const values = readList(value, place, report, (item, itemPlace) => {
    const scalar = typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';
    const problem = scalar && accepts(item) ? textProblem(item) : `expected ${expected}, got ${shown(item)}`;
    if (problem === undefined) return item as PolicyValue;
    report.fault(itemPlace, problem);
    return undefined;
  });

  const keyFamily = keys(key);
  if (keyFamily === undefined) {
    report.warn(place, `unknown condition key: counts as absent, so that ${operator} is always ${negated}`);
  } else if (family !== 'String' && family !== keyFamily) {
    report.warn(place, `values of ${key} are not what ${operator} compares, so that it is always ${negated}`);
  }
  return { operator, key, known: keyFamily !== undefined, values };
}

/** Refuses what can match no action: an Allow of it would be pointless, and a Deny of it would deny nothing. */
function actionProblem(pattern: string): string | undefined {
  if (!/[:*?]/.test(pattern)) return `expected "service:Action" or "*", got ${shown(pattern)}`;
  return textProblem(pattern) ?? spaceProblem(pattern);
}

/** Refuses what can match no resource, for the same reason. */
function resourceProblem(pattern: string): string | undefined {
  const literal = (/^[^*?]*/.exec(pattern) as RegExpExecArray)[0];
  const complete = /^acs:[^:]*:[^:]*:[^:]*:./s;
  const possible =
    literal === pattern ? complete.test(pattern) : literal.startsWith('acs:') || 'acs:'.startsWith(literal);
  if (!possible) return `expected "acs:service:region:account:relative-id" or "*", got ${shown(pattern)}`;
  return textProblem(pattern) ?? spaceProblem(pattern);
}

function textProblem(value: PolicyValue): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length > LONGEST_TEXT) return `expected at most ${LONGEST_TEXT} characters, got ${value.length}`;
  if (!value.isWellFormed()) return 'expected well-formed Unicode';
  if (value.includes('${')) return `policy variables are not part of the language, got ${shown(value)}`;
  return undefined;
}

function spaceProblem(pattern: string): string | undefined {
  return /[\s\p{Cc}]/u.test(pattern) ? `expected no spaces or control characters, got ${shown(pattern)}` : undefined;
}
