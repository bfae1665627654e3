import type { GraphQLResolveInfo } from 'graphql';
import { BadInput } from '../resolvers/bad-input.ts';
import { builder } from './builder.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import type { Context } from './context.ts';
import { Instance } from './instance-ref.ts';
import { eachApart, MAX_NODES, nodeOf } from './node.ts';
import { readRepresentation } from './representation.ts';
import { ShardBackup } from './shard-backup.ts';

// `resolveEntities` below answers for all of them; the plugin asks for a resolver of its own.
const resolveReference = () => null;

builder.asEntity(Instance, {
  key: [
    builder.selection<{ id: string }>('id'),
    builder.selection<{ accountId: string; regionId: string; instanceId: string }>('accountId regionId instanceId'),
  ],
  resolveReference,
});
builder.asEntity(ClusterBackup, { key: builder.selection<{ id: string }>('id'), resolveReference });
builder.asEntity(ShardBackup, { key: builder.selection<{ id: string }>('id'), resolveReference });

/**
 * Resolves `_entities`: every representation is checked alone, loaded with the others, and null with its own error when it is not
 * right. Takes the place of the resolver of `@apollo/subgraph`, which fails the whole list for one bad representation.
 */
export function resolveEntities(
  _root: unknown,
  { representations }: { representations: readonly unknown[] },
  context: Context,
  info: GraphQLResolveInfo,
) {
  if (representations.length > MAX_NODES) {
    throw new BadInput(`representations: expected at most ${MAX_NODES}, got ${representations.length}`);
  }
  return eachApart(representations, async (representation, index) =>
    nodeOf(readRepresentation(representation), 'Query._entities', context, info, index),
  );
}
