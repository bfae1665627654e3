import type {
  Answer,
  ClusterBackupListQuery,
  ClusterBackupPageSize,
  Priority,
  ReadOptions,
  RKVStore,
} from '../../upstream/rkvstore.ts';
import type { ClusterBackupPage, ClusterBackupRow } from '../../upstream/rows.ts';
import type { InstanceKey } from '../identifiers.ts';
import { type RowOrder, sortRows } from './row-order.ts';

/** What is common to every read of one operation. */
export type OperationReadOptions = Omit<ReadOptions, 'priority'>;

/** One page to read of one instance; times in seconds, whole minutes. */
export interface PageRequest {
  start: number;
  end: number;
  pageSize: ClusterBackupPageSize;
  pageNumber: number;
  withShards: boolean;
  withLinks: boolean;
  priority?: Priority;
  meaning?: string | undefined;
  clusterBackupId?: string;
}

/** What one call brought; the order is the upstream's own, as far as this page shows it. */
export interface PageRead extends RowOrder {
  /** Sorted newest first here, whatever the upstream's order. */
  rows: readonly ClusterBackupRow[];
  /** Whether the page had as many rows as it can hold, so that there may be more. */
  full: boolean;
  /** Whether a row's place on the page tells nothing: it is not newest first, and there are or may be other pages. */
  unplaced: boolean;
}

/** A call, and what it brought. */
export interface PageAnswer {
  query: ClusterBackupListQuery;
  answer: Answer<ClusterBackupPage>;
}

/** How old the answers of a read are, and what the upstream says of the whole instance. */
export interface Provenance {
  ageSeconds: number;
  stale: boolean;
  /** Links were asked for and the answer is a stale copy, which never has any. */
  linksWithheld: boolean;
  fullStorageBytes: number | null;
  logStorageBytes: number | null;
}

/** Reads pages of one instance's backups, and keeps account of where they came from. */
export class PageSource {
  readonly key: InstanceKey;
  /** Epoch milliseconds at which the operation began. */
  readonly now: number;
  readonly provenance: Provenance = {
    ageSeconds: 0,
    stale: false,
    linksWithheld: false,
    fullStorageBytes: null,
    logStorageBytes: null,
  };
  /** Answers so far. */
  readonly answers: PageAnswer[] = [];
  readonly #store: RKVStore;
  readonly #options: OperationReadOptions;

  constructor(store: RKVStore, key: InstanceKey, options: OperationReadOptions, now: number) {
    this.#store = store;
    this.key = key;
    this.#options = options;
    this.now = now;
  }

  async read(request: PageRequest): Promise<PageRead> {
    const { start, end, priority = 'interactive', meaning, ...rest } = request;
    const query = {
      ...this.key,
      ...rest,
      startTime: start * 1000,
      endTime: end * 1000,
      ...(meaning === undefined ? {} : { meaning }),
    };
    const answer = await this.#store.describeClusterBackupList(query, { ...this.#options, priority });
    this.answers.push({ query, answer });
    this.#account(answer);
    const sorted = sortRows(answer.value.rows);
    const full = sorted.rows.length >= request.pageSize;
    return { ...sorted, full, unplaced: !sorted.newestFirst && (full || request.pageNumber > 1) };
  }

  #account(answer: Answer<ClusterBackupPage>): void {
    const { provenance } = this;
    provenance.ageSeconds = Math.max(provenance.ageSeconds, answer.ageSeconds);
    provenance.stale ||= answer.stale;
    provenance.linksWithheld ||= answer.linksWithheld === true;
    provenance.fullStorageBytes = answer.value.fullStorageBytes;
    provenance.logStorageBytes = answer.value.logStorageBytes;
  }
}
