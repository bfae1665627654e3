import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** What decides what an operation selects, beside its selection sets; the variables are coerced. */
export type SelectionSource = Pick<GraphQLResolveInfo, 'fragments' | 'variableValues'>;

/** What an operation selects below a field, aliases and fragments merged and `@skip` and `@include` obeyed. */
export class Selection {
  readonly #sets: readonly SelectionSetNode[];
  readonly #source: SelectionSource;
  readonly #types: ReadonlySet<string> | undefined;
  #fields: Map<string, FieldNode[]> | undefined;

  /** `types`: which type conditions apply; all of them when absent. */
  constructor(sets: readonly SelectionSetNode[], source: SelectionSource, types?: ReadonlySet<string>) {
    this.#sets = sets;
    this.#source = source;
    this.#types = types;
  }

  /** Every selected field, as often as it is selected. */
  nodes(): FieldNode[] {
    return [...this.#collected().values()].flat();
  }

  has(name: string): boolean {
    return this.#collected().has(name);
  }

  hasAny(...names: string[]): boolean {
    return names.some((name) => this.has(name));
  }

  /** What is selected below a field; empty where the field is not selected. */
  at(...path: string[]): Selection {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    const sets = (this.#collected().get(name) ?? []).flatMap((node) => node.selectionSet ?? []);
    return new Selection(sets, this.#source).at(...rest);
  }

  #collected(): Map<string, FieldNode[]> {
    if (this.#fields === undefined) {
      this.#fields = new Map();
      for (const set of this.#sets) this.#collect(set, new Set());
    }
    return this.#fields;
  }

  #collect(set: SelectionSetNode, spread: Set<string>): void {
    for (const node of set.selections) {
      if (!this.#isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) {
        const nodes = this.#fields?.get(node.name.value);
        if (nodes === undefined) this.#fields?.set(node.name.value, [node]);
        else nodes.push(node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        if (this.#applies(node.typeCondition?.name.value)) this.#collect(node.selectionSet, spread);
      } else if (!spread.has(node.name.value)) {
        spread.add(node.name.value);
        const fragment = this.#source.fragments[node.name.value];
        if (fragment !== undefined && this.#applies(fragment.typeCondition.name.value))
          this.#collect(fragment.selectionSet, spread);
      }
    }
  }

  #applies(typeCondition: string | undefined): boolean {
    return this.#types === undefined || typeCondition === undefined || this.#types.has(typeCondition);
  }

  #isIncluded(node: SelectionSetNode['selections'][number]): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    const { variableValues } = this.#source;
    if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
  }
}

/** The selection below the field that is being resolved; for an abstract type, as far as one of its `types` goes. */
export function selectionOf(info: GraphQLResolveInfo, ...types: string[]): Selection {
  const sets = info.fieldNodes.flatMap((node) => node.selectionSet ?? []);
  return new Selection(sets, info, types.length === 0 ? undefined : new Set(types));
}

/**
 * What was worked out for a field from what is selected below it. The executor hands over the same list of nodes for as long as the same is
 * skipped and included, so it need not be worked out for every request.
 */
export function remembered<Value>(
  memory: WeakMap<GraphQLResolveInfo['fieldNodes'], Value>,
  { fieldNodes }: GraphQLResolveInfo,
  workOut: () => Value,
): Value {
  let value = memory.get(fieldNodes);
  if (value === undefined) {
    value = workOut();
    memory.set(fieldNodes, value);
  }
  return value;
}
