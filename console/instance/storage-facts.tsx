import { formatBytes } from '../formatting/amounts.ts';
import type { Night, NightOutcome } from '../nights/nights.ts';
import type { BackupConnection } from './use-instance.ts';

/** What the timeline comes to, in numbers. */
export function StorageFacts(props: {
  connection: BackupConnection | null | undefined;
  nights: readonly Night[] | undefined;
}) {
  const { connection, nights } = props;
  if (connection == null || nights === undefined) return null;
  const days = (outcome: NightOutcome) => nights.filter((night) => night.outcome === outcome).length;
  const { fullStorageBytes, logStorageBytes } = connection;
  return (
    <ul className="sums">
      <li>
        <strong>{days('ok')}</strong> days ok
      </li>
      <li className={days('failed') > 0 ? 'sum-failed' : undefined}>
        <strong>{days('failed')}</strong> failed
      </li>
      <li className={days('missing') > 0 ? 'sum-missing' : undefined}>
        <strong>{days('missing')}</strong> missing
      </li>
      {fullStorageBytes !== null && (
        <li title="All valid full backups of the instance, also those of other days">
          <strong>{formatBytes(fullStorageBytes)}</strong> stored in all
        </li>
      )}
      {logStorageBytes !== null && logStorageBytes > 0 && (
        <li>
          <strong>{formatBytes(logStorageBytes)}</strong> of logs
        </li>
      )}
    </ul>
  );
}
