import { formatAddress, type InstanceAddress, LOOK_BACK_DAYS } from '../address/address.ts';
import { FailureNotice } from '../failure/failure-notice.tsx';
import { QuotaNotice } from '../failure/quota-notice.tsx';
import { inWords } from '../formatting/amounts.ts';
import { BackupSizes } from './backup-sizes.tsx';
import { BackupTable } from './backup-table.tsx';
import { BackupTimeline } from './backup-timeline.tsx';
import { RunningBackups } from './running-backups.tsx';
import { StorageFacts } from './storage-facts.tsx';
import type { InstanceReads } from './use-instance.ts';

/** The backups of an instance, as pictures and one by one; or why there are none to show. */
export function InstanceBackups({ address, reads }: { address: InstanceAddress; reads: InstanceReads }) {
  const { instance, isOther, backups, backupsFailure, connection, nights, progress, now, startTime } = reads;
  if (isOther) {
    return (
      <section className="notice">
        <h2>No cluster backups here</h2>
        <p>
          The architecture of this instance is <strong>{inWords(instance?.architectureType ?? '')}</strong>. Only
          clusters have backups of all their shards together.
        </p>
      </section>
    );
  }
  if (backupsFailure !== undefined && backupsFailure.kind !== 'quota') {
    return <FailureNotice failure={backupsFailure} what="the backups of this instance" onRetry={backups.readAgain} />;
  }
  return (
    <>
      {backups.waitingUntil !== undefined && <QuotaNotice until={backups.waitingUntil} />}
      <RunningBackups progress={progress} />
      <section className="panel" aria-labelledby="nights-heading">
        <div className="panel-head">
          <h2 id="nights-heading">
            Day by day <span className="panel-unit">UTC</span>
          </h2>
          <LookBack address={address} />
        </div>
        <BackupTimeline nights={nights} address={address} now={now} />
        <StorageFacts connection={connection} nights={nights} />
      </section>
      <section className="panel" aria-labelledby="sizes-heading">
        <div className="panel-head">
          <h2 id="sizes-heading">Size over time</h2>
        </div>
        <BackupSizes backups={connection?.nodes} days={address.days} now={now} />
      </section>
      <BackupTable
        key={`${startTime} ${address.backupStatus}`}
        address={address}
        where={reads.where}
        startTime={startTime}
        changes={reads.changes}
        progress={progress}
      />
    </>
  );
}

function LookBack({ address }: { address: InstanceAddress }) {
  return (
    <nav className="segments" aria-label="How far to look back">
      {LOOK_BACK_DAYS.map((days) => (
        <a
          key={days}
          href={formatAddress({ ...address, days, clusterBackupId: undefined })}
          aria-current={days === address.days ? 'true' : undefined}
        >
          {days} days
        </a>
      ))}
    </nav>
  );
}
