/**
 * The clean values that wire answers become, here and nowhere else. Plain JSON, so that a cache can keep them as they are:
 * times are `Instant`s, sizes are numbers of bytes, states are capitals, absent is null.
 */

/** RFC 3339 in UTC with whole seconds, `2024-01-10T17:21:25Z`: sorts as text in the order of time. */
export type Instant = string;

/**
 * A field whose value the upstream sent but which cannot be read (`"abc"` for a size, a negative size) is null in its row
 * and named here, with what was received (at most 64 characters), so that this field alone can carry an error.
 */
export type Faults<Row> = { readonly [Field in keyof Row]?: string };

export type ClusterBackupStatus = 'OK' | 'RUNNING' | 'FAILED' | 'UNKNOWN';
export type ClusterBackupMode = 'AUTOMATED' | 'MANUAL' | 'UNKNOWN';
export type ShardBackupStatus = 'OK' | 'ERROR' | 'UNKNOWN';

/** One backup set of a cluster instance (`ClusterBackups[]`). */
export interface ClusterBackupRow {
  clusterBackupId: string;
  status: ClusterBackupStatus | null;
  mode: ClusterBackupMode | null;
  isAvailable: boolean | null;
  sizeBytes: number | null;
  startTime: Instant | null;
  /** Null while the backup runs. */
  endTime: Instant | null;
  expectedExpireTime: Instant | null;
  /** 0 to 100. */
  progressPercent: number | null;
  /** Memory of one shard when the backup was taken, in megabytes. */
  shardMemoryMegabytes: number | null;
  /** Null when the answer was asked for without shards. */
  shardBackups: readonly ShardBackupRow[] | null;
  faults?: Faults<Omit<ClusterBackupRow, 'faults'>>;
}

/** The backup of one shard (`ClusterBackups[].Backups[]`). */
export interface ShardBackupRow {
  backupId: string;
  /** BackupName. */
  name: string | null;
  instanceName: string | null;
  status: ShardBackupStatus | null;
  isAvailable: boolean | null;
  sizeBytes: number | null;
  startTime: Instant | null;
  endTime: Instant | null;
  engine: string | null;
  engineVersion: string | null;
  /** Secret-bearing: whoever has it has the data. Absent from anything that leaves the process's memory. */
  downloadUrl: string | null;
  internalDownloadUrl: string | null;
  faults?: Faults<Omit<ShardBackupRow, 'faults'>>;
}

/** One page of `DescribeClusterBackupList`. */
export interface ClusterBackupPage {
  /** In the upstream's own order. */
  rows: readonly ClusterBackupRow[];
  /** FullStorageSize, bytes: all valid full backups of the instance, whatever the page. */
  fullStorageBytes: number | null;
  /** LogStorageSize, bytes. */
  logStorageBytes: number | null;
}

/** The upstream's values in capitals with underscores (`BackupRecovering`). Source: SDK 6.4.0. */
export type InstanceStatus =
  | 'NORMAL'
  | 'CREATING'
  | 'CHANGING'
  | 'INACTIVE'
  | 'FLUSHING'
  | 'RELEASED'
  | 'TRANSFORMING'
  | 'MIGRATING'
  | 'BACKUP_RECOVERING'
  | 'MINOR_VERSION_UPGRADING'
  | 'NETWORK_MODIFYING'
  | 'SSL_MODIFYING'
  | 'MAJOR_VERSION_UPGRADING'
  | 'UNKNOWN';
export type InstanceArchitecture = 'CLUSTER' | 'STANDARD' | 'RWSPLIT' | 'UNKNOWN';
export type InstanceEdition = 'COMMUNITY' | 'ENTERPRISE' | 'UNKNOWN';
export type ChargeType = 'PRE_PAID' | 'POST_PAID' | 'UNKNOWN';
export type NetworkType = 'VPC' | 'CLASSIC' | 'UNKNOWN';

/** One row of `DescribeInstances`. */
export interface InstanceRow {
  instanceId: string;
  regionId: string;
  name: string | null;
  status: InstanceStatus | null;
  engineVersion: string | null;
  architectureType: InstanceArchitecture | null;
  editionType: InstanceEdition | null;
  instanceClass: string | null;
  shardCount: number | null;
  capacityMegabytes: number | null;
  chargeType: ChargeType | null;
  createTime: Instant | null;
  expireTime: Instant | null;
  zoneId: string | null;
  vpcId: string | null;
  vSwitchId: string | null;
  networkType: NetworkType | null;
  nodeType: string | null;
  connectionDomain: string | null;
  port: number | null;
  resourceGroupId: string | null;
  tags: readonly { key: string; value: string }[];
  faults?: Faults<Omit<InstanceRow, 'faults'>>;
}

/** One page of `DescribeInstances`. */
export interface InstancePage {
  rows: readonly InstanceRow[];
  /** TotalCount: a true total. */
  totalCount: number;
}

/** One row of `DescribeRegions`. */
export interface RegionRow {
  regionId: string;
  /** LocalName in English, trimmed. */
  name: string | null;
  endpoint: string | null;
}
