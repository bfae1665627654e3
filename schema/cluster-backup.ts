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
  description: 'How a backup set stands.',
  values: {
    OK: { description: 'All shards were backed up.' },
    RUNNING: { description: 'The backup is being taken.' },
    FAILED: { description: 'At least one shard was not backed up.' },
    UNKNOWN: { description: 'A state that this gateway does not know yet.' },
  },
});

export const ClusterBackupMode = builder.enumType('ClusterBackupMode', {
  description: 'Who began a backup.',
  values: {
    AUTOMATED: { description: 'The schedule of the instance.' },
    MANUAL: { description: 'Somebody, by hand or by API.' },
    UNKNOWN: { description: 'A mode that this gateway does not know yet.' },
  },
});

ClusterBackup.implement({
  description: 'A backup set of a cluster instance: one backup of every shard, taken together. The unit of restore.',
  interfaces: [Node],
  isTypeOf: (value) => value instanceof AdmittedClusterBackup,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node` and for federation.',
      resolve: ({ key }) => encodeGlobalId({ type: 'ClusterBackup', ...key }),
    }),
    clusterBackupId: t.string({
      nullable: false,
      description: 'The id of the set, `cb-…`: what restoring and cloning ask for.',
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
      description: 'How it stands.',
      resolve: ({ row }) => cell(row, 'status'),
    }),
    mode: t.field({ type: ClusterBackupMode, description: 'Who began it.', resolve: ({ row }) => cell(row, 'mode') }),
    isAvailable: t.boolean({
      description: 'Whether it can be restored from: false while it runs, and when a shard failed.',
      resolve: ({ row }) => cell(row, 'isAvailable'),
    }),
    sizeBytes: t.field({
      type: 'SafeInt',
      description: 'Size of all its shards together, in bytes.',
      resolve: ({ row }) => cell(row, 'sizeBytes'),
    }),
    startTime: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: ({ row }) => cell(row, 'startTime'),
    }),
    endTime: t.field({
      type: 'DateTime',
      description: 'When it ended; null while it runs.',
      resolve: ({ row }) => cell(row, 'endTime'),
    }),
    expectedExpireTime: t.field({
      type: 'DateTime',
      description: 'When the upstream will delete it; null where it does not say.',
      resolve: ({ row }) => cell(row, 'expectedExpireTime'),
    }),
    progressPercent: t.int({
      description: 'How far it has come, 0 to 100.',
      resolve: ({ row }) => cell(row, 'progressPercent'),
    }),
    shardMemoryMegabytes: t.int({
      description: 'Memory of one shard when the backup was taken, in megabytes.',
      resolve: ({ row }) => cell(row, 'shardMemoryMegabytes'),
    }),
    shardCount: t.int({
      description: 'How many shards have a backup in the set. Selecting it reads the shards.',
      resolve: (backup, _args, context, info) => withShards(backup, context, info, (shards) => shards.length),
    }),
    shardBackups: t.field({
      type: ShardBackupConnection,
      description:
        'The backups of its shards; without arguments all of them. They come with the set, at no further upstream call.',
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
  const text = connectionArguments('shards', 'in the order of the upstream');
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
    description: 'A page of the backups of one instance, newest first.',
    fields: (t) => ({
      edges: t.field(connection.edges),
      nodes: t.field(connection.nodes),
      pageInfo: t.field(connection.pageInfo),
      totalCount: t.int({
        description:
          'How many backups the window has, after the filter. The upstream has no total: selecting this reads the whole window, up to ten calls.',
        resolve: ({ page }, _args, context, info) => noted(page.totalCount(), context, info, page.provenance),
      }),
      fullStorageBytes: t.field({
        type: 'SafeInt',
        description:
          'Size of all valid full backups of the instance, in bytes, whatever the window (`FullStorageSize`).',
        resolve: ({ page }) => page.provenance.fullStorageBytes,
      }),
      logStorageBytes: t.field({
        type: 'SafeInt',
        description: 'Size of all log backups of the instance, in bytes, whatever the window (`LogStorageSize`).',
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
