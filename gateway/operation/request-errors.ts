import { GraphQLError } from 'graphql';
import type { ExceededAnswer } from '../../execution/answer-budget.ts';
import { BadInput } from '../../resolvers/bad-input.ts';
import { NotFound } from '../../resolvers/not-found.ts';
import { TooCostly } from '../../resolvers/too-costly.ts';
import { AccessDenied, Unauthenticated } from '../../schema/access-errors.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../upstream/upstream-error.ts';
import type { ExceededLimit } from './document-limits.ts';
import type { ExceededRate } from './request-rate.ts';

/** Every `extensions.code` that a client can meet. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_ERROR',
  'INTERNAL_SERVER_ERROR',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'DOCUMENT_LIMIT_EXCEEDED',
  'OPERATION_TOO_COSTLY',
  'PERSISTED_QUERY_NOT_FOUND',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** How an error of the whole request is answered. */
interface HttpExtension {
  status: number;
  /** Whether the status is 200 under `application/json`, as GraphQL over HTTP has it for well-formed requests. */
  spec?: boolean;
  headers?: Record<string, string>;
}

/** An error of the whole request. */
function requestError(
  code: ErrorCode,
  message: string,
  http: HttpExtension,
  extensions: Record<string, unknown> = {},
  original?: GraphQLError,
): GraphQLError {
  const { nodes = null, source = null, positions = null } = original ?? {};
  return new GraphQLError(message, { nodes, source, positions, extensions: { code, ...extensions, http } });
}

const REFUSED = { status: 400, spec: true };

export function parseFailed(error: GraphQLError): GraphQLError {
  return requestError('GRAPHQL_PARSE_FAILED', shortened(error.message), REFUSED, {}, error);
}

export function validationFailed(error: GraphQLError): GraphQLError {
  const message = error.message === ABORTED ? 'Too many fields of one name to compare' : shortened(error.message);
  return requestError('GRAPHQL_VALIDATION_FAILED', message, REFUSED, {}, error);
}

/** An operation of a kind that is not served, or not by GET. */
export function operationNotServed(kind: string, byGet: boolean): GraphQLError {
  const message = `There are no ${kind}s here`;
  const http = byGet ? { status: 405, headers: { allow: 'POST' } } : REFUSED;
  return requestError('GRAPHQL_VALIDATION_FAILED', message, http);
}

/** What graphql-js says when comparing fields that would be merged takes too long. */
const ABORTED = 'Validation aborted.';

/** Variables that do not fit, an operation that is not there. */
export function badRequestInput(message: string, original?: GraphQLError): GraphQLError {
  return requestError('BAD_USER_INPUT', shortened(message), REFUSED, {}, original);
}

/** graphql-js quotes names and values in its messages, however long they are. */
function shortened(message: string): string {
  return message.length > 300 ? `${message.slice(0, 297)}…` : message;
}

export function documentLimitExceeded({ name, limit, value }: ExceededLimit): GraphQLError {
  const message = `Document limit exceeded: expected at most ${limit} ${WORDS[name]}, got ${value}`;
  return requestError('DOCUMENT_LIMIT_EXCEEDED', message, REFUSED, { limitName: name, limit, value });
}

const WORDS: Readonly<Record<ExceededLimit['name'], string>> = {
  tokens: 'tokens',
  nesting: 'brackets in brackets',
  depth: 'levels of fields',
  introspectionDepth: 'levels of introspection fields',
  aliases: 'aliases',
  directives: 'directives',
  rootFields: 'root fields',
  fields: 'fields in all',
  listItems: 'items in a list',
  subscriptions: 'subscriptions at the same time',
};

export function operationTooCostly(cost: number, limit: number): GraphQLError {
  const message = `Operation too costly: it can take ${cost} upstream calls, and ${limit} are allowed. Ask for less at once`;
  return requestError('OPERATION_TOO_COSTLY', message, REFUSED, { cost, limit });
}

export function answerTooLarge({ name, limit, value }: ExceededAnswer): GraphQLError {
  const what = name === 'answerFields' ? 'fields' : 'errors';
  const message = `Operation too costly: its answer has more than ${limit} ${what}. Ask for less at once`;
  return requestError('OPERATION_TOO_COSTLY', message, REFUSED, { limitName: name, limit, value });
}

export function notAuthenticated(reason: string, wwwAuthenticate: string): GraphQLError {
  return requestError('UNAUTHENTICATED', reason, { status: 401, headers: { 'www-authenticate': wwwAuthenticate } });
}

/** A subscription asked for by a client that does not take an event stream. */
export function eventsNotAccepted(): GraphQLError {
  return requestError('BAD_USER_INPUT', 'Accept: expected text/event-stream for a subscription', { status: 406 });
}

export function onlyPersistedDocuments(): GraphQLError {
  return requestError('PERSISTED_QUERY_NOT_FOUND', 'Only persisted documents run here', REFUSED);
}

export function persistedQueryNotFound(): GraphQLError {
  return requestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', REFUSED);
}

export function tooManyRequests({ limit, value, retryAfterSeconds }: ExceededRate): GraphQLError {
  return requestError(
    'RATE_LIMITED',
    `Too many requests: expected at most ${limit} within a minute; try again in ${retryAfterSeconds} s`,
    { status: 429, headers: { 'retry-after': String(retryAfterSeconds) } },
    { limitName: 'requestsPerMinute', limit, value, retryAfterSeconds, retryable: true },
  );
}

/** A fault of this process; what it was is for the log alone. */
export function internalError(): GraphQLError {
  return requestError('INTERNAL_SERVER_ERROR', 'Internal server error', { status: 500 });
}

const UPSTREAM_CODES: Readonly<Record<UpstreamErrorKind, ErrorCode>> = {
  throttled: 'RATE_LIMITED',
  'not-found': 'NOT_FOUND',
  timeout: 'UPSTREAM_TIMEOUT',
  unavailable: 'UPSTREAM_UNAVAILABLE',
  invalid: 'BAD_USER_INPUT',
  error: 'UPSTREAM_ERROR',
};

/**
 * The error of a field as clients may see it: known errors with their code and facts, all others without a word of what happened; those go
 * to `report`.
 */
export function fieldError(error: GraphQLError, report: (unexpected: Error) => void): GraphQLError {
  const cause = error.originalError ?? error;
  const facts = factsOf(cause);
  if (facts === undefined) report(cause);
  const { code, message, ...extensions } = facts ?? { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { code, ...extensions },
  });
}

function factsOf(error: unknown): { code: ErrorCode; message: string; [extension: string]: unknown } | undefined {
  if (error instanceof AccessDenied) {
    return { code: 'FORBIDDEN', message: error.message, action: error.action, resource: error.resource };
  }
  if (error instanceof Unauthenticated) return { code: 'UNAUTHENTICATED', message: error.message };
  if (error instanceof BadInput) return { code: 'BAD_USER_INPUT', message: error.message };
  if (error instanceof NotFound) return { code: 'NOT_FOUND', message: error.message };
  if (error instanceof TooCostly) return { code: 'OPERATION_TOO_COSTLY', message: error.message, cost: error.cost };
  if (error instanceof UpstreamError) return upstreamFacts(error);
  if (isArgumentError(error)) return { code: 'BAD_USER_INPUT', message: shortened(error.message) };
  return undefined;
}

/**
 * Whether graphql-js raised it for an argument that only its variable's value made wrong: null where none may be. Its other errors, among them
 * those of results, begin otherwise.
 */
export function isArgumentError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.message.startsWith('Argument "');
}

function upstreamFacts(error: UpstreamError) {
  const { kind, code, requestId, httpStatus, retryable, retryAfterMs } = error;
  return {
    code: UPSTREAM_CODES[kind],
    message: error.message,
    retryable,
    ...(kind === 'throttled' ? { retryAfterSeconds: Math.max(1, Math.ceil((retryAfterMs ?? 1_000) / 1_000)) } : {}),
    upstream: { code: code ?? null, requestId: requestId ?? null, httpStatus: httpStatus ?? null },
  };
}
