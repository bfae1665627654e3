import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export interface NamedSubgraph {
  name: string;
  sdl: string;
}

export interface CompositionReport {
  /** Why there is no supergraph: `CODE: message`. */
  errors: string[];
  /** What composition found odd, though it composed: `CODE: message`. */
  hints: string[];
}

/** Composes subgraphs and reports what does not fit. */
export function reportComposition(subgraphs: readonly NamedSubgraph[]): CompositionReport {
  const { errors = [], hints = [] } = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}.invalid/graphql`, typeDefs: parse(sdl) })),
  );
  return {
    errors: errors.map(({ message, extensions }) => `${extensions.code ?? 'ERROR'}: ${message}`),
    hints: hints.map(({ message, definition }) => `${definition.code}: ${message}`),
  };
}
