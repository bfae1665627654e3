import {
  defaultFieldResolver,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../schema/context.ts';
import { measurer } from './document-limits.ts';

/** How large one answer may become. */
export interface AnswerLimits {
  /** Each item of a list counts, with all fields that are selected below it. */
  fields: number;
  errors: number;
}

/** What an answer is over, when it is. */
export interface ExceededAnswer {
  name: 'answerFields' | 'answerErrors';
  limit: number;
  /** As far as was counted. */
  value: number;
}

/**
 * What one answer has grown to. Upstream calls say little of it: the same page can be selected at a hundred places, and backups lead to their
 * instance, which leads to its backups.
 */
export class AnswerBudget {
  exceeded: ExceededAnswer | undefined;
  readonly #limits: AnswerLimits;
  #fields = 0;
  #errors = 0;

  constructor(limits: AnswerLimits) {
    this.#limits = limits;
  }

  countFields(fields: number): void {
    this.#fields += fields;
    if (this.#fields > this.#limits.fields) this.#exceed('answerFields', this.#limits.fields, this.#fields);
  }

  countError(): void {
    this.#errors += 1;
    if (this.#errors > this.#limits.errors) this.#exceed('answerErrors', this.#limits.errors, this.#errors);
  }

  #exceed(name: ExceededAnswer['name'], limit: number, value: number): void {
    this.exceeded ??= { name, limit, value };
  }
}

/** The context of an operation whose answer is counted. */
export interface BoundContext extends Context {
  readonly answer: AnswerBudget;
}

/**
 * Lets every field of a schema count for the budget in its context. An execution cannot be broken off: once the budget is exceeded, fields that
 * can be null are null and lists are empty, so that it soon ends; the answer is not for sending.
 */
export function boundAnswers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) bound(field as GraphQLField<unknown, BoundContext>);
  }
  return schema;
}

function bound(field: GraphQLField<unknown, BoundContext>): void {
  const resolve: GraphQLFieldResolver<unknown, BoundContext> = field.resolve ?? defaultFieldResolver;
  const isList = isListType(getNullableType(field.type)) && !isLeafType(getNamedType(field.type));
  const spent = isNonNullType(field.type) ? undefined : null;
  // The keys of an object: they cannot fail, and there is nothing below them.
  if (spent === undefined && !isList) return;

  field.resolve = (source, args, context, info) => {
    const { answer } = context;
    const nothing = isList ? [] : spent;
    if (answer.exceeded !== undefined) return nothing;
    const counted = (value: unknown) => {
      if (!isList || !Array.isArray(value)) return value;
      answer.countFields(value.length * (1 + fieldsBelow(info)));
      return answer.exceeded === undefined ? value : nothing;
    };
    const failed = (error: unknown) => {
      answer.countError();
      if (answer.exceeded === undefined) throw error;
      return nothing;
    };
    let value: unknown;
    try {
      value = resolve(source, args, context, info);
    } catch (error) {
      return failed(error);
    }
    return value instanceof Promise ? value.then(counted, failed) : counted(value);
  };
}

const measured = new WeakMap<SelectionSetNode, number>();

/** How many fields are selected below the one that is being resolved, at every depth. */
function fieldsBelow({ fieldNodes, fragments }: GraphQLResolveInfo): number {
  let fields = 0;
  for (const { selectionSet } of fieldNodes)
    if (selectionSet !== undefined) fields += fieldsIn(selectionSet, fragments);
  return fields;
}

function fieldsIn(set: SelectionSetNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>): number {
  const known = measured.get(set);
  if (known !== undefined) return known;
  const { fields } = measurer((name) => fragments[name])(set);
  measured.set(set, fields);
  return fields;
}
