import { useEffect, useMemo, useState } from 'react';
import { formatAddress, type InstanceAddress, LOOK_BACK_DAYS } from '../address/address.ts';
import { useNow } from '../browser/use-now.ts';
import { useTitle } from '../browser/use-title.ts';
import { useRead } from '../client/use-read.ts';
import { CopyButton } from '../failure/copy-button.tsx';
import { failureAt, failureWithin } from '../failure/failure.ts';
import { FailureLine, FailureNotice } from '../failure/failure-notice.tsx';
import { QuotaNotice } from '../failure/quota-notice.tsx';
import { StaleNotice } from '../failure/stale-notice.tsx';
import { inWords } from '../formatting/amounts.ts';
import { startOfLookBack } from '../formatting/moments.ts';
import { BackupWindowDocument, InstanceDocument } from '../generated/graphql.ts';
import { InstanceStatusMark } from '../instances/instance-status.tsx';
import { nightsOf } from '../nights/nights.ts';
import { useRegionName } from '../shell/regions.ts';
import { BackupSizes } from './backup-sizes.tsx';
import { BackupTable } from './backup-table.tsx';
import { BackupTimeline } from './backup-timeline.tsx';
import { InstanceFacts } from './instance-facts.tsx';
import { RunningBackups } from './running-backups.tsx';
import { StorageFacts } from './storage-facts.tsx';
import { useBackupProgress } from './use-backup-progress.ts';

/** One instance: what it is, how its backups went over time, and each of them. */
export function InstanceView({ address }: { address: InstanceAddress }) {
  const { regionId, instanceId, accountId, days } = address;
  const where = useMemo(() => ({ regionId, instanceId, accountId }), [regionId, instanceId, accountId]);
  const regionName = useRegionName(regionId);
  const now = useNow(60_000);
  const startTime = startOfLookBack(days, now);

  const attributes = useRead(InstanceDocument, where);
  const instance = attributes.data?.instance;
  const shown = useRead(BackupWindowDocument, { ...where, startTime });
  const connection = shown.data?.instance?.clusterBackups;
  const denied = failureAt(shown.failures, 'instance', 'clusterBackups');
  const attributesFailure = instance?.name == null ? failureWithin(attributes.failures, 'instance', 'name') : undefined;
  const name = instance?.name ?? instanceId;
  useTitle(name);

  const nights = useMemo(
    () =>
      connection
        ? nightsOf(connection.nodes, {
            now,
            days,
            createTime: instance?.createTime,
            complete: !connection.pageInfo.hasNextPage,
          })
        : undefined,
    [connection, instance?.createTime, days, now],
  );
  const isMissing = attributesFailure?.kind === 'missing' || denied?.kind === 'missing';
  const isOther = instance?.architectureType != null && instance.architectureType !== 'CLUSTER';
  useEffect(() => {
    window.scrollTo(0, 0);
  }, []);
  const [changes, setChanges] = useState(0);
  const onEnd = () => {
    shown.readAgain();
    setChanges((before) => before + 1);
  };
  const progress = useBackupProgress(where, onEnd, { pause: isOther || denied?.kind === 'denied' || isMissing });
  const readAgain = () => {
    attributes.readAgain();
    onEnd();
  };

  return (
    <div className="instance">
      <nav className="crumbs" aria-label="Where this is">
        <a href={formatAddress({ view: 'instances', regionId, accountId })}>{regionName}</a>
      </nav>
      <header className="view-head">
        <div>
          <h1 tabIndex={-1}>{name}</h1>
          <p className="view-sub">
            <code>{instanceId}</code>
            <CopyButton className="link" text={instanceId} label="Copy id" />
            {instance?.status != null && <InstanceStatusMark status={instance.status} />}
            {instance?.tags?.map(({ key, value }) => (
              <span key={`${key}=${value}`} className="tag">
                {value === '' ? key : `${key}: ${value}`}
              </span>
            ))}
          </p>
        </div>
        <button type="button" className="button" onClick={readAgain}>
          Refresh
        </button>
      </header>
      <StaleNotice seconds={shown.staleSeconds ?? attributes.staleSeconds} onRetry={readAgain} />
      {isMissing ? (
        <FailureNotice failure={{ kind: 'missing' }} what="instance" />
      ) : (
        <>
          {attributesFailure === undefined ? (
            <InstanceFacts instance={instance} hidden={attributes.failures} />
          ) : attributesFailure.kind === 'denied' && denied?.kind !== 'denied' ? (
            <p className="notice-line">
              What this instance is, is hidden from you: <code>{attributesFailure.action}</code> is not allowed on it.
            </p>
          ) : (
            <FailureLine failure={attributesFailure} what="what this instance is" onRetry={attributes.readAgain} />
          )}
          {isOther ? (
            <section className="notice">
              <h2>No cluster backups here</h2>
              <p>
                The architecture of this instance is <strong>{inWords(instance?.architectureType ?? '')}</strong>. Only
                clusters have backups of all their shards together.
              </p>
            </section>
          ) : denied !== undefined && denied.kind !== 'quota' ? (
            <FailureNotice failure={denied} what="the backups of this instance" onRetry={shown.readAgain} />
          ) : (
            <>
              {shown.waitingUntil !== undefined && <QuotaNotice until={shown.waitingUntil} />}
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
                <BackupSizes backups={connection?.nodes} days={days} now={now} />
              </section>
              <BackupTable
                key={`${startTime} ${address.backupStatus}`}
                address={address}
                where={where}
                startTime={startTime}
                changes={changes}
                progress={progress}
              />
            </>
          )}
        </>
      )}
    </div>
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
