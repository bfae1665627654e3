import DataLoader from 'dataloader';
import type { Answer, RKVStore } from '../upstream/rkvstore.ts';
import type { InstanceRow, RegionRow } from '../upstream/rows.ts';
import { BackupPage, type ConnectionRequest } from './cluster-backups/connection.ts';
import { type BackupLookup, type FoundBackup, lookUpBackups } from './cluster-backups/lookup.ts';
import type { OperationReadOptions } from './cluster-backups/page-source.ts';
import { type Recall, RecentPages, recalling } from './cluster-backups/recent-pages.ts';
import { WindowReader } from './cluster-backups/window-reader.ts';
import type { ConnectionArguments } from './connection-arguments.ts';
import { goingLast } from './going-last.ts';
import { type InstanceKey, instanceKeyText } from './identifiers.ts';
import { type InstanceFilter, type InstancePage, MAX_INSTANCE_IDS, readInstances } from './instances/connection.ts';

/** What one instance's attributes are worth: null where the upstream does not know it. */
export interface FoundInstance {
  row: InstanceRow | null;
  ageSeconds: number;
  stale: boolean;
}

/** Everything that the fields of one operation can ask for; keys of one tick are planned together. */
export interface Loaders {
  /** At once where the answer is in memory and was asked for in the same way a moment ago. */
  backupPage(request: ConnectionRequest): BackupPage | Promise<BackupPage>;
  clusterBackup(lookup: BackupLookup): Promise<FoundBackup>;
  instance(key: InstanceKey): Promise<FoundInstance>;
  instances(
    place: { accountId: string; regionId: string },
    filter: InstanceFilter,
    given: ConnectionArguments,
  ): Promise<InstancePage>;
  regions(accountId: string): Promise<Answer<readonly RegionRow[]>>;
}

/** Runs one batch of the loader of that name, and gives what it gave: a promise for each key. For whoever wants to watch it. */
export type RunBatch = <Value>(loader: string, run: () => Promise<Value>[]) => Promise<Value>[];

/** What the loaders of all operations share. */
export interface LoaderParts {
  /** Absent: nothing is recalled from another operation. */
  recent?: RecentPages;
  /** Runs their batches. */
  runBatch?: RunBatch | undefined;
}

/** Loaders for one operation that began at `now` (epoch milliseconds). */
export function createLoaders(
  upstream: RKVStore,
  options: OperationReadOptions,
  now: number,
  parts: LoaderParts = {},
): Loaders {
  return new OperationLoaders(options.readThrough ? goingLast(upstream) : upstream, options, now, parts);
}

/** Each loader is made when first asked: one needs its maps and closures, and most operations need none. */
class OperationLoaders implements Loaders {
  readonly #store: RKVStore;
  readonly #options: OperationReadOptions;
  readonly #now: number;
  readonly #recent: RecentPages;
  readonly #runBatch: RunBatch;
  readonly #recall: Recall;
  readonly #readers = new Map<string, WindowReader>();
  /** Pages whose instances need no call, should somebody ask for one. */
  readonly #listed: { place: Pick<InstanceKey, 'accountId' | 'regionId'>; page: InstancePage }[] = [];
  #pages: DataLoader<ConnectionRequest, BackupPage, string> | undefined;
  #lookups: DataLoader<BackupLookup, FoundBackup, string> | undefined;
  #attributes: DataLoader<InstanceKey, FoundInstance, string> | undefined;

  constructor(
    store: RKVStore,
    options: OperationReadOptions,
    now: number,
    { recent = new RecentPages(), runBatch = (_, run) => run() }: LoaderParts,
  ) {
    this.#store = store;
    this.#options = options;
    this.#now = now;
    this.#recent = recent;
    this.#runBatch = runBatch;
    this.#recall = recalling(recent, store, options, now);
  }

  backupPage(request: ConnectionRequest): BackupPage | Promise<BackupPage> {
    const page = this.#recall(request);
    if (page !== undefined) return new BackupPage(request, page, () => this.#readerOf(request));
    this.#pages ??= this.#loader(
      'clusterBackups',
      (requests) =>
        inGroups(
          requests,
          (one) => this.#readerOf(one),
          (reader, group) => reader.readAll(group),
        ),
      ({ key, asked }) => `${instanceKeyText(key)} ${asked}`,
    );
    return this.#pages.load(request);
  }

  clusterBackup(lookup: BackupLookup): Promise<FoundBackup> {
    this.#lookups ??= this.#loader(
      'clusterBackup',
      (wanted) =>
        inGroups(
          wanted,
          ({ key }) => instanceKeyText(key),
          (_, group) => each(group, lookUpBackups(this.#store, group, this.#options, this.#now)),
        ),
      ({ key, shards, links }) => `${instanceKeyText(key)}/${key.clusterBackupId}/${key.startTime}/${shards}/${links}`,
    );
    return this.#lookups.load(lookup);
  }

  instance(key: InstanceKey): Promise<FoundInstance> {
    for (const { place, page } of this.#listed.splice(0)) {
      const { ageSeconds, stale } = page;
      for (const row of page.rows) {
        this.#attributesOf().prime({ ...place, instanceId: row.instanceId }, { row, ageSeconds, stale });
      }
    }
    return this.#attributesOf().load(key);
  }

  async instances(
    place: { accountId: string; regionId: string },
    filter: InstanceFilter,
    given: ConnectionArguments,
  ): Promise<InstancePage> {
    const page = await readInstances(this.#store, place, filter, given, this.#options);
    this.#listed.push({ place, page });
    return page;
  }

  regions(accountId: string): Promise<Answer<readonly RegionRow[]>> {
    return this.#store.describeRegions({ accountId }, { ...this.#options, priority: 'interactive' });
  }

  #attributesOf(): DataLoader<InstanceKey, FoundInstance, string> {
    this.#attributes ??= this.#loader(
      'instance',
      (keys) =>
        inGroups(
          keys,
          ({ accountId, regionId }) => `${accountId}/${regionId}`,
          (_, group) =>
            chunks(group, MAX_INSTANCE_IDS).flatMap((chunk) =>
              each(chunk, describeInstances(this.#store, chunk, this.#options)),
            ),
        ),
      instanceKeyText,
    );
    return this.#attributes;
  }

  #readerOf(request: ConnectionRequest): WindowReader {
    const { key, window } = request;
    const name = `${instanceKeyText(key)} ${window.start} ${window.end} ${window.open?.meaning ?? ''}`;
    const parts = { store: this.#store, options: this.#options, now: this.#now, recent: this.#recent };
    const reader = this.#readers.get(name) ?? new WindowReader(request, parts);
    this.#readers.set(name, reader);
    return reader;
  }

  /** @param load One promise for each key. */
  #loader<Key, Value>(
    name: string,
    load: (keys: readonly Key[]) => Promise<Value>[],
    cacheKeyFn: (key: Key) => string,
  ): DataLoader<Key, Value, string> {
    return new DataLoader((keys) => apart(this.#runBatch(name, () => load(keys))), { cacheKeyFn });
  }
}

async function describeInstances(
  store: RKVStore,
  keys: readonly InstanceKey[],
  options: OperationReadOptions,
): Promise<FoundInstance[]> {
  const { accountId, regionId } = keys[0] as InstanceKey;
  // Sorted, so that the same instances are the same call whatever order they were asked for in.
  const instanceIds = keys.map((key) => key.instanceId).sort();
  const { value, ageSeconds, stale } = await store.describeInstances(
    { accountId, regionId, instanceIds, pageSize: MAX_INSTANCE_IDS, pageNumber: 1 },
    { ...options, priority: 'interactive' },
  );
  const rows = new Map(value.rows.map((row) => [row.instanceId, row]));
  return keys.map((key) => ({ row: rows.get(key.instanceId) ?? null, ageSeconds, stale }));
}

/** Runs each group of keys on its own and puts the promises back into the keys' order. */
function inGroups<Key, Group, Value>(
  keys: readonly Key[],
  groupOf: (key: Key) => Group,
  run: (group: Group, keys: Key[]) => Promise<Value>[],
): Promise<Value>[] {
  const groups = Map.groupBy(keys.keys(), (index) => groupOf(keys[index] as Key));
  const answers: Promise<Value>[] = [];
  for (const [group, indices] of groups) {
    const values = run(
      group,
      indices.map((index) => keys[index] as Key),
    );
    for (const [position, index] of indices.entries()) answers[index] = values[position] as Promise<Value>;
  }
  return answers;
}

/** One promise a key, from the promise of all their values. */
function each<Key, Value>(keys: readonly Key[], values: Promise<readonly Value[]>): Promise<Value>[] {
  return keys.map((_, index) => values.then((all) => all[index] as Value));
}

/**
 * Hands DataLoader a promise for each key as its value: every key then settles by itself, where an array of values would keep all waiting
 * for the slowest.
 */
function apart<Value>(promises: readonly Promise<Value>[]): Promise<(Value | Error)[]> {
  return Promise.resolve(promises as unknown as Value[]);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
