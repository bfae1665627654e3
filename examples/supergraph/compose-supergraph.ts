import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export interface Subgraph {
  name: string;
  /** Where the router finds it. */
  url: string;
  /** Its schema, as `_service { sdl }` answers it. */
  sdl: string;
}

/** The schema that a router serves, composed of subgraphs. Raises an `Error` that names everything which does not fit. */
export function composeSupergraph(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(`the subgraphs do not compose:\n${errors?.map(({ message }) => `- ${message}`).join('\n')}`);
}
