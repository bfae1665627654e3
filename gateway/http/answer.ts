import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { JsonPart, writeJson } from '../../execution/json-part.ts';
import { BadRequest } from './bad-request.ts';
import type { AnswerType } from './media-type.ts';

/** Answers with the result of an operation. */
export function sendResult(
  response: ServerResponse,
  result: ExecutionResult,
  type: AnswerType,
  common: Readonly<Record<string, string>>,
): void {
  const { status, headers } = httpOf(result, type);
  const contentType = `${type}; charset=utf-8`;
  send(response, status, { ...common, ...headers, 'content-type': contentType }, stringifyResult(result));
}

/** Answers a request that was refused before GraphQL saw it; any error but a `BadRequest` is a 500 that says nothing. */
export function sendBadRequest(response: ServerResponse, error: unknown): void {
  const { status, headers, message, extensions } =
    error instanceof BadRequest
      ? error
      : new BadRequest(500, 'Internal server error', {}, { code: 'INTERNAL_SERVER_ERROR' });
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  send(response, status, { ...BAD_REQUEST, ...headers }, body);
}

const BAD_REQUEST = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
};

export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...headers, 'content-length': length });
  if (headers.connection === 'close' && !response.req.complete) endWhenHeard(response, body);
  // Nearly all answers are ASCII, and as latin1 a large one is written a tenth faster.
  else endWithOthers({ response, body, encoding: length === body.length ? 'latin1' : 'utf8' });
}

interface Ending {
  response: ServerResponse;
  body: string;
  encoding: BufferEncoding;
}

let endings: Ending[] = [];

/**
 * Ends the responses of one turn of the event loop together, at its end. Ended one by one, each would wake a reader on the same machine by
 * itself: a small read then takes 46 µs instead of 39.
 */
function endWithOthers(ending: Ending): void {
  if (endings.push(ending) === 1) setImmediate(endAll);
}

function endAll(): void {
  const all = endings;
  endings = [];
  for (const { response, body, encoding } of all) response.end(body, encoding);
}

const LINGER_MS = 1_000;

/** Ends once the client has sent the rest of its request, or after a second: closed earlier, the connection is reset and the answer may be lost. */
function endWhenHeard(response: ServerResponse, body: string): void {
  response.write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  response.req.once('end', end).once('close', end).resume();
}

interface Http {
  status: number;
  headers: Record<string, string>;
}

/** Status and headers that the errors of a whole request ask for; a result with data is always 200. */
function httpOf({ data, errors }: ExecutionResult, type: AnswerType): Http {
  const http: Http = { status: 200, headers: {} };
  if (data !== undefined || errors === undefined) return http;
  for (const { extensions } of errors) {
    const asked = extensions.http as { status: number; spec?: boolean; headers?: Record<string, string> } | undefined;
    if (asked === undefined) continue;
    Object.assign(http.headers, asked.headers);
    if (asked.spec === true && type === 'application/json') continue;
    http.status = Math.max(http.status, asked.status);
  }
  return http;
}

/** The result as JSON, without `extensions.http`, which only says how it is to be answered. */
function stringifyResult(result: ExecutionResult): string {
  const whole = result.errors === undefined ? result : { ...result, errors: result.errors.map(publicError) };
  return (result.data as unknown) instanceof JsonPart ? writeJson(whole) : JSON.stringify(whole);
}

function publicError(error: GraphQLError) {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
