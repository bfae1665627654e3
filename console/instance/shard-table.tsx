import { useEffect } from 'react';
import { useRead } from '../client/use-read.ts';
import { failureWithin } from '../failure/failure.ts';
import { FailureNotice } from '../failure/failure-notice.tsx';
import { QuotaNotice } from '../failure/quota-notice.tsx';
import { count, formatBytes, formatMegabytes } from '../formatting/amounts.ts';
import { formatDuration } from '../formatting/moments.ts';
import { type BackupOutcomeFragment, ShardsDocument, type ShardsQuery } from '../generated/graphql.ts';
import { DownloadLinks } from './download-links.tsx';
import { SizeBar } from './size-bar.tsx';

type Shard = NonNullable<Extract<ShardsQuery['node'], { shardBackups: unknown }>['shardBackups']>['nodes'][number];

/** The shards of a backup: which one failed, which one is large. */
export function ShardTable({ backup }: { backup: BackupOutcomeFragment }) {
  const { data, failures, waitingUntil, readAgain } = useRead(ShardsDocument, { id: backup.id });
  const { status } = backup;
  const tenths = Math.floor((backup.progressPercent ?? 0) / 10);
  // Shards of a running backup come one by one; each look is a call, so not at every percent.
  // biome-ignore lint/correctness/useExhaustiveDependencies: progress is what asks for another look
  useEffect(() => {
    if (data !== undefined) readAgain();
  }, [tenths, status]);

  const node = data?.node;
  const set = node && 'shardBackups' in node ? node : undefined;
  const failure = failureWithin(failures, 'node');
  if (waitingUntil !== undefined) return <QuotaNotice until={waitingUntil} />;
  if (set?.shardBackups == null) {
    if (failure !== undefined)
      return <FailureNotice failure={failure} what="the shards of this backup" onRetry={readAgain} />;
    if (data !== undefined) return <FailureNotice failure={{ kind: 'missing' }} what="backup" />;
    return (
      <p className="reading" role="status">
        Loading shards …
      </p>
    );
  }
  const shards = set.shardBackups.nodes;
  if (shards.length === 0) {
    return (
      <p className="panel-none">
        {status === 'RUNNING' ? 'No shard is done yet.' : 'Alibaba Cloud lists no shard of this backup.'}
      </p>
    );
  }
  const largest = Math.max(1, ...shards.map(({ sizeBytes }) => sizeBytes ?? 0));
  const failed = shards.filter(isFailedShard).length;
  return (
    <div className="shards">
      <p className="shards-sum">
        {count(shards.length, 'shard')}
        {set.shardMemoryMegabytes !== null && ` of ${formatMegabytes(set.shardMemoryMegabytes)} each`}
        {failed > 0 && <strong className="sum-failed">, {failed} failed: this backup cannot be restored</strong>}
      </p>
      <table className="shard-table">
        <thead>
          <tr>
            <th scope="col">Shard</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="column-number">
              Size
            </th>
            <th scope="col" className="column-number column-took">
              Duration
            </th>
            <th scope="col">Download</th>
          </tr>
        </thead>
        <tbody>
          {shards.map((shard) => (
            <ShardRow key={shard.id} shard={shard} largest={largest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ShardRow({ shard, largest }: { shard: Shard; largest: number }) {
  const [begun, ended] = [shard.startTime, shard.endTime].map((time) => (time ? Date.parse(time) : undefined));
  const name = shard.instanceName ?? shard.backupId;
  const isFailed = isFailedShard(shard);
  return (
    <tr className={isFailed ? 'shard-failed' : undefined}>
      <th scope="row">
        <code title={name}>{shortName(name)}</code>
      </th>
      <td>
        <span className={`outcome outcome-${isFailed ? 'failed' : 'ok'}`}>{isFailed ? '✕ failed' : 'ok'}</span>
      </td>
      <td className="column-number column-size">
        {shard.sizeBytes === null ? (
          '–'
        ) : (
          <>
            <SizeBar share={shard.sizeBytes / largest} isFailed={isFailed} />
            <span className="size-number">{formatBytes(shard.sizeBytes)}</span>
          </>
        )}
      </td>
      <td className="column-number column-took">
        {begun !== undefined && ended !== undefined ? formatDuration(ended - begun) : '–'}
      </td>
      <td className="cell-links">
        <DownloadLinks shardId={shard.id} name={name} />
      </td>
    </tr>
  );
}

/** Shard nodes are named after their instance, which the page is about; what is named otherwise stays whole. */
function shortName(name: string): string {
  return /-(db-\d+)$/.exec(name)?.[1] ?? name;
}

function isFailedShard({ status, isAvailable }: Shard): boolean {
  return status === 'ERROR' || (status === 'OK' && isAvailable === false);
}
