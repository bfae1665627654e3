import { type DocumentNode, type FragmentDefinitionNode, Kind } from 'graphql';

/** Fragments by their names; without a prototype, since one may be named like something that every object has. */
export type Fragments = { [name: string]: FragmentDefinitionNode };

export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments: Fragments = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
