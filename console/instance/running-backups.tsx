import { useNow } from '../browser/use-now.ts';
import { formatDuration, formatTime } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed } from '../nights/nights.ts';
import type { BackupProgress } from './use-backup-progress.ts';

/** What is being taken now, live; nothing when nothing is. Says so when one ends. */
export function RunningBackups({ progress: { running, ended } }: { progress: BackupProgress }) {
  return (
    <>
      <p className="visually-hidden" role="status">
        {ended !== undefined && `Backup ${ended.clusterBackupId} has ended: ${isFailed(ended) ? 'failed' : 'ok'}.`}
      </p>
      {running.length > 0 && (
        <section className="panel running" aria-labelledby="running-heading">
          <h2 id="running-heading" className="visually-hidden">
            Running now
          </h2>
          {running.map((backup) => (
            <RunningBackup key={backup.id} backup={backup} />
          ))}
        </section>
      )}
    </>
  );
}

function RunningBackup({ backup }: { backup: BackupOutcomeFragment }) {
  const now = useNow(1000);
  const percent = backup.progressPercent ?? 0;
  const begun = backup.startTime ? Date.parse(backup.startTime) : undefined;
  const took = begun === undefined ? undefined : now - begun;
  const left = took === undefined || percent < 5 ? undefined : (took / percent) * (100 - percent);
  return (
    <div className="running-backup">
      <p>
        <strong>Running now</strong> <code>{backup.clusterBackupId}</code>
        {begun !== undefined && ` since ${formatTime(begun)} UTC`}
        {backup.mode === 'MANUAL' && ', manual'}
      </p>
      <progress className="progress" max={100} value={percent} aria-label={`Progress of ${backup.clusterBackupId}`}>
        {percent} %
      </progress>
      <p className="running-numbers">
        <strong>{percent} %</strong>
        {left !== undefined && <span> about {formatDuration(left)} left</span>}
      </p>
    </div>
  );
}
