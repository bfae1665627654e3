import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import type { ForwardWalk } from './forward-walk.ts';
import type { PageSource } from './page-source.ts';

/** A walk in largest pages without shards, shared by every field of an operation that needs the same window read far or whole. */
export class WindowScan {
  readonly walk: ForwardWalk;
  readonly source: PageSource;
  #step: Promise<void> | undefined;

  constructor(walk: ForwardWalk, source: PageSource) {
    this.walk = walk;
    this.source = source;
  }

  /** Reads on until `enough` or the window ends. Raises `TooCostly` where ten calls do not reach that. */
  async until(enough: (walk: ForwardWalk) => boolean): Promise<ForwardWalk> {
    while (!this.walk.exhausted && !enough(this.walk)) {
      this.#step ??= this.walk.advance(LARGEST_PAGE).finally(() => {
        this.#step = undefined;
      });
      await this.#step;
    }
    return this.walk;
  }

  /** Indices of the rows in the window that match, among those read. */
  matching(matches: ((row: ClusterBackupRow) => boolean) | null, first = this.walk.first): number[] {
    const { seen, end } = this.walk;
    const indices: number[] = [];
    for (let index = first; index < end; index++) {
      if (matches === null || matches(seen[index] as ClusterBackupRow)) indices.push(index);
    }
    return indices;
  }
}
