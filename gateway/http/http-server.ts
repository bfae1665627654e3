import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectionLimits } from '../configuration/limits.ts';
import type { Logger } from '../observability/logger.ts';
import type { ReadinessReport } from '../observability/readiness.ts';
import { send, sendBadRequest } from './answer.ts';
import { BadRequest } from './bad-request.ts';
import { answerConnectionErrors } from './connection-errors.ts';
import type { ConsoleFiles } from './console-files.ts';
import { type Drain, drainOf } from './drain.ts';
import type { HttpHandler } from './graphql-endpoint.ts';
import { checkHead } from './request-head.ts';
import { parseTraceParent } from './trace-parent.ts';

export interface HttpServerOptions {
  host: string;
  port: number;
  limits: ConnectionLimits;
  graphql: HttpHandler;
  console: ConsoleFiles;
  /** What `/ready` says. */
  readiness: () => ReadinessReport;
  /** What `/metrics` says, as Prometheus text. */
  metrics: () => Promise<{ type: string; text: string }>;
  /** Served as `/demo-principals.json`; absent on a real account. */
  demoPrincipals: unknown;
  logger: Logger;
}

export interface HttpServer {
  /** `http://127.0.0.1:4000`, without a slash at its end. */
  readonly url: string;
  readonly drain: Drain['drain'];
}

/** Longer than the minute for which load balancers keep a connection that nobody uses. */
const KEEP_ALIVE_MS = 65_000;

/** Listens. Raises the socket's own error when it cannot. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, limits } = options;
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.receiveTimeoutMs,
    connectionsCheckingInterval: Math.min(2_000, Math.ceil(limits.headersTimeoutMs / 4)),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: limits.headerBytes,
    // Checked with the rest of a request's form, so that its answer is like the others.
    requireHostHeader: false,
  });
  server.timeout = limits.idleTimeoutMs;
  server.maxConnections = limits.connections;
  const { drain, turn } = drainOf(server);
  answerConnectionErrors(server, limits);
  server.on('request', (request, response) => {
    const requestId = requestIdOf(request);
    const answering = turn()?.then(() => answer(request, response, requestId, options));
    (answering ?? answer(request, response, requestId, options)).catch((error: unknown) => {
      if (!(error instanceof BadRequest)) options.logger.error({ requestId, err: error }, 'unexpected error');
      if (!response.headersSent) response.setHeader('x-request-id', requestId);
      sendBadRequest(response, error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return { url: urlOf(server, host), drain };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  options: HttpServerOptions,
): Promise<void> {
  checkHead(request, options.limits);
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  if (path === '/graphql') return options.graphql(request, response, requestId);
  response.setHeader('x-request-id', requestId);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, 405, { ...PLAIN, allow: 'GET, HEAD' }, 'Expected GET\n');
  }
  switch (path) {
    case '/health':
      return send(response, 200, PLAIN, 'ok\n');
    case '/ready': {
      const { ready, details } = options.readiness();
      return send(response, ready ? 200 : 503, JSON_TYPE, `${JSON.stringify({ ready, ...details })}\n`);
    }
    case '/metrics': {
      const { type, text } = await options.metrics();
      return send(response, 200, { 'content-type': type, 'cache-control': 'no-store' }, text);
    }
    case '/demo-principals.json':
      if (options.demoPrincipals === undefined) break;
      return send(response, 200, { ...JSON_TYPE, 'cache-control': 'no-store' }, JSON.stringify(options.demoPrincipals));
    default:
      if (options.console(path, request, response)) return;
  }
  send(response, 404, PLAIN, 'Not found\n');
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' };

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The client's own id when it has the shape of one, its trace id, or a new one. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  return parseTraceParent(headers.traceparent)?.traceId ?? randomUUID();
}

function urlOf(server: Server, host: string): string {
  const { port, family, address } = server.address() as AddressInfo;
  const anywhere = address === '::' || address === '0.0.0.0';
  const name = anywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : host;
  return `http://${name}:${port}`;
}
