import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { AnswerBudget } from './answer-budget.ts';
import type { KeptBy, KeptParts } from './kept-parts.ts';

/** A place in the answer: what graphql-js calls a path. */
export type Place = GraphQLResolveInfo['path'];

/** A field of a selection, with all that can be known of it before it is executed. */
export interface Field {
  /** Its name in the answer. */
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  /** Where it is selected; several where selections are merged. */
  readonly nodes: readonly FieldNode[];
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** Its arguments for these variables. Raises what graphql-js raises where they do not fit. */
  readonly argumentsFor: (variables: Variables) => Variables;
  readonly complete: Complete;
  /** What is selected below it, for each type that its values have had. */
  readonly selections: Map<GraphQLObjectType, Selection>;
}

/** The fields of one object of an answer, in their order. */
export interface Selection {
  readonly fields: readonly Field[];
  /** Whether one of their keys is `__proto__`. */
  readonly hasProtoKey: boolean;
  /** Of its own: no two selections have the same. */
  readonly id: number;
  /** By what a value of its type is kept, and all fields that are selected of it, when they can be kept at all. */
  readonly kept: { readonly by: KeptBy; readonly fields: readonly string[] } | undefined;
}

export type Variables = { [name: string]: unknown };

/** Turns what a resolver gave into a part of the answer, or a promise of it. Raises where only null could stand there and may not. */
export type Complete = (execution: Execution, field: Field, place: Place, value: unknown) => unknown;

/** What the fields of one execution share. */
export interface Execution {
  readonly plan: OperationPlan;
  readonly variables: Variables;
  readonly context: unknown;
  readonly root: unknown;
  readonly budget: AnswerBudget;
  /** Parts that were written by earlier executions. */
  readonly kept: KeptParts;
  /** How many parts of this one are text already. */
  parts: number;
  readonly collected: {
    readonly errors: readonly GraphQLError[];
    add(error: GraphQLError, place: Place | undefined): void;
  };
}

/** An operation of a document, and what is selected in it. */
export interface OperationPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: { [name: string]: FragmentDefinitionNode };
  /** What is selected below a field for a value of this type. */
  below(field: Field, type: GraphQLObjectType): Selection;
}

/** `Type.field`. */
export function nameOf({ parentType, definition }: Field): string {
  return `${parentType.name}.${definition.name}`;
}
