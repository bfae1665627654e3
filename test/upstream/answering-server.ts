import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AttemptOptions, createAttempt, type PooledAttempt } from '../../upstream/attempt.ts';
import type { Call } from '../../upstream/call.ts';
import { staticCredentials } from '../../upstream/credentials.ts';
import { createEndpoints } from '../../upstream/endpoints.ts';
import type { UpstreamError } from '../../upstream/upstream-error.ts';

export interface AnsweringServer {
  url: string;
  /** What has arrived so far. */
  requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A server on a free loopback port that answers as it is told. */
export async function answeringServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AnsweringServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** An attempt whose every call goes to one server. */
export function attemptAt(url: string, options: Partial<AttemptOptions> = {}): PooledAttempt {
  return createAttempt({
    endpoints: createEndpoints({ override: url }),
    credentialsOf: () => staticCredentials({ accessKeyId: 'key-id', accessKeySecret: 'key-secret' }),
    userAgent: 'kvstore-gateway/test',
    timeoutMs: 2_000,
    ...options,
  });
}

/** A call whose value is the body as it came. */
export function plainCall(changes: Partial<Call<unknown>> = {}): Call<unknown> {
  return {
    accountId: '1234567890123456',
    regionId: 'cn-zhangjiakou',
    action: 'DescribeClusterBackupList',
    method: 'GET',
    parameters: { RegionId: 'cn-zhangjiakou' },
    parse: (body) => body,
    ...changes,
  };
}

/** The error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<UpstreamError> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as UpstreamError,
  );
}

export const forever = { signal: new AbortController().signal };
