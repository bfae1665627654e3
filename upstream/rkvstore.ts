import type {
  ChargeType,
  ClusterBackupPage,
  InstanceArchitecture,
  InstanceEdition,
  InstancePage,
  InstanceStatus,
  RegionRow,
} from './rows.ts';

/** R-KVStore 2015-01-01 as this gateway needs it: what `resolvers/` asks, whatever stands behind it. */
export interface RKVStore {
  /** The account of a request that names none. */
  readonly defaultAccountId: string;
  /** Whether the gateway holds credentials for an account, and that account may be asked in that region. */
  knows(accountId: string, regionId: string): { account: boolean; region: boolean };
  describeClusterBackupList(query: ClusterBackupListQuery, options: ReadOptions): Promise<Answer<ClusterBackupPage>>;
  /** What `describeClusterBackupList` would answer from memory; undefined where it would have to ask, or to raise. Counted as that read. */
  recallClusterBackupList(query: ClusterBackupListQuery, options: RecallOptions): Answer<ClusterBackupPage> | undefined;
  describeInstances(query: InstancesQuery, options: ReadOptions): Promise<Answer<InstancePage>>;
  describeRegions(query: RegionsQuery, options: ReadOptions): Promise<Answer<readonly RegionRow[]>>;
}

/** The only page sizes that `DescribeClusterBackupList` takes. Source: the enumeration in SDK 6.4.0. */
export const CLUSTER_BACKUP_PAGE_SIZES = [5, 10, 15, 20, 30, 50, 100, 200, 300] as const;
/** Rows of one page. */
export type ClusterBackupPageSize = (typeof CLUSTER_BACKUP_PAGE_SIZES)[number];

/** Which backups of an instance, and which page of them. */
export interface ClusterBackupListQuery {
  accountId: string;
  regionId: string;
  instanceId: string;
  /** Epoch milliseconds of a whole minute, UTC: the wire has no seconds. */
  startTime: number;
  endTime: number;
  pageSize: ClusterBackupPageSize;
  /** From 1. */
  pageNumber: number;
  /** False sends `NoShardBackup=True`. An answer with shards also serves a read without. */
  withShards: boolean;
  /** Whether `downloadUrl` or `internalDownloadUrl` is wanted: such a read is not served from a cache that holds no links. */
  withLinks: boolean;
  clusterBackupId?: string;
  /**
   * What the window means when it moves with the clock (`last 2592000 s`, `since 2024-01-01T00:00:00Z`): such reads are
   * cached by it instead of by their minutes. Absent: by their minutes.
   */
  meaning?: string;
}

/** Filters of `DescribeInstances`, in the gateway's own names and values. */
export interface InstancesQuery {
  accountId: string;
  regionId: string;
  /** At most 30. */
  instanceIds?: readonly string[];
  search?: string;
  status?: InstanceStatus;
  architectureType?: InstanceArchitecture;
  editionType?: InstanceEdition;
  engineVersion?: string;
  chargeType?: ChargeType;
  vpcId?: string;
  vSwitchId?: string;
  zoneId?: string;
  resourceGroupId?: string;
  expired?: boolean;
  /** At most 5. */
  tags?: readonly { key: string; value?: string }[];
  /** 1 to 50. */
  pageSize: number;
  /** From 1. */
  pageNumber: number;
}

/** All regions that an account sees. */
export interface RegionsQuery {
  accountId: string;
}

/**
 * Who goes first when calls are scarce, first to last: reads that somebody waits for, then polls of subscriptions and scans of whole
 * windows, then reads that asked to bypass the cache.
 */
export const PRIORITIES = ['interactive', 'background', 'refresh'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** How a read is done, whatever it reads. */
export interface ReadOptions {
  /** Aborted when nobody waits for the answer any more. A call that others share goes on. */
  signal: AbortSignal;
  /** Epoch milliseconds by which the answer, retries included, must be there. */
  deadline: number;
  priority: Priority;
  /** `Cache-Control: no-cache`: read through to the upstream, joining a call in flight. */
  readThrough: boolean;
  /** An older answer is of no use: where a newer one cannot be had the failure is raised, and no stale copy served. */
  freshOnly?: true;
  /** Counts what this read cost; each operation has its own. */
  meter: CallMeter;
}

/** How an answer is recalled. */
export type RecallOptions = Pick<ReadOptions, 'readThrough' | 'meter'>;

/**
 * What an operation cost so far. `made`: calls to the upstream on its behalf, retries included; a call that several share counts
 * for the one that began it, and for the others not at all. `cached`: answers that came from a cache, fresh or stale, the
 * remembered word that there is no such instance among them.
 */
export interface CallMeter {
  made: number;
  cached: number;
}

/** What was read, and how old it is. */
export interface Answer<T> {
  value: T;
  /** Seconds since the upstream gave this answer; 0 for one that was just read. */
  ageSeconds: number;
  /**
   * True when it is served although a newer one was wanted, since the upstream throttles, is down, or may not be asked: past its
   * time, or to a reader who wanted to read through.
   */
  stale: boolean;
  /** Present when download links were wanted and this answer has none, because it comes from a cache that holds none. */
  linksWithheld?: true;
}
