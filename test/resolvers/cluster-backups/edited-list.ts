import type { ExplicitBackup } from '../../../sandbox/data/explicit-backups.ts';
import type { ListedUpstream } from '../listed-upstream.ts';

/** What may happen to the list of backups while somebody walks it. Places are hundredths of the list, 0 the newest. */
export type Edit =
  /** A new one, a second later. */
  | { kind: 'create' }
  /** One that is seen only now although it started with the one at that place. */
  | { kind: 'appear'; at: number }
  | { kind: 'delete'; at: number }
  | { kind: 'expire'; count: number }
  | { kind: 'pass'; seconds: number };

/** A backup written down with an id, and with its times in epoch milliseconds. */
export interface ListedBackup extends ExplicitBackup {
  id: string;
  start: number;
  /** While that lies ahead it runs. */
  end: number;
}

/** The list of an upstream that is edited, and what a right walk of it has to give. */
export class EditedList {
  readonly #upstream: ListedUpstream;
  #created = 0;

  /** `live`: backups run until their end, and are right from then on. */
  readonly #live: boolean;

  constructor(upstream: ListedUpstream, live = true) {
    this.#upstream = upstream;
    this.#live = live;
    this.#pass(0);
  }

  get backups(): ListedBackup[] {
    return this.#upstream.backups as ListedBackup[];
  }

  apply(edit: Edit): void {
    const { backups } = this;
    const place = (at: number) => Math.min(backups.length - 1, Math.floor((at * backups.length) / 100));
    switch (edit.kind) {
      case 'create':
        this.#pass(1);
        this.#add(Math.floor(this.#upstream.now / 1_000) * 1_000);
        break;
      case 'appear': {
        const beside = backups.toSorted(newestFirst)[place(edit.at)];
        if (beside !== undefined) this.#add(beside.start);
        break;
      }
      case 'delete':
        this.#remove(backups.toSorted(newestFirst)[place(edit.at)]);
        break;
      case 'expire':
        for (let left = edit.count; left > 0; left--) this.#remove(backups.toSorted(newestFirst).at(-1));
        break;
      case 'pass':
        this.#pass(edit.seconds);
    }
  }

  /** Ids of the backups that start within a window (seconds, both included), newest first. */
  within(window: { start: number; end: number }): string[] {
    return this.backups
      .filter(({ start }) => start / 1000 >= window.start && start / 1000 <= window.end)
      .toSorted(newestFirst)
      .map(({ id }) => id);
  }

  /** Moves the clock: what has ended by then runs no more. */
  #pass(seconds: number): void {
    this.#upstream.now += seconds * 1_000;
    if (!this.#live) return;
    for (const backup of this.backups) backup.status = backup.end > this.#upstream.now ? 'RUNNING' : 'OK';
  }

  #add(start: number): void {
    this.#created += 1;
    const id = `cb-new${String(this.#created).padStart(4, '0')}`;
    this.backups.push({ id, start, end: start + 90_000 });
    this.#pass(0);
  }

  #remove(backup: ListedBackup | undefined): void {
    const index = backup === undefined ? -1 : this.backups.indexOf(backup);
    if (index !== -1) this.backups.splice(index, 1);
  }
}

function newestFirst(left: ListedBackup, right: ListedBackup): number {
  return right.start - left.start || (left.id < right.id ? 1 : -1);
}
