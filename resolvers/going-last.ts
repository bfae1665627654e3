import type { ReadOptions, RKVStore } from '../upstream/rkvstore.ts';

/** The same upstream, for an operation that asked to bypass the caches: whatever it reads goes last where calls are scarce. */
export function goingLast(store: RKVStore): RKVStore {
  const last =
    <Query, Value>(read: (query: Query, options: ReadOptions) => Promise<Value>) =>
    (query: Query, options: ReadOptions) =>
      read(query, { ...options, priority: 'refresh' });
  return {
    get defaultAccountId() {
      return store.defaultAccountId;
    },
    knows: (accountId, regionId) => store.knows(accountId, regionId),
    describeClusterBackupList: last((query, options) => store.describeClusterBackupList(query, options)),
    recallClusterBackupList: (query, options) => store.recallClusterBackupList(query, options),
    describeInstances: last((query, options) => store.describeInstances(query, options)),
    describeRegions: last((query, options) => store.describeRegions(query, options)),
  };
}
