import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { AnswerBudget } from './answer-budget.ts';
import { CollectedErrors } from './collected-errors.ts';
import { executeFields } from './execute-fields.ts';
import { JsonPart, writeJson } from './json-part.ts';
import { KeptParts, type KeptTypes } from './kept-parts.ts';
import { PlanCache } from './plan-cache.ts';

/** An operation of a valid document, and what it is executed with. */
export interface ExecutedOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Variables as they were given. */
  given: { readonly [name: string]: unknown };
  /** The same, coerced. */
  variables: { [name: string]: unknown };
  context: unknown;
  /** The event, for a subscription. */
  root?: unknown;
  /** Absent: an answer may be of any size. */
  budget?: AnswerBudget;
}

/**
 * Executes an operation of a valid document, or for one event of a subscription, as graphql-js does: the same data, the same errors in the
 * same order. Never rejects.
 */
export type Execute = (operation: ExecutedOperation) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Executes operations from plans that are made once for each document: graphql-js takes four times as long for a page of backups with their
 * shards. Mutations, whose fields run one after the other, are left to graphql-js.
 *
 * What `kept` names is written as JSON once for each object, and put into later answers as it is: their data is then a {@link JsonPart}, which
 * `JSON.stringify` writes correctly too.
 *
 * @param maxFields Of all plans that are remembered together.
 */
export function createExecutor(
  schema: GraphQLSchema,
  { maxFields, kept: types }: { maxFields?: number; kept?: KeptTypes } = {},
): Execute {
  const plans = new PlanCache(schema, { maxFields, kept: types });
  const kept = new KeptParts();
  return ({ document, operation, given, variables, context, root, budget = new AnswerBudget(UNBOUNDED) }) => {
    if (operation.operation === OperationTypeNode.MUTATION) {
      return execute({
        schema,
        document,
        operationName: operation.name?.value,
        variableValues: given,
        contextValue: context,
        rootValue: root,
      });
    }
    const plan = plans.get(document, operation, variables);
    const collected = new CollectedErrors(budget);
    const execution = { plan, variables, context, root, budget, kept, parts: 0, collected };
    const answer = (data: unknown) => answerOf(execution.parts > 0 ? new JsonPart(writeJson(data)) : data, collected);
    const failed = (error: GraphQLError) => {
      collected.add(error, undefined);
      return answerOf(null, collected);
    };
    try {
      const data = executeFields(execution, plan.root, root, undefined);
      return data instanceof Promise ? data.then(answer, failed) : answer(data);
    } catch (error) {
      return failed(error as GraphQLError);
    }
  };
}

const UNBOUNDED = { fields: Number.POSITIVE_INFINITY, errors: Number.POSITIVE_INFINITY };

function answerOf(data: unknown, { errors }: CollectedErrors): ExecutionResult {
  const whole = data as ExecutionResult['data'] & object;
  return errors.length === 0 ? { data: whole } : { errors, data: whole };
}
