import type { ClusterBackupRow } from '../../upstream/rows.ts';
import type { Provenance } from '../cluster-backups/page-source.ts';
import type { InstanceKey } from '../identifiers.ts';
import { isRunning, type Poll, type WantedShards } from './running-backups.ts';

/** How a backup stands now. */
export interface ProgressUpdate {
  readonly key: InstanceKey;
  readonly row: ClusterBackupRow;
  readonly provenance: Provenance;
}

/** A backup that is missing from an answer may only have been left out of it; one that is missing again has gone. */
const MISSES = 2;

/**
 * What one who watches an instance gets to see: each running backup, each change of one, its end, and then no more. Holds only the
 * latest state of each backup for a reader who is slow.
 */
export class ProgressWatcher implements AsyncIterableIterator<ProgressUpdate> {
  readonly wanted: WantedShards;
  readonly #key: InstanceKey;
  readonly #left: (watcher: ProgressWatcher) => void;
  /** Backups whose end is still to come: how each was when it was last told, and how often it was missing since. */
  readonly #followed = new Map<string, { told: string; misses: number }>();
  readonly #untold = new Map<string, ProgressUpdate>();
  readonly #readers: PromiseWithResolvers<IteratorResult<ProgressUpdate, undefined>>[] = [];
  #served = false;
  #end: { error?: unknown } | undefined;

  /** `left` is called once, when nothing more is wanted. */
  constructor(key: InstanceKey, wanted: WantedShards, left: (watcher: ProgressWatcher) => void) {
    this.#key = key;
    this.wanted = wanted;
    this.#left = left;
  }

  /** Whether it had an answer that shows what it wants. */
  get served(): boolean {
    return this.#served;
  }

  /** Takes in what a poll brought; an answer without the shards that are wanted is passed over. */
  take(poll: Poll): void {
    if (!covers(poll.wanted, this.wanted)) return;
    for (const [id, followed] of this.#followed) {
      const row = poll.rows.get(id);
      if (row !== undefined) this.#tell(row, poll.provenance, followed);
      else followed.misses += 1;
      if (row === undefined ? followed.misses === MISSES : !isRunning(row)) this.#followed.delete(id);
    }
    // What begins when all else has ended is left to the next subscription, or one after the other would never end.
    if (!this.#served || this.#followed.size > 0) {
      for (const row of poll.rows.values()) {
        if (!isRunning(row) || this.#followed.has(row.clusterBackupId)) continue;
        const followed = { told: '', misses: 0 };
        this.#followed.set(row.clusterBackupId, followed);
        this.#tell(row, poll.provenance, followed);
      }
    }
    this.#served = true;
    if (this.#followed.size === 0) this.finish();
  }

  /** Nothing comes any more, after what is still untold; with an error, that error. */
  finish(end: { error?: unknown } = {}): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#left(this);
    for (const reader of this.#readers.splice(0)) this.#settle(reader);
  }

  next(): Promise<IteratorResult<ProgressUpdate, undefined>> {
    const reader = Promise.withResolvers<IteratorResult<ProgressUpdate, undefined>>();
    if (this.#untold.size > 0 || this.#end !== undefined) this.#settle(reader);
    else this.#readers.push(reader);
    return reader.promise;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#untold.clear();
    this.finish();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #tell(row: ClusterBackupRow, provenance: Provenance, followed: { told: string; misses: number }): void {
    followed.misses = 0;
    const state = stateOf(row, this.wanted.shards);
    if (state === followed.told) return;
    followed.told = state;
    this.#untold.set(row.clusterBackupId, { key: this.#key, row, provenance });
    const reader = this.#readers.shift();
    if (reader !== undefined) this.#settle(reader);
  }

  #settle({ resolve, reject }: PromiseWithResolvers<IteratorResult<ProgressUpdate, undefined>>): void {
    const [update] = this.#untold.values();
    if (update !== undefined) {
      this.#untold.delete(update.row.clusterBackupId);
      resolve({ done: false, value: update });
      return;
    }
    const end = this.#end;
    this.#end = {};
    if (end !== undefined && 'error' in end) reject(end.error);
    else resolve({ done: true, value: undefined });
  }
}

/** Whether an answer to one is an answer to the other. */
export function covers(had: WantedShards, wanted: WantedShards): boolean {
  return (had.shards || !wanted.shards) && (had.links || !wanted.links);
}

/** What makes two states of a backup different; links are signed anew each time and make none. */
function stateOf(row: ClusterBackupRow, shards: boolean): string {
  return JSON.stringify(row, (name, value: unknown) => {
    if (name === 'shardBackups' && !shards) return undefined;
    return name === 'downloadUrl' || name === 'internalDownloadUrl' ? undefined : value;
  });
}
