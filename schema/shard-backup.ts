import { encodeGlobalId } from '../resolvers/global-id.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { type AdmittedClusterBackup, AdmittedShardBackup } from './admission.ts';
import { builder } from './builder.ts';
import { cell } from './cell.ts';
import { connectionOf, type PageOf } from './connection.ts';
import { Node } from './node-interface.ts';

export const ClusterBackup = builder.objectRef<AdmittedClusterBackup>('ClusterBackup');

const ShardBackupStatus = builder.enumType('ShardBackupStatus', {
  description: 'How the backup of one shard went.',
  values: {
    OK: { description: 'The shard was backed up.' },
    ERROR: { description: 'The backup of the shard failed; the whole set cannot be restored.' },
    UNKNOWN: { description: 'A state that this gateway does not know yet.' },
  },
});

export const ShardBackup = builder.objectRef<AdmittedShardBackup>('ShardBackup').implement({
  description: 'The backup of one shard: one file of a cluster backup.',
  interfaces: [Node],
  isTypeOf: (value) => value instanceof AdmittedShardBackup,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node` and for federation.',
      resolve: ({ row, clusterBackup }) =>
        encodeGlobalId({ type: 'ShardBackup', ...clusterBackup.key, backupId: row.backupId }),
    }),
    backupId: t.string({
      nullable: false,
      description: "The shard's own backup id, digits.",
      resolve: ({ row }) => row.backupId,
    }),
    clusterBackup: t.field({
      type: ClusterBackup,
      nullable: false,
      description: 'The backup set that this is a part of.',
      resolve: ({ clusterBackup }) => clusterBackup,
    }),
    name: t.string({ description: 'Name of the backup file (`BackupName`).', resolve: ({ row }) => row.name }),
    instanceName: t.string({
      description: 'The shard node, as the upstream names it (`InstanceName`); in some answers a file name.',
      resolve: ({ row }) => row.instanceName,
    }),
    status: t.field({
      type: ShardBackupStatus,
      description: 'How it went.',
      resolve: ({ row }) => cell(row, 'status'),
    }),
    isAvailable: t.boolean({
      description: 'Whether it can be restored from.',
      resolve: ({ row }) => cell(row, 'isAvailable'),
    }),
    sizeBytes: t.field({
      type: 'SafeInt',
      description: 'Size in bytes.',
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
    engine: t.string({ description: 'The database engine: `redis`.', resolve: ({ row }) => row.engine }),
    engineVersion: t.string({ description: 'Version of the engine: `5.0`.', resolve: ({ row }) => row.engineVersion }),
    downloadUrl: t.field({
      type: 'URL',
      description:
        'Where the file can be downloaded, from anywhere, by whoever has this link: it is the data itself. Valid for a limited time; null where the upstream gives none.',
      resolve: (shard) => link(shard, 'downloadUrl'),
    }),
    internalDownloadUrl: t.field({
      type: 'URL',
      description: 'The same for machines in the network of the region. Also a secret.',
      resolve: (shard) => link(shard, 'internalDownloadUrl'),
    }),
  }),
});

function link(
  { row, clusterBackup }: AdmittedShardBackup,
  field: 'downloadUrl' | 'internalDownloadUrl',
): string | null {
  const url = row[field];
  if (url !== null) clusterBackup.access.noteRead(`ShardBackup.${field}`);
  else if (clusterBackup.provenance.linksWithheld) {
    throw new UpstreamError({
      kind: 'unavailable',
      message: 'The upstream does not answer, and links are not kept longer than it takes to answer',
      retryable: true,
    });
  }
  return url;
}

/** A page of the shards of one set. */
export interface ShardBackupConnectionPage extends PageOf<AdmittedShardBackup> {
  readonly totalCount: number;
}

const connection = connectionOf('ShardBackup', ShardBackup, { one: 'shard backup', many: 'shard backups' });

export const ShardBackupConnection = builder.objectRef<ShardBackupConnectionPage>('ShardBackupConnection').implement({
  description: 'The shards of a backup set.',
  fields: (t) => ({
    edges: t.field(connection.edges),
    nodes: t.field(connection.nodes),
    pageInfo: t.field(connection.pageInfo),
    totalCount: t.int({ description: 'How many shards the set has.', resolve: ({ totalCount }) => totalCount }),
  }),
});
