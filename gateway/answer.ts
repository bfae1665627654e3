import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { AnswerType } from './media-type.ts';
import { BadRequest } from './request-body.ts';

/** Answers with the result of an operation. */
export function sendResult(response: ServerResponse, result: ExecutionResult, type: AnswerType): void {
  const { status, headers } = httpOf(result, type);
  send(response, status, { ...headers, 'content-type': `${type}; charset=utf-8` }, stringifyResult(result));
}

/** Answers a request that is none of GraphQL. */
export function sendBadRequest(response: ServerResponse, error: unknown): void {
  const { status, headers, message } =
    error instanceof BadRequest ? error : new BadRequest(500, 'Internal server error');
  const code = status === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  send(response, status, { ...headers, 'content-type': 'application/json; charset=utf-8' }, body);
}

export function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
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

/** The result as JSON; how an error is to be answered is no part of it. */
export function stringifyResult(result: ExecutionResult): string {
  if (result.errors === undefined) return JSON.stringify(result);
  return JSON.stringify({ ...result, errors: result.errors.map(publicError) });
}

function publicError(error: GraphQLError) {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
