import type { RKVStore } from '../../upstream/rkvstore.ts';
import { type InstanceKey, instanceKeyText } from '../identifiers.ts';
import { InstancePoller } from './instance-poller.ts';
import type { ProgressUpdate } from './progress-watcher.ts';
import type { WantedShards } from './running-backups.ts';

/** The running backups of instances, polled once for all in this process who watch them. */
export interface BackupProgress {
  /**
   * How the running backups of an instance stand: each at once, then each change of one, then its end; it ends when all that were
   * seen running have ended. Polls until it is left by `return`. Raises the error of the last of several failed polls.
   */
  watch(key: InstanceKey, wanted: WantedShards): AsyncIterableIterator<ProgressUpdate>;
  /** How many instances are polled now. */
  readonly polled: number;
  /** Ends it for all who watch. */
  close(): void;
}

/** How running backups are polled. */
export interface BackupProgressOptions {
  /** For each poll, its retries included. */
  timeoutMs: number;
  /** The quota for each account and action. */
  callsPerMinute: number;
  now?: () => number;
}

/** The part of the quota that polls of one account may take together: the rest is for reads that somebody waits for. */
const PART_OF_QUOTA = 0.5;

/** Polls through the store, for as long as somebody watches. */
export function createBackupProgress(store: RKVStore, options: BackupProgressOptions): BackupProgress {
  const { timeoutMs, callsPerMinute, now = Date.now } = options;
  const pollers = new Map<string, { accountId: string; poller: InstancePoller }>();
  const polledOf = (accountId?: string) => {
    let count = 0;
    for (const each of pollers.values()) {
      if (each.poller.watched && (accountId === undefined || each.accountId === accountId)) count += 1;
    }
    return count;
  };
  const fairWaitMs = (accountId: string) => (polledOf(accountId) * 60_000) / (callsPerMinute * PART_OF_QUOTA);

  const pollerOf = (key: InstanceKey): InstancePoller => {
    const name = instanceKeyText(key);
    const known = pollers.get(name);
    if (known !== undefined) return known.poller;
    const { accountId } = key;
    const poller = new InstancePoller(key, {
      store,
      timeoutMs,
      fairWaitMs: () => fairWaitMs(accountId),
      idle: () => pollers.delete(name),
      now,
    });
    pollers.set(name, { accountId, poller });
    return poller;
  };

  return {
    watch: (key, wanted) => pollerOf(key).watch(wanted),
    get polled() {
      return polledOf();
    },
    close() {
      for (const { poller } of pollers.values()) poller.close();
      pollers.clear();
    },
  };
}
