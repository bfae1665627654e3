import { expect } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { exchange, type RawAnswer, request } from './raw-http.ts';

export const STRICT = 'application/graphql-response+json';
export const LEGACY = 'application/json';

/** An answer with its body read. */
export interface Answer extends RawAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  body: any;
}

/** What both ways of decoding made of a request, by what the client accepts. */
export interface Answers {
  strict: Answer;
  legacy: Answer;
  /** Upstream calls of all four together. */
  calls: number;
}

export interface Sending {
  method?: string;
  target?: string;
  headers?: Record<string, string | undefined>;
  body?: string | Buffer;
}

/** Two gateways that differ in who decodes and answers: the lean way, and yoga. */
export interface BothDecoders extends AsyncDisposable {
  lean: RunningGateway;
  yoga: RunningGateway;
  token: string;
  /** Sends the same bytes with both types of `Accept` to both, and expects the same answer of both. */
  send(sending: Sending): Promise<Answers>;
  /** The same, for a document. */
  ask(query: string, variables?: unknown, headers?: Record<string, string | undefined>): Promise<Answers>;
}

export async function runBothDecoders(environment: Record<string, string> = {}): Promise<BothDecoders> {
  const [lean, yoga] = await Promise.all([runGateway(environment), runGateway(environment, { yogaOnly: true })]);
  const token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });

  const sendAs = async (accept: string, sending: Sending): Promise<Answer> => {
    const { method = 'POST', target = '/graphql', headers = {}, body } = sending;
    const all = {
      accept,
      'content-type': body === undefined ? undefined : 'application/json',
      authorization: `Bearer ${token}`,
      'x-request-id': 'the-same',
      ...headers,
    };
    const bytes = request(method, target, all, body);
    const [one, other] = await Promise.all([exchange(lean.url, bytes), exchange(yoga.url, bytes)]);
    expect(comparable(other)).toEqual(comparable(one));
    return withBody(one);
  };
  const send = async (sending: Sending): Promise<Answers> => {
    const count = () => lean.sandbox.calls.count() + yoga.sandbox.calls.count();
    const before = count();
    const strict = await sendAs(STRICT, sending);
    const legacy = await sendAs(LEGACY, sending);
    return { strict, legacy, calls: count() - before };
  };
  return {
    lean,
    yoga,
    token,
    send,
    ask: (query, variables, headers = {}) => send({ headers, body: JSON.stringify({ query, variables }) }),
    async [Symbol.asyncDispose]() {
      await Promise.all([lean[Symbol.asyncDispose](), yoga[Symbol.asyncDispose]()]);
    },
  };
}

/** Expects a refusal of the whole request: 400 for a client that tells errors by the status, 200 for one that looks into the body. */
export function expectRefusal({ strict, legacy }: Answers, code: string, extensions: object = {}): void {
  expect(strict.status).toBe(400);
  expect(legacy.status).toBe(200);
  expect(strict.headers['content-type']).toBe(`${STRICT}; charset=utf-8`);
  expect(legacy.headers['content-type']).toBe(`${LEGACY}; charset=utf-8`);
  for (const { body, text } of [strict, legacy]) {
    expect(body.data).toBeUndefined();
    expect(body.errors[0].extensions).toMatchObject({ code, ...extensions });
    expectNothingInternal(text);
  }
  expect(comparableText(legacy)).toBe(comparableText(strict));
}

/** Expects a refusal of what is no GraphQL request: the same status for every client. */
export function expectBadRequest({ strict, legacy }: Answers, status: number, message?: RegExp): void {
  for (const answer of [strict, legacy]) {
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].extensions.code).toMatch(/^(BAD_USER_INPUT|DOCUMENT_LIMIT_EXCEEDED)$/);
    if (message !== undefined) expect(answer.body.errors[0].message).toMatch(message);
    expectNothingInternal(answer.text);
  }
}

/** Expects one field to be null with an error of this code, and nothing else to be wrong. */
export function expectFieldError({ strict, legacy }: Answers, path: readonly (string | number)[], code: string): void {
  for (const { status, body, text } of [strict, legacy]) {
    expect(status).toBe(200);
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0]).toMatchObject({ path, extensions: { code } });
    expectNothingInternal(text);
  }
}

/** No stack, no path of a file, no key and no token. */
export function expectNothingInternal(text: string): void {
  expect(text).not.toMatch(INTERNAL);
}

export const INTERNAL =
  /\n\s+at |\bat [\w.<>]+ \(|node:internal|node_modules|\.[jt]s:\d+|file:\/\/|TypeError|RangeError|SyntaxError|sandbox-secret|eyJ[\w-]{10}|LTAI\w|Unexpected token|in JSON at/;

function comparable(answer: RawAnswer): RawAnswer {
  const { date: _date, ...headers } = answer.headers;
  const { 'content-length': _length, ...others } = headers;
  const text = comparableText(answer);
  return { ...answer, text, headers: text === answer.text ? headers : others };
}

/** How far the fields of an answer were counted depends on which of its parts came first, and so on caches. */
function comparableText({ text }: RawAnswer): string {
  return text.replace(/("limitName":"answerFields","limit":\d+,"value":)\d+/, '$1"more"');
}

function withBody(answer: RawAnswer): Answer {
  const isJson = /json/.test(answer.headers['content-type'] ?? '');
  return { ...answer, body: isJson && answer.text !== '' ? JSON.parse(answer.text) : undefined };
}
