import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { ExecutionResult } from 'graphql';
import { createYoga, type GraphiQLOptions, type Plugin } from 'graphql-yoga';
import { sendBadRequest, sendResult } from './answer.ts';
import type { Connection } from './client-address.ts';
import { acceptsEventStream, answerTypeOf } from './media-type.ts';
import type { OpenRequests } from './open-requests.ts';
import type { DecodedRequest, OperationResult, RunOperation } from './operation.ts';
import type { OperationParameters } from './persisted-documents.ts';
import { BadRequest, checkedParameters, MAX_BODY_BYTES, parseParameters, readBody } from './request-body.ts';
import { requestError } from './request-errors.ts';
import { newRequestReport, noteCode, type RequestReport } from './request-report.ts';
import { parseTraceParent } from './trace-parent.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

export interface GraphQLEndpointOptions {
  run: RunOperation;
  requests: OpenRequests;
  /** What GraphiQL begins with; absent: no GraphiQL. */
  graphiql: GraphiQLOptions | undefined;
  /** Origins that browsers may ask from. */
  corsOrigins: readonly string[];
  /** Sends plain JSON requests through yoga too: to compare what both make of them. */
  yogaOnly?: boolean;
}

/**
 * `/graphql`. Plain JSON requests, which are nearly all, are decoded and answered here; GET requests, event streams and GraphiQL go
 * through yoga. Both hand the same decoded request to the same `run`.
 */
export function createGraphQLEndpoint(options: GraphQLEndpointOptions): HttpHandler {
  const { run, requests, corsOrigins } = options;
  const yoga = createYogaHandler(options);

  return async (request, response, requestId) => {
    response.setHeader('cache-control', 'private, no-store');
    response.setHeader('vary', 'Authorization, Origin');
    response.setHeader('x-content-type-options', 'nosniff');
    allowOrigin(request, response, corsOrigins);
    if (request.method === 'OPTIONS') return answerPreflight(response);
    const report = newRequestReport(requestId, parseTraceParent(request.headers.traceparent)?.traceId);
    requests.begin(report, response);
    try {
      checkRequest(request);
      if (request.method === 'POST') {
        const type = answerTypeOf(request.headers.accept);
        const streams = acceptsEventStream(request.headers.accept);
        if (type === undefined && !streams)
          throw new BadRequest(
            406,
            'Accept: expected application/graphql-response+json, application/json or text/event-stream',
          );
        const parameters = parseParameters(await readBody(request));
        if (streams || options.yogaOnly === true) {
          // Yoga takes a body that has been parsed already.
          Object.assign(request, { body: parameters });
          return await yoga(request, response, report);
        }
        const result = await run(decodedRequest(request, response, report, parameters));
        if (Symbol.asyncIterator in result) throw new TypeError('events for a client that takes none');
        sendResult(response, result, type as NonNullable<typeof type>);
        return;
      }
      await yoga(request, response, report);
    } catch (error) {
      noteCode(report, error instanceof BadRequest ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR');
      if (!(error instanceof BadRequest)) throw error;
      sendBadRequest(response, error);
    }
  };
}

/** What node knows of a request, for `run`. */
function decodedRequest(
  request: IncomingMessage,
  response: ServerResponse,
  report: RequestReport,
  parameters: OperationParameters,
): DecodedRequest {
  const { headers } = request;
  const gone = new AbortController();
  response.once('close', () => {
    // A stream that ended without its operation having ended was cut off here.
    if (!response.writableFinished || report.operationType === 'subscription')
      gone.abort(new Error('the client is gone'));
  });
  const { authorization } = request.headersDistinct;
  const connection: Connection = {
    remoteAddress: request.socket.remoteAddress,
    encrypted: 'encrypted' in request.socket,
    forwardedFor: text(headers['x-forwarded-for']),
    forwardedProto: text(headers['x-forwarded-proto']),
  };
  return {
    parameters,
    authorization: authorization?.join(', '),
    connection,
    requestId: report.requestId,
    traceParent: parseTraceParent(headers.traceparent),
    readThrough: /(^|,)\s*no-cache\s*(,|$)/i.test(headers['cache-control'] ?? ''),
    wantsUpstreamCalls: headers['x-upstream-calls'] === '1',
    signal: gone.signal,
    takesEvents: acceptsEventStream(headers.accept),
    report,
  };
}

/** Refuses what no GraphQL client sends, and what a browser would send for another site without asking first. Raises `BadRequest`. */
function checkRequest(request: IncomingMessage): void {
  const { method, headers } = request;
  if (method !== 'POST' && method !== 'GET' && method !== 'HEAD') {
    throw new BadRequest(405, 'Expected POST, or GET for queries', { allow: 'GET, POST, OPTIONS' });
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new BadRequest(415, 'Content-Encoding: expected none');
  }
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (method === 'POST') {
    if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data') {
      throw new BadRequest(
        403,
        'Content-Type: forms are refused, as other sites can send them; expected application/json',
      );
    }
    const charset = parameters.find((parameter) => parameter.startsWith('charset='));
    if (type !== 'application/json' || (charset !== undefined && !/^charset="?utf-8"?$/.test(charset))) {
      throw new BadRequest(415, 'Content-Type: expected application/json in UTF-8');
    }
    return;
  }
  const page = headers.accept?.includes('text/html') === true;
  const asksFirst = type === 'application/json' || ASKS_FIRST.some((name) => headers[name] !== undefined);
  if (!page && !asksFirst) {
    throw new BadRequest(
      403,
      `A GET request needs a header that other sites cannot send: one of ${ASKS_FIRST.join(', ')}`,
    );
  }
}

/** Headers that make a browser ask this server before it sends a request for another site. */
const ASKS_FIRST = [
  'authorization',
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-requested-with',
  'x-upstream-calls',
];

function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
  response.setHeader(
    'access-control-allow-headers',
    'authorization, content-type, cache-control, x-upstream-calls, x-request-id, traceparent',
  );
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  response.setHeader('access-control-max-age', '600');
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, { allow: 'GET, POST, OPTIONS' }).end();
}

interface NodeContext {
  req: IncomingMessage;
  res: ServerResponse;
  report: RequestReport;
}

function createYogaHandler({ run, graphiql }: GraphQLEndpointOptions) {
  const yoga = createYoga<NodeContext>({
    graphqlEndpoint: '/graphql',
    logging: false,
    maskedErrors: false,
    cors: false,
    landingPage: false,
    batching: false,
    multipart: false,
    parserAndValidationCache: false,
    maxRequestBodySize: MAX_BODY_BYTES,
    graphiql: graphiql ?? false,
    renderGraphiQL,
    extraParamNames: ['documentId'],
    plugins: [runsOperations(run)],
  });
  return async (request: IncomingMessage, response: ServerResponse, report: RequestReport): Promise<void> => {
    await yoga(request, response, { req: request, res: response, report });
  };
}

/** Puts `run` in the place of yoga's own parsing, validation and execution. */
function runsOperations(run: RunOperation): Plugin<NodeContext> {
  return {
    onParams({ params, setParamsHandler }) {
      let parameters: OperationParameters;
      try {
        parameters = checkedParameters(params);
      } catch (error) {
        if (!(error instanceof BadRequest)) throw error;
        throw requestError('BAD_USER_INPUT', error.message, { status: error.status });
      }
      setParamsHandler(async ({ context }) => {
        const { req, res, report } = context as unknown as NodeContext;
        const result: OperationResult = await run(decodedRequest(req, res, report, parameters));
        return result as ExecutionResult;
      });
    },
    onResponse({ response }) {
      // Yoga's own streams say less.
      response.headers.set('cache-control', 'private, no-store');
    },
  };
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
