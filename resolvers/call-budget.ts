import type { RKVStore } from '../upstream/rkvstore.ts';
import { TooCostly } from './too-costly.ts';

/**
 * The upstream calls of one operation, retries apart. What it was estimated to cost before it ran holds for what is usual; where answers show that
 * more is needed (an upstream that is not newest first, hundreds of backups within an hour) the estimate is raised call by call, up to the limit
 * and never past it.
 */
export class CallBudget {
  readonly #limit: number;
  #estimated: number;
  #taken = 0;

  /** Both in calls. */
  constructor(estimated: number, limit: number) {
    this.#estimated = estimated;
    this.#limit = limit;
  }

  /** The most calls that the operation can make, as far as is known by now. */
  get estimated(): number {
    return this.#estimated;
  }

  /** Takes one call before it is made; raises `TooCostly` where the limit is reached. An answer from a cache is a call that was not needed. */
  take(): void {
    const taken = this.#taken + 1;
    if (taken > this.#limit) {
      throw new TooCostly(
        `expected an operation of at most ${this.#limit} upstream calls, got one that turned out to need more: ask for less at once`,
        taken,
      );
    }
    this.#taken = taken;
    this.#estimated = Math.max(this.#estimated, taken);
  }
}

/** The same upstream, for an operation that keeps to its budget. */
export function withinBudget(store: RKVStore, budget: CallBudget): RKVStore {
  return new BudgetedStore(store, budget);
}

// A class, as closures for each operation took a fiftieth of a small read.
class BudgetedStore implements RKVStore {
  readonly #store: RKVStore;
  readonly #budget: CallBudget;

  constructor(store: RKVStore, budget: CallBudget) {
    this.#store = store;
    this.#budget = budget;
  }

  get defaultAccountId(): string {
    return this.#store.defaultAccountId;
  }

  knows(...asked: Parameters<RKVStore['knows']>): ReturnType<RKVStore['knows']> {
    return this.#store.knows(...asked);
  }

  describeClusterBackupList(
    ...asked: Parameters<RKVStore['describeClusterBackupList']>
  ): ReturnType<RKVStore['describeClusterBackupList']> {
    return this.#taking(() => this.#store.describeClusterBackupList(...asked));
  }

  recallClusterBackupList(
    ...asked: Parameters<RKVStore['recallClusterBackupList']>
  ): ReturnType<RKVStore['recallClusterBackupList']> {
    return this.#store.recallClusterBackupList(...asked);
  }

  describeInstances(...asked: Parameters<RKVStore['describeInstances']>): ReturnType<RKVStore['describeInstances']> {
    return this.#taking(() => this.#store.describeInstances(...asked));
  }

  describeRegions(...asked: Parameters<RKVStore['describeRegions']>): ReturnType<RKVStore['describeRegions']> {
    return this.#taking(() => this.#store.describeRegions(...asked));
  }

  // Not an async function, which would put every read off by some turns of the queue.
  #taking<Value>(read: () => Promise<Value>): Promise<Value> {
    try {
      this.#budget.take();
    } catch (error) {
      return Promise.reject(error);
    }
    return read();
  }
}
