import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Fragments, fragmentsOf } from './fragments.ts';
import type { KeptTypes } from './kept-parts.ts';
import { Plan } from './plan.ts';

/** Of all plans together; each takes about half a kilobyte. */
const MAX_FIELDS = 50_000;

/** Of all documents that plans hold on to; a parsed document takes about 80 bytes for each. */
const MAX_CHARACTERS = 500_000;
/** Assumed for a document that was parsed without locations, which is a long one. */
const UNKNOWN_CHARACTERS = 10_000;

/** What stands in the key of a plan for a variable that `@skip` or `@include` look at; never a digit, as the operation's number stands before it. */
const MARKS = new Map<unknown, string>([
  [true, '+'],
  [false, '-'],
  [null, '~'],
]);

/** Plans by operation and by what is skipped and included. What was not used for longest goes first. */
export class PlanCache {
  readonly #schema: GraphQLSchema;
  readonly #kept: KeptTypes;
  readonly #maxFields: number;
  readonly #operations = new WeakMap<OperationDefinitionNode, KnownOperation>();
  readonly #plans = new Map<string, KeptPlan>();
  #fields = 0;
  #characters = 0;
  #operationCount = 0;
  #latest = '';

  constructor(
    schema: GraphQLSchema,
    { maxFields = MAX_FIELDS, kept = {} }: { maxFields?: number | undefined; kept?: KeptTypes | undefined } = {},
  ) {
    this.#schema = schema;
    this.#kept = kept;
    this.#maxFields = maxFields;
  }

  /** How many fields all plans have. */
  get fields(): number {
    return this.#fields;
  }

  /** How many characters their documents have, each counted for each of its plans. */
  get characters(): number {
    return this.#characters;
  }

  get(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): Plan {
    const known = this.#operations.get(operation) ?? this.#learn(document, operation);
    let key = known.id;
    for (const name of known.conditions) {
      key += MARKS.get(Object.hasOwn(variables, name) ? variables[name] : undefined) ?? '?';
    }
    const kept = this.#plans.get(key);
    if (kept === undefined) return this.#add(key, known, variables);
    if (key !== this.#latest) {
      this.#plans.delete(key);
      this.#plans.set(key, kept);
      this.#latest = key;
    }
    return kept.plan;
  }

  #add(key: string, known: KnownOperation, variables: Readonly<Record<string, unknown>>): Plan {
    const { operation, fragments, characters } = known;
    const conditions = Object.fromEntries(
      known.conditions
        .filter((name) => Object.hasOwn(variables, name))
        .map((name) => [name, variables[name] as boolean | null]),
    );
    const size = { fields: 0, characters, gone: false };
    const plan = new Plan(operation, { schema: this.#schema, fragments, conditions }, this.#kept, (fields) => {
      if (size.gone) return;
      size.fields += fields;
      this.#fields += fields;
      this.#evict(key);
    });
    this.#plans.set(key, { plan, size });
    this.#latest = key;
    this.#characters += characters;
    this.#evict(key);
    return plan;
  }

  #evict(growing: string): void {
    for (const [key, { size }] of this.#plans) {
      if (this.#fields <= this.#maxFields && this.#characters <= MAX_CHARACTERS) return;
      if (key === growing) continue;
      this.#plans.delete(key);
      this.#fields -= size.fields;
      this.#characters -= size.characters;
      size.gone = true;
    }
  }

  #learn(document: DocumentNode, operation: OperationDefinitionNode): KnownOperation {
    const fragments = fragmentsOf(document);
    this.#operationCount += 1;
    const conditions = [...conditionsOf(operation.selectionSet, fragments)];
    const characters = document.loc?.source.body.length ?? UNKNOWN_CHARACTERS;
    const known = { id: String(this.#operationCount), operation, fragments, conditions, characters };
    this.#operations.set(operation, known);
    return known;
  }
}

interface KnownOperation {
  readonly id: string;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
  /** Names of the variables that `@skip` and `@include` look at. */
  readonly conditions: readonly string[];
  /** Length of the whole document. */
  readonly characters: number;
}

interface KeptPlan {
  readonly plan: Plan;
  /** `gone`: no longer kept nor counted, and left to those who are executing it. */
  readonly size: { fields: number; characters: number; gone: boolean };
}

function conditionsOf(
  set: SelectionSetNode,
  fragments: Fragments,
  found = new Set<string>(),
  spread = new Set<string>(),
): Set<string> {
  for (const node of set.selections) {
    for (const { name, arguments: given = [] } of node.directives ?? []) {
      const value = given[0]?.value;
      const decides = name.value === 'skip' || name.value === 'include';
      if (decides && value?.kind === Kind.VARIABLE) found.add(value.name.value);
    }
    if (node.kind !== Kind.FRAGMENT_SPREAD) {
      if (node.selectionSet !== undefined) conditionsOf(node.selectionSet, fragments, found, spread);
    } else if (!spread.has(node.name.value)) {
      spread.add(node.name.value);
      const fragment = fragments[node.name.value];
      if (fragment !== undefined) conditionsOf(fragment.selectionSet, fragments, found, spread);
    }
  }
  return found;
}
