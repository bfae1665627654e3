import type { InstanceAddress } from '../address/address.ts';
import { useRead } from '../client/use-read.ts';
import { failureAt } from '../failure/failure.ts';
import { FailureNotice } from '../failure/failure-notice.tsx';
import { BackupByIdDocument } from '../generated/graphql.ts';
import type { InstanceKeys } from './backup-progress.ts';
import { BackupRow } from './backup-row.tsx';
import { ShardTable } from './shard-table.tsx';

/** The backup that the address names, when it is not among the rows that have been read. */
export function LinkedBackup({ address, where }: { address: InstanceAddress; where: InstanceKeys }) {
  const clusterBackupId = address.clusterBackupId ?? '';
  const { data, failures, reading, readAgain } = useRead(BackupByIdDocument, { ...where, clusterBackupId });
  const backup = data?.clusterBackup;
  const failure = failureAt(failures, 'clusterBackup');
  if (failure !== undefined) return <FailureNotice failure={failure} what="backup" onRetry={readAgain} />;
  if (reading || data === undefined) {
    return (
      <p className="reading" role="status">
        Loading {clusterBackupId} …
      </p>
    );
  }
  if (backup == null) return <FailureNotice failure={{ kind: 'missing' }} what="backup" />;
  return (
    <table className="backup-table backup-table-linked" aria-label="The backup of this address">
      <tbody>
        <BackupRow backup={backup} address={address} isOpen largest={backup.sizeBytes ?? 1} />
        <tr className="shards-row" id={`shards-${backup.clusterBackupId}`}>
          <td colSpan={7}>
            <ShardTable backup={backup} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}
