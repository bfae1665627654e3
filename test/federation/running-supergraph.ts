import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { composeSupergraph } from '../../examples/supergraph/compose-supergraph.ts';
import { listen, type RunningServer } from '../../examples/supergraph/listen.ts';
import { startRouter } from '../../examples/supergraph/router.ts';
import { GATEWAY_SDL } from '../../examples/supergraph/supergraph.ts';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type RecordedRequest, startRecordingProxy } from './recording-proxy.ts';

/** A subgraph of a test, beside the gateway's. */
export interface OtherSubgraph {
  name: string;
  sdl: string;
  start: () => Promise<RunningServer>;
}

export interface RunningSupergraph extends AsyncDisposable {
  router: RunningServer;
  gateway: Gateway;
  sandbox: Sandbox;
  /** What the gateway was asked by the router. */
  requests: RecordedRequest[];
  /** How many requests of the router the gateway is answering now. */
  openRequests(): number;
  /** Asks the router, as `subject`; null: without a token. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  ask(query: string, subject: string | null, headers?: Record<string, string>): Promise<any>;
}

export async function runSupergraph(
  others: readonly OtherSubgraph[],
  environment: Record<string, string> = {},
): Promise<RunningSupergraph> {
  const parts: { close(): Promise<void> }[] = [];
  const started = async <Part extends { close(): Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const part = await starting;
    parts.unshift(part);
    return part;
  };
  const sandbox = await started(startSandbox({ instances: 60 }));
  const gateway = await started(
    startGateway(readConfiguration({ PORT: '0', UPSTREAM_ENDPOINT: sandbox.url, TRUST_PROXY: '1', ...environment }), {
      output: { write() {} },
    }),
  );
  const proxy = await started(startRecordingProxy(`${gateway.url}/graphql`));
  const subgraphs = [{ name: 'kvstore', url: proxy.url, sdl: GATEWAY_SDL }];
  for (const { name, sdl, start } of others) subgraphs.push({ name, url: (await started(start())).url, sdl });
  const router = await started(startRouter({ supergraph: composeSupergraph(subgraphs), logging: false }));
  return {
    router,
    gateway,
    sandbox,
    requests: proxy.requests,
    openRequests: () => proxy.open(),
    async ask(query, subject, headers = {}) {
      const token = subject === null ? undefined : await signDevelopmentToken({ subject, groups: [], ttlSeconds: 60 });
      const response = await fetch(router.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query }),
      });
      return response.json();
    },
    async [Symbol.asyncDispose]() {
      for (const part of parts) await part.close();
    },
  };
}

/** Starts a subgraph with these resolvers. */
export function startSubgraph(sdl: string, resolvers: Record<string, object>): Promise<RunningServer> {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  return listen(createYoga({ schema, logging: false }), 0);
}
