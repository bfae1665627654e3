import type { ConditionContext } from './condition-context.ts';
import { CURRENT_TIME, FIELD, tagKeyOf } from './condition-keys.ts';
import { findOperator } from './condition-operators.ts';
import type { Decision } from './decision.ts';
import { compileGlob } from './glob.ts';
import type { Condition, PatternList, Statement } from './policy-document.ts';

/** A statement as matchers. */
export interface CompiledStatement {
  /** What it decides where it applies. */
  decision: Decision;
  /** Of the action in lower case. */
  matchesAction(lowerCaseAction: string): boolean;
  matchesResource(resource: string): boolean;
  /** Whether it depends on nothing but action and resource. */
  unconditional: boolean;
  conditionsHold(context: ConditionContext): boolean;
  looksAtField: boolean;
  /** Whether it looks at nothing besides the field. */
  looksOnlyAtField: boolean;
  looksAtTime: boolean;
  /** Keys of the instance's tags that its conditions look at. */
  tagKeys: readonly string[];
}

export function compileStatement(policy: string, index: number, statement: Statement): CompiledStatement {
  const effect = statement.effect === 'Allow' ? 'ALLOW' : 'EXPLICIT_DENY';
  const keys = statement.conditions.filter(({ known }) => known).map(({ key }) => key);
  const conditions = statement.conditions.map(compileCondition);
  const lowerCaseActions = statement.actions.patterns.map((pattern) => pattern.toLowerCase());
  return {
    decision: Object.freeze({ effect, policy, statement: index }),
    matchesAction: compilePatterns({ ...statement.actions, patterns: lowerCaseActions }),
    matchesResource: compilePatterns(statement.resources),
    unconditional: conditions.length === 0,
    conditionsHold: (context) => conditions.every((holds) => holds(context)),
    looksAtField: keys.includes(FIELD),
    looksOnlyAtField: keys.every((key) => key === FIELD),
    looksAtTime: keys.includes(CURRENT_TIME),
    tagKeys: keys.map(tagKeyOf).filter((key) => key !== undefined),
  };
}

function compilePatterns({ negated, patterns }: PatternList): (text: string) => boolean {
  const globs = patterns.map(compileGlob);
  const [only] = globs;
  if (globs.length === 1 && only !== undefined && !negated) return only;
  return (text) => globs.some((matches) => matches(text)) !== negated;
}

function compileCondition({ operator, key, known, values }: Condition): (context: ConditionContext) => boolean {
  const found = findOperator(operator);
  if (found === undefined) throw new TypeError(`Expected an operator of the language, got ${operator}`);
  if (!known) return () => found.negated;
  const test = found.compile(values);
  return (context) => test(context.get(key));
}
