import type { InstanceAddress } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';
import { formatBytes, inWords } from '../formatting/amounts.ts';
import { formatDate, formatDayOfMonth, formatDuration, formatTime, formatWeekday } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed } from '../nights/nights.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { SizeBar } from './size-bar.tsx';

/** One backup of the table; its first cell opens and closes its shards. */
export function BackupRow(props: {
  backup: BackupOutcomeFragment;
  address: InstanceAddress;
  isOpen: boolean;
  /** Bytes of the largest in the table. */
  largest: number;
}) {
  const { backup, address, isOpen, largest } = props;
  const begun = backup.startTime ? Date.parse(backup.startTime) : undefined;
  const ended = backup.endTime ? Date.parse(backup.endTime) : undefined;
  const toggle = () =>
    navigate({ ...address, clusterBackupId: isOpen ? undefined : backup.clusterBackupId }, { replace: true });
  return (
    <tr className={isOpen ? 'backup-row is-open' : 'backup-row'}>
      <th scope="row">
        <button
          type="button"
          className="disclose"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `shards-${backup.clusterBackupId}` : undefined}
          onClick={toggle}
        >
          {begun === undefined ? (
            'unknown'
          ) : (
            <time dateTime={backup.startTime ?? ''}>
              <span className="weekday">{formatWeekday(begun)} </span>
              {formatDayOfMonth(begun)} {formatTime(begun)}
            </time>
          )}
        </button>
      </th>
      <td>
        <OutcomeMark backup={backup} />
      </td>
      <td className="column-number column-size">
        {backup.sizeBytes === null || backup.status === 'RUNNING' ? (
          '–'
        ) : (
          <>
            <SizeBar share={backup.sizeBytes / largest} isFailed={isFailed(backup)} />
            <span className="size-number">{formatBytes(backup.sizeBytes)}</span>
          </>
        )}
      </td>
      <td className="column-number column-took">
        {begun !== undefined && ended !== undefined ? formatDuration(ended - begun) : '–'}
      </td>
      <td className="column-mode">{backup.mode === null ? '–' : inWords(backup.mode)}</td>
      <td className="column-kept">
        {backup.expectedExpireTime ? formatDate(Date.parse(backup.expectedExpireTime)) : '–'}
      </td>
      <td className="column-id">
        <code>{backup.clusterBackupId}</code>
      </td>
    </tr>
  );
}
