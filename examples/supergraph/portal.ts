import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { listen, type RunningServer } from './listen.ts';
import { SERVICES, type Service } from './services.ts';

/** The portal's subgraph, in the schema language. */
export const PORTAL_SDL = readFileSync(new URL('portal.graphql', import.meta.url), 'utf8');

/** Starts the portal: a subgraph that knows services and their owners, and of instances nothing but their keys. */
export function startPortal({ port = 0 } = {}): Promise<RunningServer> {
  const schema = buildSubgraphSchema({
    typeDefs: parse(PORTAL_SDL),
    resolvers: {
      Query: {
        services: (_root: unknown, { owner }: { owner?: string | null }) =>
          SERVICES.filter((service) => owner == null || service.owner.name === owner),
        service: (_root: unknown, { name }: { name: string }) => serviceOf(name),
      },
      Service: { __resolveReference: ({ name }: { name: string }) => serviceOf(name) },
    },
  });
  return listen(createYoga({ schema, logging: false, landingPage: false }), port);
}

function serviceOf(name: string): Service | null {
  return SERVICES.find((service) => service.name === name) ?? null;
}
