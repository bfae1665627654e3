import type { Client } from '@urql/core';
import { onEnd, pipe, subscribe } from 'wonka';
import {
  type BackupOutcomeFragment,
  BackupProgressDocument,
  type BackupProgressSubscriptionVariables,
} from '../generated/graphql.ts';

/** The keys of an instance. */
export type InstanceKeys = BackupProgressSubscriptionVariables;

export interface ProgressListener {
  /** The running backups, at every change of one. */
  onRunning: (running: readonly BackupOutcomeFragment[]) => void;
  /** One has ended, well or not. */
  onEnded: (backup: BackupOutcomeFragment) => void;
}

/** The gateway ends a subscription when nothing runs any more; so often it is asked whether something has begun. */
const ASK_AGAIN_MS = 60_000;

/** Follows the backups of an instance that are being taken, until the returned function is called. */
export function followRunningBackups(client: Client, where: InstanceKeys, listener: ProgressListener): () => void {
  const running = new Map<string, BackupOutcomeFragment>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let leave = () => {};
  let isLeft = false;

  const ask = () => {
    const source = client.subscription(BackupProgressDocument, where);
    ({ unsubscribe: leave } = pipe(
      source,
      onEnd(() => {
        if (isLeft) return;
        // What was not seen to end is not known to run.
        running.clear();
        listener.onRunning([]);
        timer = setTimeout(askWhenSeen, ASK_AGAIN_MS);
      }),
      subscribe(({ data }) => {
        if (data?.clusterBackupProgress) take(data.clusterBackupProgress);
      }),
    ));
  };

  const askWhenSeen = () => {
    document.removeEventListener('visibilitychange', askWhenSeen);
    // A tab that nobody looks at costs no calls.
    if (document.hidden) document.addEventListener('visibilitychange', askWhenSeen);
    else ask();
  };

  const take = (backup: BackupOutcomeFragment) => {
    const hasEnded = backup.status !== 'RUNNING';
    if (hasEnded) running.delete(backup.id);
    else running.set(backup.id, backup);
    listener.onRunning([...running.values()]);
    if (hasEnded) listener.onEnded(backup);
  };

  ask();
  return () => {
    isLeft = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', askWhenSeen);
    leave();
  };
}
