import { type GraphQLNamedType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { hasVariable } from './arguments.ts';
import type { Field, Selection } from './field.ts';
import type { KeptTypes } from './kept-parts.ts';

/** Whether all that is selected gives the same whenever it is read of the same. `below` tells what is selected below a field. */
export function isKept(
  type: GraphQLNamedType,
  fields: readonly Field[],
  kept: KeptTypes,
  below: (field: Field) => Selection | undefined,
): boolean {
  const marked = kept[type.name]?.fields;
  return marked !== undefined && fields.every((field) => isKeptField(field, marked, kept, below));
}

function isKeptField(
  field: Field,
  marked: readonly string[],
  kept: KeptTypes,
  below: (field: Field) => Selection | undefined,
): boolean {
  const { definition, nodes } = field;
  if (definition.name === '__typename') return true;
  if (!marked.includes(definition.name)) return false;
  if (nodes[0]?.arguments?.some(({ value }) => hasVariable(value))) return false;
  const type = getNamedType(definition.type);
  if (isLeafType(type)) return true;
  const selection = isObjectType(type) ? below(field) : undefined;
  return selection !== undefined && isKept(type, selection.fields, kept, below);
}
