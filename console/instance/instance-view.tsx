import { useEffect } from 'react';
import { formatAddress, type InstanceAddress } from '../address/address.ts';
import { useTitle } from '../browser/use-title.ts';
import { CopyButton } from '../failure/copy-button.tsx';
import { FailureLine, FailureNotice } from '../failure/failure-notice.tsx';
import { StaleNotice } from '../failure/stale-notice.tsx';
import { InstanceStatusMark } from '../instances/instance-status.tsx';
import { useRegionName } from '../shell/regions.ts';
import { InstanceBackups } from './instance-backups.tsx';
import { InstanceFacts } from './instance-facts.tsx';
import { type InstanceReads, useInstance } from './use-instance.ts';

/** One instance: what it is, how its backups went over time, and each of them. */
export function InstanceView({ address }: { address: InstanceAddress }) {
  const { regionId, accountId } = address;
  const reads = useInstance(address);
  const { backups, attributes, isMissing, readAgain } = reads;
  const regionName = useRegionName(regionId);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, []);
  return (
    <div className="instance">
      <nav className="crumbs" aria-label="Where this is">
        <a href={formatAddress({ view: 'instances', regionId, accountId })}>{regionName}</a>
      </nav>
      <InstanceHead reads={reads} />
      <StaleNotice seconds={backups.staleSeconds ?? attributes.staleSeconds} onRetry={readAgain} />
      {isMissing ? (
        <FailureNotice failure={{ kind: 'missing' }} what="instance" />
      ) : (
        <>
          <InstanceAttributes reads={reads} />
          <InstanceBackups address={address} reads={reads} />
        </>
      )}
    </div>
  );
}

function InstanceHead({ reads: { instance, where, readAgain } }: { reads: InstanceReads }) {
  const { instanceId } = where;
  const name = instance?.name ?? instanceId;
  useTitle(name);
  return (
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
  );
}

function InstanceAttributes({ reads: { instance, attributes, attributesFailure } }: { reads: InstanceReads }) {
  if (attributesFailure === undefined) return <InstanceFacts instance={instance} hidden={attributes.failures} />;
  if (attributesFailure.kind !== 'denied') {
    return <FailureLine failure={attributesFailure} what="what this instance is" onRetry={attributes.readAgain} />;
  }
  return (
    <p className="notice-line">
      You may not see what this instance is: <code>{attributesFailure.action}</code> is not allowed on it.
    </p>
  );
}
