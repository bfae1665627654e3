import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { followRunningBackups, type InstanceKeys } from './backup-progress.ts';

/** What is being taken now, and what became of it. */
export interface BackupProgress {
  running: readonly BackupOutcomeFragment[];
  /** By global id, whatever was heard of since the view opened: newer than what any table has read. */
  latest: ReadonlyMap<string, BackupOutcomeFragment>;
  /** The last one that ended. */
  ended: BackupOutcomeFragment | undefined;
}

const NOTHING: BackupProgress = { running: [], latest: new Map(), ended: undefined };

/** Follows the running backups of an instance, unless told to pause. `where` must be the same object for the same instance. */
export function useBackupProgress(
  where: InstanceKeys,
  onEnded: () => void,
  { pause }: { pause: boolean },
): BackupProgress {
  const client = useClient();
  const [progress, setProgress] = useState(NOTHING);
  const tell = useRef(onEnded);
  tell.current = onEnded;
  useEffect(() => {
    if (pause) return;
    return followRunningBackups(client, where, {
      onRunning(running) {
        setProgress(({ latest, ended }) => ({
          running,
          ended,
          latest: running.reduce((all, backup) => all.set(backup.id, backup), new Map(latest)),
        }));
      },
      onEnded(backup) {
        setProgress(({ running, latest }) => ({
          running,
          ended: backup,
          latest: new Map(latest).set(backup.id, backup),
        }));
        tell.current();
      },
    });
  }, [client, where, pause]);
  return progress;
}
