import { readFileSync } from 'node:fs';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import type { RunningServer } from './listen.ts';
import { PORTAL_SDL, startPortal } from './portal.ts';
import { startRouter } from './router.ts';

/** Everything that answers one query: a router, the two subgraphs behind it, and what stands for Alibaba Cloud. */
export interface Supergraph {
  readonly router: RunningServer;
  readonly portal: RunningServer;
  readonly gateway: Gateway;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

export interface SupergraphOptions {
  /** Ports of router, gateway and portal; each 0, a free one, when absent. */
  ports?: { router: number; gateway: number; portal: number };
  /** More variables for the gateway. */
  environment?: Record<string, string>;
}

/** The subgraph of this repository, which `npm run schema` writes. */
export const GATEWAY_SDL = readFileSync(new URL('../../subgraph.graphql', import.meta.url), 'utf8');

export async function startSupergraph({ ports, environment }: SupergraphOptions = {}): Promise<Supergraph> {
  const sandbox = await startSandbox({ instances: 60 });
  const gateway = await startGateway(
    readConfiguration({
      PORT: String(ports?.gateway ?? 0),
      UPSTREAM_ENDPOINT: sandbox.url,
      // The router's address is not the caller's.
      TRUST_PROXY: '1',
      LOG_LEVEL: 'warn',
      ...environment,
    }),
  );
  const portal = await startPortal({ port: ports?.portal ?? 0 });
  const supergraph = composeSupergraph([
    { name: 'kvstore', url: `${gateway.url}/graphql`, sdl: GATEWAY_SDL },
    { name: 'portal', url: portal.url, sdl: PORTAL_SDL },
  ]);
  const router = await startRouter({ supergraph, port: ports?.router ?? 0 });
  return {
    router,
    portal,
    gateway,
    sandbox,
    async close() {
      for (const part of [router, portal, gateway, sandbox]) await part.close();
    },
  };
}
