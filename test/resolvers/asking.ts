import {
  type BackupPage,
  type ClusterBackupsArguments,
  type ConnectionSelection,
  connectionRequest,
} from '../../resolvers/cluster-backups/connection.ts';
import type { InstanceKey } from '../../resolvers/identifiers.ts';
import { createLoaders, type Loaders } from '../../resolvers/loaders.ts';
import type { Answer, RKVStore } from '../../upstream/rkvstore.ts';

/** What an operation selects of a connection, unless a test says otherwise: rows and both page infos. */
export const ROWS: ConnectionSelection = {
  rows: true,
  shards: false,
  links: false,
  hasNextPage: true,
  totalCount: false,
  storage: false,
};

/** A page that has been read; what is read later is told without its age, unless it is asked for. */
export class AskedPage {
  readonly #page: BackupPage;

  constructor(page: BackupPage) {
    this.#page = page;
  }

  get rows() {
    return this.#page.rows;
  }

  get provenance() {
    return this.#page.provenance;
  }

  cursor(index: number): string {
    return this.#page.cursor(index);
  }

  async hasNextPage(): Promise<boolean> {
    return plain(await this.#page.hasNextPage());
  }

  async hasPreviousPage(): Promise<boolean> {
    return plain(await this.#page.hasPreviousPage());
  }

  async totalCount(): Promise<number> {
    return (await this.count()).value;
  }

  count(): Promise<Answer<number>> {
    return this.#page.totalCount();
  }
}

function plain(given: boolean | Answer<boolean>): boolean {
  return typeof given === 'boolean' ? given : given.value;
}

/** Somebody who asks for pages of one instance, each time in an operation of its own. */
export class Asker {
  readonly #upstream: { store: RKVStore; key: InstanceKey; now: number };

  constructor(upstream: { store: RKVStore; key: InstanceKey; now: number }) {
    this.#upstream = upstream;
  }

  /** A page read by an operation of its own. */
  page(given: ClusterBackupsArguments, selection: Partial<ConnectionSelection> = {}): Promise<AskedPage> {
    return this.operation().page(given, selection);
  }

  /** One operation, that may ask for several pages at once. */
  operation(): {
    loaders: Loaders;
    page(given: ClusterBackupsArguments, selection?: Partial<ConnectionSelection>): Promise<AskedPage>;
  } {
    const { store, key, now } = this.#upstream;
    const options = {
      signal: new AbortController().signal,
      deadline: now + 8_000,
      readThrough: true,
      meter: { made: 0, cached: 0 },
    };
    const loaders = createLoaders(store, options, now);
    return {
      loaders,
      page: async (given, selection = {}) =>
        new AskedPage(await loaders.backupPage(connectionRequest(key, given, { ...ROWS, ...selection }, now))),
    };
  }
}

export function ids(page: Pick<BackupPage, 'rows'>): string[] {
  return page.rows.map((row) => row.clusterBackupId);
}
