import { Fragment, useEffect, useMemo, useRef } from 'react';
import { BACKUP_STATUSES, type InstanceAddress } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';
import { FailureLine, FailureNotice } from '../failure/failure-notice.tsx';
import { QuotaCountdown } from '../failure/quota-notice.tsx';
import { count, inWords } from '../formatting/amounts.ts';
import type { BackupOutcomeFragment, ClusterBackupStatus } from '../generated/graphql.ts';
import { type BackupPages, useBackupPages } from './backup-pages.ts';
import type { InstanceKeys } from './backup-progress.ts';
import { BackupRow } from './backup-row.tsx';
import { LinkedBackup } from './linked-backup.tsx';
import { ShardTable } from './shard-table.tsx';
import type { BackupProgress } from './use-backup-progress.ts';

/** Every backup of the window, newest first, read on as one scrolls; a row opens to its shards. */
export function BackupTable(props: {
  address: InstanceAddress;
  where: InstanceKeys;
  startTime: string;
  /** Another number asks to read again. */
  changes: number;
  progress: BackupProgress;
}) {
  const { address, where, startTime, changes, progress } = props;
  const { backupStatus } = address;
  const period = useMemo(
    () => ({ ...where, startTime, filter: backupStatus === undefined ? null : { status: [backupStatus] } }),
    [where, startTime, backupStatus],
  );
  const pages = useBackupPages(period);
  const { isEnd, failure, readAgain } = pages;
  const backups = useMemo(
    () => withProgress(pages.backups, progress, backupStatus),
    [pages.backups, progress, backupStatus],
  );
  const seen = useRef(changes);
  useEffect(() => {
    if (seen.current === changes) return;
    seen.current = changes;
    readAgain();
  }, [changes, readAgain]);

  const largest = Math.max(1, ...backups.map(({ sizeBytes }) => sizeBytes ?? 0));
  const isLinkedElsewhere =
    address.clusterBackupId !== undefined &&
    (backups.length > 0 || isEnd) &&
    !backups.some(({ clusterBackupId }) => clusterBackupId === address.clusterBackupId);
  return (
    <section className="panel" aria-labelledby="backups-heading">
      <div className="panel-head">
        <h2 id="backups-heading">Backups</h2>
        <label className="choice">
          <span className="visually-hidden">Which backups</span>
          <select
            value={backupStatus ?? ''}
            onChange={(event) =>
              navigate({
                ...address,
                clusterBackupId: undefined,
                backupStatus: BACKUP_STATUSES.find((status) => status === event.target.value),
              })
            }
          >
            <option value="">Outcome: any</option>
            {BACKUP_STATUSES.map((status) => (
              <option key={status} value={status}>
                {inWords(status)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {isLinkedElsewhere && <LinkedBackup address={address} where={where} />}
      {backups.length === 0 && isEnd ? (
        <p className="panel-none">
          No {backupStatus === undefined ? '' : `${inWords(backupStatus)} `}backup in the last {address.days} days.
        </p>
      ) : (
        <div className="table-frame">
          <table className="backup-table" aria-busy={pages.reading}>
            <thead>
              <tr>
                <th scope="col">Started (UTC)</th>
                <th scope="col">Outcome</th>
                <th scope="col" className="column-number">
                  Size
                </th>
                <th scope="col" className="column-number column-took">
                  Duration
                </th>
                <th scope="col" className="column-mode">
                  Mode
                </th>
                <th scope="col" className="column-kept">
                  Kept until
                </th>
                <th scope="col" className="column-id">
                  Backup id
                </th>
              </tr>
            </thead>
            <tbody>
              {backups.map((backup) => {
                const isOpen = backup.clusterBackupId === address.clusterBackupId;
                return (
                  <Fragment key={backup.id}>
                    <BackupRow backup={backup} address={address} isOpen={isOpen} largest={largest} />
                    {isOpen && (
                      <tr className="shards-row" id={`shards-${backup.clusterBackupId}`}>
                        <td colSpan={7}>
                          <ShardTable backup={backup} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {failure !== undefined &&
        failure.kind !== 'quota' &&
        (backups.length > 0 ? (
          <FailureLine failure={failure} what="more backups" onRetry={pages.readMore} />
        ) : (
          <FailureNotice failure={failure} what="the backups" onRetry={pages.readMore} />
        ))}
      {!isEnd && <ReadMore pages={pages} />}
      {isEnd && backups.length > 0 && (
        <p className="panel-foot">
          That is all: {count(backups.length, 'backup')} in {address.days} days.
        </p>
      )}
    </section>
  );
}

/** What has been read, as it stands by now: rows that run move, and one that has just begun comes on top. */
function withProgress(
  read: readonly BackupOutcomeFragment[],
  { running, latest }: BackupProgress,
  only: ClusterBackupStatus | undefined,
): readonly BackupOutcomeFragment[] {
  const known = new Set(read.map(({ id }) => id));
  const begun = only === undefined || only === 'RUNNING' ? running.filter(({ id }) => !known.has(id)) : [];
  return [...begun, ...read.map((backup) => latest.get(backup.id) ?? backup)];
}

/** Reads on when it comes into view; a button too, for those who do not scroll. */
function ReadMore({ pages }: { pages: BackupPages }) {
  const button = useRef<HTMLButtonElement>(null);
  const { readMore, reading, waitingUntil, failure } = pages;
  const isAutomatic = !reading && failure === undefined;
  useEffect(() => {
    if (button.current === null || !isAutomatic) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && readMore(), {
      rootMargin: '400px',
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [isAutomatic, readMore]);
  return (
    <p className="read-more">
      <button ref={button} type="button" className="button button-quiet" onClick={readMore} disabled={reading}>
        {waitingUntil !== undefined ? <QuotaCountdown until={waitingUntil} /> : reading ? 'Loading …' : 'Show more'}
      </button>
    </p>
  );
}
