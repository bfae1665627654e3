import { type GraphQLNamedType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { hasVariable } from './arguments.ts';
import { type Field, nameOf, type Selection } from './field.ts';
import type { KeptTypes } from './kept-parts.ts';

/**
 * Every field that is selected of a value, at every depth, as `Type.field`; undefined where one of them is not sure to give the same each time.
 * `below` tells what is selected below a field.
 */
export function keptFields(
  type: GraphQLNamedType,
  fields: readonly Field[],
  kept: KeptTypes,
  below: (field: Field) => Selection | undefined,
): string[] | undefined {
  const marked = kept[type.name]?.fields;
  if (marked === undefined) return undefined;
  const all = new Set<string>();
  for (const field of fields) {
    const { definition, nodes } = field;
    if (definition.name === '__typename') continue;
    if (!marked.includes(definition.name)) return undefined;
    if (nodes[0]?.arguments?.some(({ value }) => hasVariable(value))) return undefined;
    all.add(nameOf(field));
    const named = getNamedType(definition.type);
    if (isLeafType(named)) continue;
    const selection = isObjectType(named) ? below(field) : undefined;
    const inside = selection && keptFields(named, selection.fields, kept, below);
    if (inside === undefined) return undefined;
    for (const name of inside) all.add(name);
  }
  return [...all];
}
