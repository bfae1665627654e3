import type { z } from 'zod';
import type { AnswerLimits } from '../../execution/answer-budget.ts';
import { wholeNumber } from './variable.ts';

/**
 * Variables that bound what one request, one connection and one answer may be. Each has a line in `docs/limits.md`; what is bounded by the
 * upstream or by the shape of an id has no variable and is listed there too.
 */
export const limitVariables = {
  MAX_BODY_BYTES: wholeNumber(1_000, 10_000_000).default(100_000),
  MAX_DOCUMENT_TOKENS: wholeNumber(10, 100_000).default(2_000),
  MAX_NESTING: wholeNumber(1, 500).default(100),
  MAX_DEPTH: wholeNumber(1, 100).default(12),
  // What GraphiQL and code generators ask for is 13 levels deep.
  MAX_INTROSPECTION_DEPTH: wholeNumber(1, 100).default(20),
  MAX_ALIASES: wholeNumber(0, 10_000).default(100),
  MAX_DIRECTIVES: wholeNumber(0, 10_000).default(50),
  MAX_ROOT_FIELDS: wholeNumber(1, 10_000).default(100),
  MAX_FIELDS: wholeNumber(1, 100_000).default(5_000),
  MAX_LIST_ITEMS: wholeNumber(1, 10_000).default(100),
  MAX_ANSWER_FIELDS: wholeNumber(1_000, 10_000_000).default(500_000),
  MAX_ANSWER_ERRORS: wholeNumber(100, 1_000_000).default(10_000),
  MAX_SUBSCRIPTIONS: wholeNumber(1, 10_000).default(20),
  MAX_HEADER_BYTES: wholeNumber(1_024, 1_048_576).default(16_384),
  MAX_HEADERS: wholeNumber(10, 2_000).default(100),
  HEADERS_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
  RECEIVE_TIMEOUT_MS: wholeNumber(100, 600_000).default(30_000),
  IDLE_TIMEOUT_MS: wholeNumber(1_000, 3_600_000).default(120_000),
  MAX_CONNECTIONS: wholeNumber(10, 1_000_000).default(4_096),
};

/** What one document may hold. */
export interface DocumentLimits {
  tokens: number;
  /** Brackets in brackets, of whatever kind. */
  nesting: number;
  /** Levels of fields; those below an introspection field apart. */
  depth: number;
  introspectionDepth: number;
  aliases: number;
  directives: number;
  rootFields: number;
  /** Fields in all, each fragment's as often as it is spread. */
  fields: number;
  /** Items of any list in arguments, written in the document or given as a variable. */
  listItems: number;
}

/** What one connection may hold, and for how long. Times are milliseconds. */
export interface ConnectionLimits {
  /** Of the request line and all headers together. */
  headerBytes: number;
  headers: number;
  headersTimeoutMs: number;
  /** For a whole request, its body included. */
  receiveTimeoutMs: number;
  /** Without a byte in either direction. */
  idleTimeoutMs: number;
  /** At once, of all clients together. */
  connections: number;
}

export interface Limits {
  document: Readonly<DocumentLimits>;
  connection: Readonly<ConnectionLimits>;
  bodyBytes: number;
  answer: Readonly<AnswerLimits>;
  /** Open at the same time, of one principal, in each process. */
  subscriptions: number;
}

type Values = { [Name in keyof typeof limitVariables]: z.output<(typeof limitVariables)[Name]> };

export function limitsOf(values: Values): Readonly<Limits> {
  return Object.freeze({
    document: Object.freeze({
      tokens: values.MAX_DOCUMENT_TOKENS,
      nesting: values.MAX_NESTING,
      depth: values.MAX_DEPTH,
      introspectionDepth: values.MAX_INTROSPECTION_DEPTH,
      aliases: values.MAX_ALIASES,
      directives: values.MAX_DIRECTIVES,
      rootFields: values.MAX_ROOT_FIELDS,
      fields: values.MAX_FIELDS,
      listItems: values.MAX_LIST_ITEMS,
    }),
    connection: Object.freeze({
      headerBytes: values.MAX_HEADER_BYTES,
      headers: values.MAX_HEADERS,
      headersTimeoutMs: values.HEADERS_TIMEOUT_MS,
      receiveTimeoutMs: values.RECEIVE_TIMEOUT_MS,
      idleTimeoutMs: values.IDLE_TIMEOUT_MS,
      connections: values.MAX_CONNECTIONS,
    }),
    bodyBytes: values.MAX_BODY_BYTES,
    answer: Object.freeze({ fields: values.MAX_ANSWER_FIELDS, errors: values.MAX_ANSWER_ERRORS }),
    subscriptions: values.MAX_SUBSCRIPTIONS,
  });
}
