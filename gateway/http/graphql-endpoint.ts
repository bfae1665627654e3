import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecodedRequest, OperationParameters } from '../operation/decoded-request.ts';
import type { RunOperation } from '../operation/operation.ts';
import { newRequestReport, noteCode, type RequestReport } from '../operation/request-report.ts';
import { sendBadRequest, sendResult } from './answer.ts';
import { BadRequest } from './bad-request.ts';
import type { Connection } from './client-address.ts';
import type { GraphiQLPage } from './graphiql-page.ts';
import { acceptsEventStream, answerTypeOf } from './media-type.ts';
import type { OpenRequests } from './open-requests.ts';
import { readBody } from './request-body.ts';
import { valuesOf } from './request-head.ts';
import { createParametersReader, parseQuery } from './request-parameters.ts';
import { parseTraceParent } from './trace-parent.ts';
import type { YogaHandler } from './yoga-handler.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

export interface GraphQLEndpointOptions {
  run: RunOperation;
  requests: OpenRequests;
  /** Absent: no GraphiQL. */
  graphiql: GraphiQLPage | undefined;
  /** Origins that browsers may ask from. */
  corsOrigins: readonly string[];
  maxBodyBytes: number;
  /** Sends plain JSON requests through yoga too: to compare what both make of them. */
  yogaOnly?: boolean;
}

/**
 * `/graphql`. Requests are decoded here; those that want JSON, which are nearly all, are answered here too, and event streams go through
 * yoga. Both hand the same decoded request to the same `run`.
 */
export function createGraphQLEndpoint(options: GraphQLEndpointOptions): HttpHandler {
  const { run, requests, corsOrigins, graphiql, maxBodyBytes } = options;
  // Loaded when the first client asks for events: its 400 modules would take a quarter of the time of a start.
  let loading: Promise<YogaHandler> | undefined;
  const yoga: YogaHandler = async (...given) => {
    loading ??= import('./yoga-handler.ts').then(({ createYogaHandler }) => createYogaHandler(run));
    await (await loading)(...given);
  };
  const readParameters = createParametersReader();

  return async (request, response, requestId) => {
    const headers = commonHeaders(request, requestId, corsOrigins);
    if (request.method === 'OPTIONS') return answerPreflight(response, headers);
    const report = newRequestReport(requestId, parseTraceParent(request.headers.traceparent)?.traceId);
    requests.begin(report, response);
    try {
      if (graphiql !== undefined && asksForPage(request)) {
        setHeaders(response, headers);
        return await graphiql(request, response);
      }
      checkRequest(request);
      const { accept } = request.headers;
      const type = answerTypeOf(accept);
      const streams = acceptsEventStream(accept);
      if (type === undefined && !streams)
        throw new BadRequest(
          406,
          'Accept: expected application/graphql-response+json, application/json or text/event-stream',
        );
      const parameters =
        request.method === 'GET'
          ? parseQuery(request.url ?? '')
          : readParameters(await readBody(request, maxBodyBytes));
      const decoded = decodedRequest(request, response, report, parameters);
      if (streams || options.yogaOnly === true) {
        setHeaders(response, headers);
        return await yoga(request, response, decoded);
      }
      const result = await run(decoded);
      if (Symbol.asyncIterator in result) throw new TypeError('events for a client that takes none');
      sendResult(response, result, type as NonNullable<typeof type>, headers);
    } catch (error) {
      noteCode(report, String(error instanceof BadRequest ? error.extensions.code : 'INTERNAL_SERVER_ERROR'));
      setHeaders(response, headers);
      if (!(error instanceof BadRequest)) throw error;
      sendBadRequest(response, error);
    }
  };
}

/** What `run` has to know of a request. */
function decodedRequest(
  request: IncomingMessage,
  response: ServerResponse,
  report: RequestReport,
  parameters: OperationParameters,
): DecodedRequest {
  const { headers } = request;
  const gone = new AbortController();
  response.on('close', () => {
    // A subscription's stream may also have been ended from this side, by the drain: its operation has to end too.
    if (!response.writableFinished || report.operationType === 'subscription')
      gone.abort(new Error('the client is gone'));
  });
  const authorization = valuesOf(request, 'authorization');
  const connection: Connection = {
    remoteAddress: request.socket.remoteAddress,
    encrypted: 'encrypted' in request.socket,
    forwardedFor: text(headers['x-forwarded-for']),
    forwardedProto: text(headers['x-forwarded-proto']),
  };
  return {
    parameters,
    byGet: request.method === 'GET',
    authorization: authorization.length === 0 ? undefined : authorization.join(', '),
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

/** Refuses what no GraphQL client sends, and what a browser sends for another site without a CORS preflight. Raises `BadRequest`. */
function checkRequest(request: IncomingMessage): void {
  const { method, headers } = request;
  if (method !== 'POST' && method !== 'GET') {
    throw new BadRequest(405, 'Expected POST, or GET for queries', { allow: 'GET, POST, OPTIONS' });
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new BadRequest(415, 'Content-Encoding: expected none');
  }
  if (method === 'POST' && headers['content-type'] === 'application/json') return;
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
  if (type !== 'application/json' && !ASKS_FIRST.some((name) => headers[name] !== undefined)) {
    throw new BadRequest(
      403,
      `A GET request needs a header that other sites cannot send: one of ${ASKS_FIRST.join(', ')}`,
    );
  }
}

/** Whether a browser asks for a page to show. */
function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** Headers that a browser sends for another site only after a CORS preflight. */
const ASKS_FIRST = [
  'authorization',
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-requested-with',
  'x-upstream-calls',
];

/** Headers of every answer. They are written together with the others, as each `setHeader` takes half a microsecond. */
function commonHeaders(
  { headers: { origin } }: IncomingMessage,
  requestId: string,
  origins: readonly string[],
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': requestId,
    'cache-control': 'private, no-store',
    vary: 'Authorization, Origin, Accept',
    'x-content-type-options': 'nosniff',
  };
  if (origin === undefined || !origins.includes(origin)) return headers;
  return { ...headers, ...CROSS_ORIGIN, 'access-control-allow-origin': origin };
}

const CROSS_ORIGIN = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, cache-control, x-upstream-calls, x-request-id, traceparent',
  'access-control-expose-headers': 'x-request-id, retry-after',
  'access-control-max-age': '600',
};

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function answerPreflight(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  response.writeHead(204, { ...headers, allow: 'GET, POST, OPTIONS' }).end();
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
