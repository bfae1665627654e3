import { AdmittedClusterBackup } from './admission.ts';

/**
 * Fields that depend on nothing but the upstream's row, which never changes: what is written of a row for one answer is right for the next one,
 * whoever asks, as long as they may read all of it. Fields that do something when they are read (links are noted in the audit log), that depend on
 * arguments of the page (cursors), or that lead elsewhere (the instance) must not stand here.
 */
export const KEPT_FIELDS = {
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
