import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

/** What decides which fields a selection has. */
export interface Collecting {
  schema: GraphQLSchema;
  fragments: { readonly [name: string]: FragmentDefinitionNode };
  /** Values of the variables that `@skip` and `@include` look at. */
  conditions: { readonly [name: string]: boolean | null };
}

/**
 * The fields that selection sets select of an object, by their keys in the answer: CollectFields of the GraphQL specification. Raises what
 * graphql-js raises for a condition that is null or missing.
 */
export function collectFields(
  collecting: Collecting,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const { schema, fragments, conditions } = collecting;
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();

  const collect = (set: SelectionSetNode) => {
    for (const node of set.selections) {
      const again = node.kind === Kind.FRAGMENT_SPREAD && spread.has(node.name.value);
      if (again || !isIncluded(node, conditions)) continue;
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        const others = fields.get(key);
        if (others === undefined) fields.set(key, [node]);
        else others.push(node);
      } else {
        if (node.kind === Kind.FRAGMENT_SPREAD) spread.add(node.name.value);
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
        if (fragment !== undefined && applies(schema, fragment, type)) collect(fragment.selectionSet);
      }
    }
  };

  for (const set of sets) collect(set);
  return fields;
}

function isIncluded(node: SelectionNode, conditions: Collecting['conditions']): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, conditions)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, conditions)?.if !== false;
}

function applies(
  schema: GraphQLSchema,
  { typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
  type: GraphQLObjectType,
): boolean {
  if (typeCondition === undefined) return true;
  const condition = typeFromAST(schema, typeCondition);
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}
