import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { listen, type RunningServer } from '../../examples/supergraph/listen.ts';

/** A request as a subgraph received it. */
export interface RecordedRequest {
  headers: IncomingHttpHeaders;
  query: string;
  variables: Record<string, unknown>;
}

export interface RecordingProxy extends RunningServer {
  readonly requests: RecordedRequest[];
  /** How many requests are being answered now. */
  open(): number;
}

/** Stands in front of a GraphQL endpoint and keeps what it is asked. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  let open = 0;
  const server = await listen((request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    // Either side may leave an event stream: that ends it for the other.
    answer(request, response).catch(() => response.destroy());
  }, 0);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const body = await text(request);
    if (body !== '') requests.push({ headers: request.headers, variables: {}, ...JSON.parse(body) });
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    // Subscriptions come as GET, with everything in the address.
    const answered = await fetch(new URL(request.url ?? '', target), {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      signal: gone.signal,
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? 'text/plain' });
    await pipeline(answered.body === null ? [] : Readable.from(answered.body), response);
  }

  return { ...server, requests, open: () => open };
}
