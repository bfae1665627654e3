import type { GraphQLResolveInfo } from 'graphql';
import type { Execution, Field, Place } from './field.ts';

/**
 * A field in the answer, which is at once what its resolver gets as `info`: one object of three words, where graphql-js makes a path and an
 * info of ten fields.
 */
export class FieldPlace implements Place {
  readonly prev: Place | undefined;
  readonly field: Field;
  readonly execution: Execution;

  constructor(prev: Place | undefined, field: Field, execution: Execution) {
    this.prev = prev;
    this.field = field;
    this.execution = execution;
  }

  get key(): string {
    return this.field.key;
  }

  get typename(): string {
    return this.field.parentType.name;
  }

  /** For resolvers. Not implemented by name: types of other packages add to the interface what graphql 17 has. */
  get info(): GraphQLResolveInfo {
    return this as unknown as GraphQLResolveInfo;
  }

  get path(): Place {
    return this;
  }

  get fieldName(): string {
    return this.field.definition.name;
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.field.nodes;
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.definition.type;
  }

  get parentType(): GraphQLResolveInfo['parentType'] {
    return this.field.parentType;
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.execution.plan.schema;
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.execution.plan.fragments;
  }

  get rootValue(): unknown {
    return this.execution.root;
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.execution.plan.operation;
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.execution.variables;
  }
}

/** An item of a list in the answer. */
export class ItemPlace implements Place {
  readonly prev: Place;
  readonly key: number;

  constructor(prev: Place, key: number) {
    this.prev = prev;
    this.key = key;
  }

  get typename(): undefined {
    return undefined;
  }
}
