import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  attributes: Record<string, unknown>;
  /** Milliseconds since the epoch. */
  start: number;
  end: number;
  /** 0 unset, 1 OK, 2 error. */
  status: number;
}

/** A small OTLP/HTTP receiver (JSON) on a free loopback port. */
export interface OtlpReceiver extends AsyncDisposable {
  url: string;
  spans: ReceivedSpan[];
  /** Attributes of the resource that sent last. */
  resource: Record<string, unknown>;
  /** Everything that arrived, as text. */
  bodies: string[];
  headers: Record<string, string | string[] | undefined>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== '/v1/traces' || request.method !== 'POST') return void response.writeHead(404).end();
    const text = Buffer.concat(chunks).toString('utf8');
    receiver.bodies.push(text);
    receiver.headers = request.headers;
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      receiver.resource = attributesOf(resource.attributes);
      // biome-ignore lint/suspicious/noExplicitAny: the form of OTLP's JSON
      for (const span of scopeSpans.flatMap((scope: any) => scope.spans)) {
        receiver.spans.push({
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId || undefined,
          name: span.name,
          kind: span.kind,
          attributes: attributesOf(span.attributes),
          start: Number(span.startTimeUnixNano) / 1e6,
          end: Number(span.endTimeUnixNano) / 1e6,
          status: span.status?.code ?? 0,
        });
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    resource: {},
    bodies: [],
    headers: {},
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

// biome-ignore lint/suspicious/noExplicitAny: the form of OTLP's JSON
function attributesOf(attributes: { key: string; value: any }[] = []): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      // biome-ignore lint/suspicious/noExplicitAny: the form of OTLP's JSON
      value.stringValue ?? value.intValue ?? value.arrayValue?.values.map((item: any) => item.stringValue),
    ]),
  );
}
