import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { Instant } from '../upstream/rows.ts';
import type { Context } from './context.ts';

/** Fields are nullable unless they say otherwise: a denied or failed one is then null itself, and nothing else. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    DateTime: { Input: Date; Output: Instant };
    SafeInt: { Input: number; Output: number };
    URL: { Input: URL; Output: string };
    ID: { Input: string; Output: string };
  };
}>({
  plugins: [DirectivesPlugin, FederationPlugin],
});

builder.queryType({
  description:
    'Everything that can be read. Without a token only `viewer` answers; every other field is null with the error `UNAUTHENTICATED`.',
});
