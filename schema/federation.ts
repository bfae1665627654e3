import type { GraphQLResolveInfo } from 'graphql';
import { BadInput, quoted } from '../resolvers/bad-input.ts';
import { decodeGlobalId } from '../resolvers/global-id.ts';
import { checkedId } from '../resolvers/identifiers.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { Instance } from './instance-ref.ts';
import { eachApart, MAX_NODES, nodeOf } from './node.ts';
import { instanceByKey } from './place.ts';
import { ClusterBackup, ShardBackup } from './shard-backup.ts';

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
  return eachApart(representations, async (representation, index) => entityOf(representation, context, info, index));
}

const TYPES = ['Instance', 'ClusterBackup', 'ShardBackup'] as const;
const FIELD = 'Query._entities';

function entityOf(representation: unknown, context: Context, info: GraphQLResolveInfo, index: number) {
  const { __typename: name, id, accountId, regionId, instanceId } = partsOf(representation);
  const type = TYPES.find((known) => known === name);
  if (type === undefined) {
    throw new BadInput(`representations: expected a __typename of ${TYPES.join(', ')}, got ${quoted(String(name))}`);
  }
  if (typeof id === 'string') {
    const decoded = decodeGlobalId(id);
    if (decoded.type !== type)
      throw new BadInput(`representations: expected the id of a ${type}, got that of a ${decoded.type}`);
    return nodeOf(decoded, FIELD, context, info, index);
  }
  if (type === 'Instance' && [accountId, regionId, instanceId].every((part) => typeof part === 'string')) {
    const key = {
      accountId: checkedId('accountId', accountId as string),
      regionId: checkedId('regionId', regionId as string),
      instanceId: checkedId('instanceId', instanceId as string),
    };
    return instanceByKey(context, key, FIELD);
  }
  throw new BadInput(
    `representations: expected a key of ${type}: id${type === 'Instance' ? ', or accountId, regionId and instanceId' : ''}`,
  );
}

function partsOf(representation: unknown): Record<string, unknown> {
  if (typeof representation === 'object' && representation !== null) return representation as Record<string, unknown>;
  throw new BadInput('representations: expected an object with __typename and a key');
}
