import { encodeGlobalId } from '../resolvers/global-id.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { AdmittedShardBackup } from './admission.ts';
import { builder } from './builder.ts';
import { cell } from './cell.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { connectionOf, type PageOf } from './connection.ts';
import { Node } from './node-interface.ts';

const ShardBackupStatus = builder.enumType('ShardBackupStatus', {
  description: 'The state of the backup of one shard.',
  values: {
    OK: { description: 'The shard has been backed up.' },
    ERROR: { description: 'The backup of the shard failed. No instance can be restored from the set.' },
    UNKNOWN: { description: 'The upstream sent a state that this gateway does not know.' },
  },
});

export const ShardBackup = builder.objectRef<AdmittedShardBackup>('ShardBackup').implement({
  description: 'The backup of one shard: one file of a cluster backup.',
  interfaces: [Node],
  isTypeOf: (value) => value instanceof AdmittedShardBackup,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'The global id: pass it to `node`. Also the key in a federated graph.',
      resolve: ({ row, clusterBackup }) =>
        encodeGlobalId({ type: 'ShardBackup', ...clusterBackup.key, backupId: row.backupId }),
    }),
    backupId: t.string({
      nullable: false,
      description: 'The id of this backup: digits. Each shard of a set has its own.',
      resolve: ({ row }) => row.backupId,
    }),
    clusterBackup: t.field({
      type: ClusterBackup,
      nullable: false,
      description: 'The set that this backup belongs to.',
      resolve: ({ clusterBackup }) => clusterBackup,
    }),
    name: t.string({ description: 'The name of the backup file (`BackupName`).', resolve: ({ row }) => row.name }),
    instanceName: t.string({
      description: 'The id of the shard node (`InstanceName`). In some answers of the API it is a file name.',
      resolve: ({ row }) => row.instanceName,
    }),
    status: t.field({
      type: ShardBackupStatus,
      description: 'The state of the backup.',
      resolve: ({ row }) => cell(row, 'status'),
    }),
    isAvailable: t.boolean({
      description: 'Whether the file can be used to restore an instance.',
      resolve: ({ row }) => cell(row, 'isAvailable'),
    }),
    sizeBytes: t.field({
      type: 'SafeInt',
      description: 'The size of the file, in bytes.',
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
    engine: t.string({ description: 'The database engine, such as `redis`.', resolve: ({ row }) => row.engine }),
    engineVersion: t.string({
      description: 'The version of the database engine, such as `5.0`.',
      resolve: ({ row }) => row.engineVersion,
    }),
    downloadUrl: t.field({
      type: 'URL',
      description:
        'A link to download the file from anywhere. Keep it secret: whoever has the link has all data of the shard. Valid for a limited time. Null when the API gives none.',
      resolve: (shard) => link(shard, 'downloadUrl'),
    }),
    internalDownloadUrl: t.field({
      type: 'URL',
      description: 'The same as `downloadUrl`, for machines in the internal network of the region. Keep it secret too.',
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
  description: 'One page of the shard backups of a set.',
  fields: (t) => ({
    edges: t.field(connection.edges),
    nodes: t.field(connection.nodes),
    pageInfo: t.field(connection.pageInfo),
    totalCount: t.int({
      description: 'The number of all shard backups of the set.',
      resolve: ({ totalCount }) => totalCount,
    }),
  }),
});
