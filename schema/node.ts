import type { GraphQLResolveInfo } from 'graphql';
import { BadInput } from '../resolvers/bad-input.ts';
import { decodeGlobalId, type GlobalId } from '../resolvers/global-id.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { AdmittedShardBackup, admit, backupAccess } from './admission.ts';
import { builder } from './builder.ts';
import { linkSelection, shardSelection } from './cluster-backup-selection.ts';
import type { Context } from './context.ts';
import { Node } from './node-interface.ts';
import { instanceByKey } from './place.ts';
import { selectionOf } from './selection.ts';
import { noteIfStale } from './staleness.ts';

/** Most ids of one `nodes` field, and most representations of one `_entities` field. */
export const MAX_NODES = 100;

/** Finds whatever a global id names, admitted for the principal; null when it is not there. */
export async function nodeOf(
  id: GlobalId,
  field: string,
  context: Context,
  info: GraphQLResolveInfo,
  key?: string | number,
) {
  if (id.type === 'Instance') return instanceByKey(context, id, field);
  const access = await backupAccess(context, id, field);
  const { clusterBackupId, startTime } = id;
  const { accountId, regionId, instanceId } = id;
  const shard = id.type === 'ShardBackup' ? selectionOf(info, 'ShardBackup', 'Node') : undefined;
  const needs =
    shard === undefined
      ? shardSelection(selectionOf(info, 'ClusterBackup', 'Node'), access)
      : { shards: true, links: linkSelection(shard, access) };
  const { row, provenance } = await missingIsNull(
    context.loaders.clusterBackup({ key: { accountId, regionId, instanceId, clusterBackupId, startTime }, ...needs }),
  );
  if (provenance === undefined) return null;
  noteIfStale(provenance, context, info, key);
  if (row === null) return null;
  const [backup] = admit(access, id, [row], provenance);
  if (backup === undefined || id.type === 'ClusterBackup') return backup ?? null;
  const shardRow = row.shardBackups?.find(({ backupId }) => backupId === id.backupId);
  return shardRow === undefined ? null : new AdmittedShardBackup(shardRow, backup);
}

/** An instance that is not there has no backups either. */
async function missingIsNull<Found extends { row: unknown; provenance: unknown }>(
  finding: Promise<Found>,
): Promise<Found | { row: null; provenance: undefined }> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'not-found') return { row: null, provenance: undefined };
    throw error;
  }
}

/** A list in which one item that fails is null by itself, with its own error. */
export function eachApart<Key, Value>(
  keys: readonly Key[],
  find: (key: Key, index: number) => Promise<Value>,
): Promise<Value>[] {
  return keys.map((key, index) => find(key, index).catch((error: unknown) => error as Value));
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    description:
      'The object with this global id: an instance, a cluster backup or a shard backup. Null when there is no such backup; whether an instance exists is not checked.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of an object of this graph.' }) },
    resolve: (_root, { id }, context, info) => nodeOf(decodeGlobalId(id), 'Query.node', context, info),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'The objects with these global ids, in the same order, as `node` returns them. Backups of one instance are read in one upstream call where one page can hold them.',
    args: {
      ids: t.arg.idList({ required: true, description: `The \`id\`s of objects of this graph, at most ${MAX_NODES}.` }),
    },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > MAX_NODES) throw new BadInput(`ids: expected at most ${MAX_NODES}, got ${ids.length}`);
      return eachApart(ids, async (id, index) => nodeOf(decodeGlobalId(id), 'Query.nodes', context, info, index));
    },
  }),
}));
