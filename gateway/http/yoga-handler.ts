import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { DecodedRequest } from '../operation/decoded-request.ts';
import type { OperationResult, RunOperation } from '../operation/operation.ts';

interface YogaContext {
  decoded: DecodedRequest;
}

export type YogaHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  decoded: DecodedRequest,
) => Promise<void>;

/** Answers decoded requests through yoga: event streams, and all requests in tests that compare both ways. */
export function createYogaHandler(run: RunOperation): YogaHandler {
  const yoga = createYoga<YogaContext>({
    graphqlEndpoint: '/graphql',
    logging: false,
    maskedErrors: false,
    cors: false,
    landingPage: false,
    batching: false,
    multipart: false,
    graphiql: false,
    parserAndValidationCache: false,
    maxRequestBodySize: false,
    plugins: [runsOperations(run)],
  });
  return async (request, response, decoded) => {
    // Yoga takes a body that has been read already.
    Object.assign(request, { body: decoded.parameters });
    await yoga(request, response, { decoded });
  };
}

/** Puts what was decoded, and `run`, in the place of yoga's own decoding, parsing, validation and execution. */
function runsOperations(run: RunOperation): Plugin<YogaContext> {
  return {
    onRequestParse({ setRequestParser }) {
      // Yoga insists on a document; `run` takes a hash in its place, for one.
      setRequestParser(() => ({ query: '' }));
    },
    onParams({ setParamsHandler }) {
      setParamsHandler(async ({ context }) => {
        const { decoded } = context as unknown as YogaContext;
        const result: OperationResult = await run(decoded);
        return result as ExecutionResult;
      });
    },
    onResponse({ response: { headers } }) {
      // Yoga's streams say only `no-cache`, and have a `content-encoding: none`, which is no coding.
      headers.set('cache-control', 'private, no-store');
      headers.delete('content-encoding');
    },
  };
}
