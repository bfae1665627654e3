import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { formatDuration, formatTime } from '../moments.ts';
import { useNow } from '../use-now.ts';
import { followRunningBackups, type InstanceKeys } from './backup-progress.ts';

/** What is being taken now, live; nothing when nothing is. Says so when one ends. */
export function RunningBackups({ where, onEnd }: { where: InstanceKeys; onEnd: () => void }) {
  const client = useClient();
  const [running, setRunning] = useState<readonly BackupOutcomeFragment[]>([]);
  const [ended, setEnded] = useState<string>();
  const end = useRef(onEnd);
  end.current = onEnd;

  useEffect(() => {
    let before: readonly BackupOutcomeFragment[] = [];
    return followRunningBackups(client, where, (now) => {
      const gone = before.find(({ id }) => !now.some((backup) => backup.id === id));
      before = now;
      setRunning(now);
      if (gone === undefined) return;
      setEnded(gone.clusterBackupId);
      end.current();
    });
  }, [client, where]);

  return (
    <>
      <p className="visually-hidden" role="status">
        {ended !== undefined && `Backup ${ended} has ended.`}
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
        {begun !== undefined && ` since ${formatTime(begun)}`}
        {backup.mode === 'MANUAL' && ', begun by hand'}
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
