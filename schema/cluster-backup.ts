import type { GraphQLResolveInfo } from 'graphql';
import type { BackupPage, ConnectionRequest, ConnectionSelection } from '../resolvers/cluster-backups/connection.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { pageOfShards } from '../resolvers/shard-backups.ts';
import type { Answer } from '../upstream/rkvstore.ts';
import type { ShardBackupRow } from '../upstream/rows.ts';
import { AdmittedClusterBackup, AdmittedShardBackup, admit } from './admission.ts';
import { builder } from './builder.ts';
import { cell } from './cell.ts';
import { connectionArguments, connectionOf, type PageOf } from './connection.ts';
import type { Context } from './context.ts';
import type { InstanceAccess } from './instance-access.ts';
import { Instance } from './instance-ref.ts';
import { Node } from './node-interface.ts';
import { type FieldAccess, remembered, type Selection, selectionOf, shardSelection } from './selection.ts';
import { ClusterBackup, ShardBackupConnection } from './shard-backup.ts';
import { noted, noteIfStale } from './staleness.ts';

export const ClusterBackupStatus = builder.enumType('ClusterBackupStatus', {
  description: 'The state of a backup set.',
  values: {
    OK: { description: 'Every shard has been backed up.' },
    RUNNING: { description: 'The backup is still being taken.' },
    FAILED: { description: 'The backup of at least one shard failed.' },
    UNKNOWN: { description: 'The upstream sent a state that this gateway does not know.' },
  },
});

export const ClusterBackupMode = builder.enumType('ClusterBackupMode', {
  description: 'What started a backup.',
  values: {
    AUTOMATED: { description: 'The backup schedule of the instance.' },
    MANUAL: { description: 'A person, in the console or through the API.' },
    UNKNOWN: { description: 'The upstream sent a mode that this gateway does not know.' },
  },
});

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

/** A page of backups whose principal may see them. */
export class ClusterBackupConnectionPage implements PageOf<AdmittedClusterBackup> {
  readonly nodes: readonly AdmittedClusterBackup[];
  readonly access: InstanceAccess;
  readonly page: BackupPage;

  constructor(access: InstanceAccess, request: ConnectionRequest, page: BackupPage) {
    this.nodes = admit(access, request.key, page.rows, page.provenance);
    this.access = access;
    this.page = page;
  }

  get size(): number {
    return this.nodes.length;
  }

  cursor(index: number): string {
    return this.page.cursor(index);
  }

  hasNextPage(): boolean | Promise<Answer<boolean>> {
    return this.page.hasNextPage();
  }

  hasPreviousPage(): boolean | Promise<Answer<boolean>> {
    return this.page.hasPreviousPage();
  }
}

const connection = connectionOf('ClusterBackup', ClusterBackup, { one: 'cluster backup', many: 'cluster backups' });

export const ClusterBackupConnection = builder
  .objectRef<ClusterBackupConnectionPage>('ClusterBackupConnection')
  .implement({
    description: 'One page of the backups of an instance, newest first.',
    fields: (t) => ({
      edges: t.field(connection.edges),
      nodes: t.field(connection.nodes),
      pageInfo: t.field(connection.pageInfo),
      totalCount: t.int({
        description:
          'The number of backups in the whole window that match the filter. Expensive: the API has no total, so the gateway reads the whole window, in up to 10 upstream calls.',
        resolve: ({ page }, _args, context, info) => noted(page.totalCount(), context, info, page.provenance),
      }),
      fullStorageBytes: t.field({
        type: 'SafeInt',
        description:
          'The size of all valid full backups of the instance, in bytes; window and filter do not matter (`FullStorageSize`).',
        resolve: ({ page }) => page.provenance.fullStorageBytes,
      }),
      logStorageBytes: t.field({
        type: 'SafeInt',
        description:
          'The size of all log backups of the instance, in bytes; window and filter do not matter (`LogStorageSize`).',
        resolve: ({ page }) => page.provenance.logStorageBytes,
      }),
    }),
  });

const wholeSelections = new WeakMap<GraphQLResolveInfo['fieldNodes'], ConnectionSelection>();

/** What of a connection the operation selects and its principal may read. */
export function connectionSelection(info: GraphQLResolveInfo, access: InstanceAccess): ConnectionSelection {
  if (access.perField) return selectedOf(selectionOf(info), access);
  return remembered(wholeSelections, info, () => selectedOf(selectionOf(info), access));
}

/** What of a connection a selection needs, those fields left out that may not be read. */
export function selectedOf(selection: Selection, access: FieldAccess): ConnectionSelection {
  const pageInfo = selection.at('pageInfo');
  const ofNodes = shardSelection(selection.at('nodes'), access);
  const ofEdges = shardSelection(selection.at('edges', 'node'), access);
  const wants = (...names: string[]) =>
    names.some((name) => selection.has(name) && access.allows(`ClusterBackupConnection.${name}`));
  return {
    rows: selection.hasAny('nodes', 'edges') || pageInfo.hasAny('hasPreviousPage', 'startCursor', 'endCursor'),
    shards: ofNodes.shards || ofEdges.shards,
    links: ofNodes.links || ofEdges.links,
    hasNextPage: pageInfo.has('hasNextPage'),
    totalCount: wants('totalCount'),
    storage: wants('fullStorageBytes', 'logStorageBytes'),
  };
}
