import type { IncomingMessage } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import httpTransport from '@graphql-mesh/transport-http';
import { listen, type RunningServer } from './listen.ts';
import { usePassedUpstreamCalls } from './passed-upstream-calls.ts';

/** What clients send that subgraphs need to see: who asks, as part of which trace, and how. */
const PASSED = ['authorization', 'traceparent', 'tracestate', 'x-upstream-calls', 'cache-control'];

export interface RouterOptions {
  /** The composed schema. */
  supergraph: string;
  port?: number;
  /** Whether it says what goes wrong on standard output. */
  logging?: boolean;
}

/** Starts Hive Gateway in front of the subgraphs of a supergraph. */
export async function startRouter({ supergraph, port = 0, logging = true }: RouterOptions): Promise<RunningServer> {
  const gateway = createGatewayRuntime<{ req: IncomingMessage }>({
    supergraph,
    logging: logging ? 'warn' : false,
    // The planner of Hive Router: it also gives errors the place of their own instance, where the default one has the first of a list.
    unifiedGraphHandler,
    transports: { http: httpTransport },
    propagateHeaders: {
      fromClientToSubgraphs({ request, context }) {
        const passed = Object.fromEntries(PASSED.map((name) => [name, request.headers.get(name)]));
        return {
          ...passed,
          'x-forwarded-for': appended(request.headers.get('x-forwarded-for'), context.req?.socket.remoteAddress),
          'x-forwarded-proto': appended(request.headers.get('x-forwarded-proto'), 'http'),
        };
      },
    },
    plugins: () => [usePassedUpstreamCalls()],
  });
  const server = await listen(gateway, port);
  return {
    url: server.url,
    async close() {
      await server.close();
      await gateway.dispose();
    },
  };
}

/** What proxies before this one wrote, and then what this one knows, as every proxy adds it. */
function appended(before: string | null, own: string | undefined): string {
  return [before, own].filter(Boolean).join(', ');
}
