import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, sendBadRequest } from './answer.ts';
import type { ConsoleFiles } from './console-files.ts';
import { type Drain, drainOf } from './drain.ts';
import type { HttpHandler } from './graphql-endpoint.ts';
import type { Logger } from './logger.ts';
import { parseTraceParent } from './trace-parent.ts';

export interface HttpServerOptions {
  host: string;
  port: number;
  graphql: HttpHandler;
  console: ConsoleFiles;
  /** What `/ready` says. */
  readiness: () => { ready: boolean; details: Readonly<Record<string, unknown>> };
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

// Slow senders must not hold connections that others need; node's own limits are a minute and five.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 4_096;

/** Listens. Raises the socket's own error when it cannot. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 2_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { drain, turn } = drainOf(server);
  server.on('request', (request, response) => {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    const answering = turn()?.then(() => answer(request, response, requestId, options));
    (answering ?? answer(request, response, requestId, options)).catch((error: unknown) => {
      options.logger.error({ requestId, err: error }, 'unexpected error');
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
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  if (path === '/graphql') return options.graphql(request, response, requestId);
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
      if (options.console(path, response)) return;
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
