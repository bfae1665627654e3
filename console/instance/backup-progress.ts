import type { Client } from '@urql/core';
import { pipe, subscribe } from 'wonka';
import {
  type BackupOutcomeFragment,
  RunningBackupsDocument,
  type RunningBackupsQueryVariables,
} from '../generated/graphql.ts';

/** The keys of an instance. */
export type InstanceKeys = RunningBackupsQueryVariables;

const WHILE_RUNNING_MS = 3_000;
const WHILE_IDLE_MS = 60_000;

/**
 * Follows the backups of an instance that are being taken.
 *
 * @param onBackups Called with the running ones at every change; an empty list when the last has ended.
 * @returns Stops.
 */
export function followRunningBackups(
  client: Client,
  where: InstanceKeys,
  onBackups: (running: readonly BackupOutcomeFragment[]) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};
  const ask = () => {
    const source = client.query(RunningBackupsDocument, where, { requestPolicy: 'network-only' });
    ({ unsubscribe } = pipe(
      source,
      subscribe(({ data }) => {
        const nodes = data?.instance?.clusterBackups?.nodes ?? [];
        const running = nodes.filter(({ status }) => status === 'RUNNING');
        onBackups(running);
        timer = setTimeout(ask, running.length > 0 ? WHILE_RUNNING_MS : WHILE_IDLE_MS);
      }),
    ));
  };
  ask();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
