import { AdmittedClusterBackup } from './admission.ts';
import { ClusterBackupConnectionPage } from './cluster-backup-connection.ts';

/**
 * Fields that depend on nothing but the upstream's row, or on the content of a page, neither of which ever changes: what is written of them for one
 * answer is right for the next one, whoever asks, as long as they may read all of it. Fields that do something when they are read (links are noted
 * in the audit log), that may need another read (a total), or that lead elsewhere (the instance) must not stand here; nor, of a row, what depends
 * on the arguments of its page (cursors).
 */
export const KEPT_FIELDS = {
  ClusterBackupConnection: {
    by: (connection: unknown, _context: unknown, fields: readonly string[]) =>
      connection instanceof ClusterBackupConnectionPage &&
      connection.page.recalled &&
      connection.access.allowsAll(fields)
        ? connection.page.content
        : undefined,
    fields: ['edges', 'nodes', 'pageInfo', 'fullStorageBytes', 'logStorageBytes'],
  },
  ClusterBackupEdge: { fields: ['cursor', 'node'] },
  PageInfo: { fields: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'] },
  ClusterBackup: {
    by: (backup: unknown, _context: unknown, fields: readonly string[]) =>
      backup instanceof AdmittedClusterBackup && wasReadBefore(backup) && backup.access.allowsAll(fields)
        ? backup.row
        : undefined,
    fields: [
      ...[
        'id',
        'clusterBackupId',
        'status',
        'mode',
        'isAvailable',
        'sizeBytes',
        'startTime',
        'endTime',
        'expectedExpireTime',
      ],
      ...['progressPercent', 'shardMemoryMegabytes', 'shardCount', 'shardBackups'],
    ],
  },
  ShardBackupConnection: { fields: ['nodes', 'totalCount'] },
  ShardBackup: {
    fields: [
      ...['id', 'backupId', 'name', 'instanceName', 'status', 'isAvailable', 'sizeBytes', 'startTime', 'endTime'],
      ...['engine', 'engineVersion'],
    ],
  },
} as const;

/** What has just come from the upstream may never be read again: it is not worth keeping what is written of it. */
function wasReadBefore({ provenance }: AdmittedClusterBackup): boolean {
  return provenance.ageSeconds > 0;
}
