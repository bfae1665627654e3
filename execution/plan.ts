import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { argumentsOf } from './arguments.ts';
import { type Collecting, collectFields } from './collect-fields.ts';
import { completerOf } from './complete.ts';
import type { Field, OperationPlan, Selection } from './field.ts';
import type { KeptTypes } from './kept-parts.ts';
import { keptFields } from './kept-selection.ts';

/** How many selections there have been. */
let selections = 0;

/**
 * A query or subscription ready to run, for one combination of what is skipped and included. What lies below a field is worked out when a value of a type
 * is first met there, so that a document which spreads fragments in fragments costs no more than what it selects.
 */
export class Plan implements OperationPlan {
  readonly schema: OperationPlan['schema'];
  readonly operation: OperationDefinitionNode;
  readonly fragments: OperationPlan['fragments'];
  readonly #collecting: Collecting;
  readonly #kept: KeptTypes;
  readonly #grown: (fields: number) => void;
  #root: Selection | undefined;

  /** `grown` hears of how many fields were added. */
  constructor(
    operation: OperationDefinitionNode,
    collecting: Collecting,
    kept: KeptTypes,
    grown: (fields: number) => void,
  ) {
    this.schema = collecting.schema;
    this.operation = operation;
    this.fragments = collecting.fragments;
    this.#collecting = collecting;
    this.#kept = kept;
    this.#grown = grown;
  }

  /** What is selected of the whole. Raises when a condition there cannot be decided. */
  get root(): Selection {
    const { schema, operation } = this;
    this.#root ??= this.#selection(schema.getRootType(operation.operation) as GraphQLObjectType, [
      operation.selectionSet,
    ]);
    return this.#root;
  }

  below(field: Field, type: GraphQLObjectType): Selection {
    let selection = field.selections.get(type);
    if (selection === undefined) {
      const sets = field.nodes.flatMap((node) => node.selectionSet ?? []);
      selection = this.#selection(type, sets);
      field.selections.set(type, selection);
    }
    return selection;
  }

  #selection(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
    const fields: Field[] = [];
    for (const [key, nodes] of collectFields(this.#collecting, type, sets)) {
      const definition = this.#definition(type, nodes[0] as FieldNode);
      if (definition !== undefined) fields.push(fieldOf(key, type, definition, nodes));
    }
    this.#grown(fields.length);
    const id = ++selections;
    return {
      fields,
      hasProtoKey: fields.some(({ key }) => key === '__proto__'),
      id,
      kept: this.#keptBy(type, fields),
    };
  }

  #keptBy(type: GraphQLObjectType, fields: readonly Field[]): Selection['kept'] {
    const by = this.#kept[type.name]?.by;
    if (by === undefined) return undefined;
    const all = keptFields(type, fields, this.#kept, (field) => {
      const named = getNamedType(field.definition.type);
      return isObjectType(named) ? this.below(field, named) : undefined;
    });
    return all && { by, fields: all };
  }

  #definition(type: GraphQLObjectType, { name }: FieldNode): GraphQLField<unknown, unknown> | undefined {
    if (name.value === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (type === this.schema.getQueryType()) {
      if (name.value === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name.value === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return type.getFields()[name.value];
  }
}

function fieldOf(
  key: string,
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): Field {
  return {
    key,
    parentType,
    definition,
    nodes,
    resolve: definition.resolve ?? defaultFieldResolver,
    argumentsFor: argumentsOf(definition, nodes[0] as FieldNode),
    complete: completerOf(definition.type),
    selections: new Map(),
  };
}
