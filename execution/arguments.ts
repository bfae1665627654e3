import { type FieldNode, type GraphQLField, getArgumentValues, Kind, type ValueNode } from 'graphql';
import type { Field, Variables } from './field.ts';

const NONE: Variables = Object.freeze({});

/** How a field gets its arguments: what does not depend on variables is worked out once. */
export function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): Field['argumentsFor'] {
  if (definition.args.length === 0) return () => NONE;
  const given = node.arguments ?? [];
  const fromScratch: Field['argumentsFor'] = (variables) => getArgumentValues(definition, node, variables);
  const byVariable = given.filter(({ value }) => value.kind === Kind.VARIABLE);
  const constant = given.filter(({ value }) => !hasVariable(value));
  if (byVariable.length + constant.length < given.length) return fromScratch;

  const names = byVariable.map(({ name, value }) => [name.value, variableName(value)] as const);
  const wanted = new Set(names.map(([name]) => name));
  const others = definition.args.filter(({ name }) => !wanted.has(name));
  let known: Variables;
  try {
    known = getArgumentValues({ ...definition, args: others }, { ...node, arguments: constant });
  } catch {
    return fromScratch;
  }
  return (variables) => {
    const values = { ...known };
    for (const [name, variable] of names) {
      // A variable may be named like something that every object has.
      const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      // Where a default may stand in, or null may not stand, graphql-js knows what to do.
      if (value == null) return fromScratch(variables);
      values[name] = value;
    }
    return values;
  };
}

/** Whether a value depends on variables. */
export function hasVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(hasVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => hasVariable(field.value));
    default:
      return false;
  }
}

function variableName(value: ValueNode): string {
  return value.kind === Kind.VARIABLE ? value.name.value : '';
}
