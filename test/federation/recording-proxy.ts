import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, type RunningServer } from '../../examples/supergraph/listen.ts';

/** A request as a subgraph received it. */
export interface RecordedRequest {
  headers: IncomingHttpHeaders;
  query: string;
  variables: Record<string, unknown>;
}

export interface RecordingProxy extends RunningServer {
  readonly requests: RecordedRequest[];
}

/** Stands in front of a GraphQL endpoint and keeps what it is asked. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: RecordedRequest[] = [];
  const server = await listen(async (request, response) => {
    const body = await text(request);
    if (body !== '') requests.push({ headers: request.headers, variables: {}, ...JSON.parse(body) });
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(target, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  }, 0);
  return { ...server, requests };
}
