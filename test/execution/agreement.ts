import { isDeepStrictEqual } from 'node:util';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Execute } from '../../execution/executor.ts';
import type { UnrulyContext } from './unruly-schema.ts';

/** Rejections that nobody handled. graphql-js has some, where a list fails while other items of it are pending. */
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
let listeners: NodeJS.UnhandledRejectionListener[] = [];
let stackTraceLimit = 0;

/**
 * Keeps the rejections that graphql-js does not handle from failing the tests of a file, and stacks from being written for the thousands of
 * errors that are part of the answers.
 */
export function keepUnhandledRejections(): void {
  beforeAll(() => {
    stackTraceLimit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', note);
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
}

/** Executes by both and expects the same data, the same errors in the same order, and resolvers that were told the same. */
export async function expectAgreement(
  schema: GraphQLSchema,
  run: Execute,
  document: DocumentNode,
  given: Record<string, unknown>,
  world: Omit<UnrulyContext, 'seen'>,
): Promise<ExecutionResult> {
  const operation = getOperationAST(document) as OperationDefinitionNode;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (coerced === undefined) return {};
  const root = { root: true };
  const [theirs, ours] = [[], []] as [unknown[], unknown[]];
  const expected = await execute({
    schema,
    document,
    variableValues: given,
    contextValue: { ...world, seen: theirs },
    rootValue: root,
  });
  await turn();
  unhandled.length = 0;
  const got = await run({ document, operation, given, variables: coerced, context: { ...world, seen: ours }, root });
  same(plain(got), plain(expected));
  // Keys in their order too.
  expect(JSON.stringify(got.data)).toBe(JSON.stringify(expected.data));
  await turn();
  same(ours, theirs);
  expect(unhandled).toEqual([]);
  return expected;
}

/** Quick where they are the same, and readable where they are not. */
function same(got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected)) expect(got).toStrictEqual(expected);
}

/** Until the rejections of this turn have been looked at. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function plain({ data, errors, extensions }: ExecutionResult) {
  return {
    // Their objects have no prototype.
    data: data == null ? data : JSON.parse(JSON.stringify(data)),
    extensions,
    errors: errors?.map((error) => ({
      ...error.toJSON(),
      extensions: error.extensions,
      original: error.originalError?.message,
    })),
  };
}
