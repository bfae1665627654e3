import type { GraphQLResolveInfo } from 'graphql';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { pageOfShards } from '../resolvers/shard-backups.ts';
import type { ShardBackupRow } from '../upstream/rows.ts';
import { AdmittedClusterBackup, AdmittedShardBackup } from './admission.ts';
import type { builder } from './builder.ts';
import { cell } from './cell.ts';
import { ClusterBackupMode, ClusterBackupStatus } from './cluster-backup-enumerations.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { connectionArguments } from './connection.ts';
import type { Context } from './context.ts';
import { Instance } from './instance-ref.ts';
import { Node } from './node-interface.ts';
import { ShardBackupConnection } from './shard-backup.ts';
import { noteIfStale } from './staleness.ts';

ClusterBackup.implement({
  description:
    'A backup set of a cluster instance: the backups of all its shards, taken together. An instance is restored from a whole set.',
  interfaces: [Node],
  isTypeOf: (value) => value instanceof AdmittedClusterBackup,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'The global id: pass it to `node`. Also the key in a federated graph.',
      resolve: ({ key }) => encodeGlobalId({ type: 'ClusterBackup', ...key }),
    }),
    clusterBackupId: t.string({
      nullable: false,
      description:
        'The id of the set, such as `cb-hyxdof5x9kqbtust`. The API calls that restore or clone an instance take this id.',
      resolve: ({ row }) => row.clusterBackupId,
    }),
    instance: t.field({
      type: Instance,
      nullable: false,
      description: 'The instance that was backed up.',
      resolve: ({ instance }) => instance,
    }),
    status: t.field({
      type: ClusterBackupStatus,
      description: 'The state of the set.',
      resolve: ({ row }) => cell(row, 'status'),
    }),
    mode: t.field({
      type: ClusterBackupMode,
      description: 'What started the backup.',
      resolve: ({ row }) => cell(row, 'mode'),
    }),
    isAvailable: t.boolean({
      description:
        'Whether an instance can be restored from this set. False while the backup runs, and when a shard failed.',
      resolve: ({ row }) => cell(row, 'isAvailable'),
    }),
    sizeBytes: t.field({
      type: 'SafeInt',
      description: 'The size of all shard backups together, in bytes.',
      resolve: ({ row }) => cell(row, 'sizeBytes'),
    }),
    startTime: t.field({
      type: 'DateTime',
      description: 'When the backup started.',
      resolve: ({ row }) => cell(row, 'startTime'),
    }),
    endTime: t.field({
      type: 'DateTime',
      description: 'When the backup ended. Null while it runs.',
      resolve: ({ row }) => cell(row, 'endTime'),
    }),
    expectedExpireTime: t.field({
      type: 'DateTime',
      description: 'When Alibaba Cloud will delete the set. Null when it does not say.',
      resolve: ({ row }) => cell(row, 'expectedExpireTime'),
    }),
    progressPercent: t.int({
      description: 'How much of the backup is done, in percent: 0 to 100.',
      resolve: ({ row }) => cell(row, 'progressPercent'),
    }),
    shardMemoryMegabytes: t.int({
      description: 'The memory of one shard at the time of the backup, in megabytes.',
      resolve: ({ row }) => cell(row, 'shardMemoryMegabytes'),
    }),
    shardCount: t.int({
      description: 'The number of shard backups in the set. To know it the gateway has to read the shards.',
      resolve: (backup, _args, context, info) => withShards(backup, context, info, (shards) => shards.length),
    }),
    shardBackups: t.field({
      type: ShardBackupConnection,
      description:
        'The backups of the single shards. Without arguments: all of them. They are read together with the set.',
      args: shardArguments(t.arg),
      resolve: (backup, args, context, info) =>
        withShards(backup, context, info, (all) => {
          const page = pageOfShards(backup, all, args);
          return {
            size: page.rows.length,
            nodes: page.rows.map((row) => new AdmittedShardBackup(row, backup)),
            totalCount: page.totalCount,
            cursor: page.cursor,
            hasNextPage: () => page.hasNextPage,
            hasPreviousPage: () => page.hasPreviousPage,
          };
        }),
    }),
  }),
});

function shardArguments(arg: Parameters<Parameters<typeof builder.queryField>[1]>[0]['arg']) {
  const text = connectionArguments('shard backups', 'in the order of the API');
  return {
    first: arg.int({ description: text.first }),
    after: arg.string({ description: text.after }),
    last: arg.int({ description: text.last }),
    before: arg.string({ description: text.before }),
  };
}

/** The shards of a set; reads them where the way to it did not know that they would be needed. */
function withShards<Value>(
  backup: AdmittedClusterBackup,
  context: Context,
  info: GraphQLResolveInfo,
  use: (shards: readonly ShardBackupRow[]) => Value,
): Value | Promise<Value> {
  const shards = cell(backup.row, 'shardBackups');
  if (shards !== null) return use(shards);
  return context.loaders.clusterBackup({ key: backup.key, shards: true, links: false }).then(({ row, provenance }) => {
    noteIfStale(provenance, context, info);
    return use(row === null ? [] : (cell(row, 'shardBackups') ?? []));
  });
}
