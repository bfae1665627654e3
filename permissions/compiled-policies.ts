import { type CompiledStatement, compileStatement } from './compiled-statement.ts';
import type { ConditionContext } from './condition-context.ts';
import { FIELD } from './condition-keys.ts';
import { type Decision, IMPLICIT_DENY } from './decision.ts';
import type { Statement } from './policy-document.ts';

/** The policies of one principal, ready to decide. */
export interface CompiledPolicies {
  /** Whether any statement looks at `gateway:Field`. */
  readonly looksAtFields: boolean;
  /** Whether any statement looks at `acs:CurrentTime`. */
  readonly looksAtTime: boolean;
  /** Keys of the instance's tags that any statement looks at. */
  readonly tagKeys: ReadonlySet<string>;
  /** The statements whose action and resource match; their conditions are still to be decided. */
  applicable(action: string, resource: string): ApplicableStatements;
}

/** What is left to decide once action and resource are known. */
export interface ApplicableStatements {
  /** Whether the decision can differ between fields. */
  readonly looksAtFields: boolean;
  /** Keys of the tags that the decision can depend on. */
  readonly tagKeys: ReadonlySet<string>;
  decide(context: ConditionContext): Decision;
  /** Decides for a field alone, once for all requests; absent where the decision depends on more. */
  readonly decideField?: (field: string | undefined) => Decision;
  /** Whether all of these fields are allowed; there where {@link decideField} is. Worked out once for each list. */
  readonly allowsFields?: (fields: readonly string[]) => boolean;
}

export interface RamRequest {
  /** `kvstore:DescribeInstances`; matched without regard to case. */
  action: string;
  /** An ARN; matched with regard to case. */
  resource: string;
  context: ConditionContext;
}

/** Compiles policies that are in force together. The order of policies and statements only settles which one is named. */
export function compilePolicies(policies: Iterable<readonly [name: string, readonly Statement[]]>): CompiledPolicies {
  const statements: CompiledStatement[] = [];
  for (const [name, document] of policies) {
    statements.push(...document.map((statement, index) => compileStatement(name, index, statement)));
  }
  return new Compiled(statements);
}

/** Joins the statements of policies that were compiled one by one. */
export function joinStatements(statements: readonly CompiledStatement[]): CompiledPolicies {
  return new Compiled(statements);
}

/** Decides as RAM does: an explicit deny first, then an allow, else an implicit deny. */
export function decide(policies: CompiledPolicies, { action, resource, context }: RamRequest): Decision {
  return policies.applicable(action, resource).decide(context);
}

const NO_KEYS: ReadonlySet<string> = new Set();

// Clients may ask about any action and resource (`viewer { can }`), so what is kept by them is bounded.
const MOST_ACTIONS = 64;
const MOST_RESOURCES = 200;

class Compiled implements CompiledPolicies {
  readonly looksAtFields: boolean;
  readonly looksAtTime: boolean;
  readonly tagKeys: ReadonlySet<string>;
  readonly #statements: readonly CompiledStatement[];
  readonly #byAction = new Map<string, OfAction>();
  /** How many resources are kept, of all actions together. */
  #resources = 0;

  constructor(statements: readonly CompiledStatement[]) {
    this.#statements = statements;
    this.looksAtFields = statements.some(({ looksAtField }) => looksAtField);
    this.looksAtTime = statements.some(({ looksAtTime }) => looksAtTime);
    this.tagKeys = new Set(statements.flatMap(({ tagKeys }) => tagKeys));
  }

  applicable(action: string, resource: string): ApplicableStatements {
    const { statements, byResource } = this.#of(action);
    let applicable = byResource.get(resource);
    if (applicable === undefined) {
      if (this.#resources >= MOST_RESOURCES) this.#forgetResources();
      applicable = this.#select(statements, resource);
      byResource.set(resource, applicable);
      this.#resources += 1;
    }
    return applicable;
  }

  #select(statements: readonly CompiledStatement[], resource: string): ApplicableStatements {
    const denies: CompiledStatement[] = [];
    const allows: CompiledStatement[] = [];
    for (const statement of statements) {
      if (!statement.matchesResource(resource)) continue;
      if (statement.decision.effect === 'ALLOW') allows.push(statement);
      else if (statement.unconditional) return decided(statement.decision);
      else denies.push(statement);
    }
    const allow = allows.find(({ unconditional }) => unconditional);
    if (denies.length > 0) return new Conditional(denies, allow === undefined ? allows : [allow]);
    if (allow !== undefined) return decided(allow.decision);
    return allows.length === 0 ? decided(IMPLICIT_DENY) : new Conditional(denies, allows);
  }

  #forgetResources(): void {
    for (const { byResource } of this.#byAction.values()) byResource.clear();
    this.#resources = 0;
  }

  #of(action: string): OfAction {
    let found = this.#byAction.get(action);
    if (found === undefined) {
      const lowerCase = action.toLowerCase();
      const statements = this.#statements.filter((statement) => statement.matchesAction(lowerCase));
      if (this.#byAction.size >= MOST_ACTIONS) {
        this.#byAction.clear();
        this.#resources = 0;
      }
      found = { statements, byResource: new Map() };
      this.#byAction.set(action, found);
    }
    return found;
  }
}

/** The statements whose action matches, and what is left of them by resource. */
interface OfAction {
  statements: readonly CompiledStatement[];
  byResource: Map<string, ApplicableStatements>;
}

class Conditional implements ApplicableStatements {
  readonly #denies: readonly CompiledStatement[];
  readonly #allows: readonly CompiledStatement[];
  readonly looksAtFields: boolean;
  readonly tagKeys: ReadonlySet<string>;
  readonly decideField?: (field: string | undefined) => Decision;
  readonly allowsFields?: (fields: readonly string[]) => boolean;

  constructor(denies: readonly CompiledStatement[], allows: readonly CompiledStatement[]) {
    this.#denies = denies;
    this.#allows = allows;
    const all = [...denies, ...allows];
    this.looksAtFields = all.some(({ looksAtField }) => looksAtField);
    this.tagKeys = new Set(all.flatMap(({ tagKeys }) => tagKeys));
    if (!all.every(({ looksOnlyAtField }) => looksOnlyAtField)) return;
    const decideField = this.#rememberFields();
    this.decideField = decideField;
    this.allowsFields = rememberLists((field) => decideField(field).effect === 'ALLOW');
  }

  decide(context: ConditionContext): Decision {
    for (const deny of this.#denies) if (deny.conditionsHold(context)) return deny.decision;
    for (const allow of this.#allows) if (allow.conditionsHold(context)) return allow.decision;
    return IMPLICIT_DENY;
  }

  /** The schema has a few dozen fields. */
  #rememberFields(): (field: string | undefined) => Decision {
    const decisions = new Map<string | undefined, Decision>();
    return (field) => {
      let decision = decisions.get(field);
      if (decision === undefined) {
        decision = this.decide({ get: (key) => (key === FIELD ? field : undefined) });
        decisions.set(field, decision);
      }
      return decision;
    };
  }
}

/** For lists of fields that live as long as the plan of a document: asking for each of 20 fields in each request took 3 µs. */
function rememberLists(allows: (field: string) => boolean): (fields: readonly string[]) => boolean {
  const known = new WeakMap<readonly string[], boolean>();
  return (fields) => {
    let allowed = known.get(fields);
    if (allowed === undefined) {
      allowed = fields.every(allows);
      known.set(fields, allowed);
    }
    return allowed;
  };
}

function decided(decision: Decision): ApplicableStatements {
  return { looksAtFields: false, tagKeys: NO_KEYS, decide: () => decision };
}
