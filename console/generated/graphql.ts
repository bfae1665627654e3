/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How an instance is billed. */
export type ChargeType =
  /** Pay-as-you-go. */
  | 'POST_PAID'
  /** Subscription: paid in advance. */
  | 'PRE_PAID'
  /** The upstream sent a value that this gateway does not know. */
  | 'UNKNOWN';

/** Which backups to return. A backup must meet every condition that is given. Expensive: the API cannot filter, so the gateway reads backups until the page is full, in up to 10 upstream calls. */
export type ClusterBackupFilter = {
  /** Whether an instance can be restored from the set. */
  isAvailable?: boolean | null | undefined;
  /** The mode is one of these. */
  mode?: Array<ClusterBackupMode> | null | undefined;
  /** The state is one of these. */
  status?: Array<ClusterBackupStatus> | null | undefined;
};

/** What started a backup. */
export type ClusterBackupMode =
  /** The backup schedule of the instance. */
  | 'AUTOMATED'
  /** A person, in the console or through the API. */
  | 'MANUAL'
  /** The upstream sent a mode that this gateway does not know. */
  | 'UNKNOWN';

/** The state of a backup set. */
export type ClusterBackupStatus =
  /** The backup of at least one shard failed. */
  | 'FAILED'
  /** Every shard has been backed up. */
  | 'OK'
  /** The backup is still being taken. */
  | 'RUNNING'
  /** The upstream sent a state that this gateway does not know. */
  | 'UNKNOWN';

/** The architecture of an instance. */
export type InstanceArchitecture =
  /** Cluster: the data is spread over shards. */
  | 'CLUSTER'
  /** Read/write splitting: one primary node, and replicas that serve reads. */
  | 'RWSPLIT'
  /** Standard: one primary node and its replica. */
  | 'STANDARD'
  /** The upstream sent a value that this gateway does not know. */
  | 'UNKNOWN';

/** The edition of an instance. */
export type InstanceEdition =
  /** Redis Open-Source Edition. */
  | 'COMMUNITY'
  /** Tair (Enterprise Edition). */
  | 'ENTERPRISE'
  /** The upstream sent a value that this gateway does not know. */
  | 'UNKNOWN';

/** Which instances to return. An instance must meet every condition that is given; `UNKNOWN` cannot be asked for. The API itself filters, so this takes no more upstream calls. */
export type InstanceFilter = {
  /** The architecture. */
  architectureType?: InstanceArchitecture | null | undefined;
  /** The billing method. */
  chargeType?: ChargeType | null | undefined;
  /** The edition. */
  editionType?: InstanceEdition | null | undefined;
  /** The version of the database engine, such as `5.0`. */
  engineVersion?: string | null | undefined;
  /** Whether the subscription has ended. */
  expired?: boolean | null | undefined;
  /** The id is one of these, at most 30. */
  instanceIds?: Array<string> | null | undefined;
  /** The id of the resource group. */
  resourceGroupId?: string | null | undefined;
  /** The name or id contains this text. */
  search?: string | null | undefined;
  /** The state. */
  status?: InstanceStatus | null | undefined;
  /** The instance has all of these tags, at most 5. */
  tags?: Array<TagInput> | null | undefined;
  /** The id of the vSwitch. */
  vSwitchId?: string | null | undefined;
  /** The id of the virtual private cloud. */
  vpcId?: string | null | undefined;
  /** The id of the zone. */
  zoneId?: string | null | undefined;
};

/** The state of an instance. */
export type InstanceStatus =
  /** Being restored from a backup. */
  | 'BACKUP_RECOVERING'
  /** Its configuration is being changed. */
  | 'CHANGING'
  /** Being created. */
  | 'CREATING'
  /** Its data is being cleared. */
  | 'FLUSHING'
  /** Disabled. */
  | 'INACTIVE'
  /** Being upgraded to a new major version. */
  | 'MAJOR_VERSION_UPGRADING'
  /** Being moved to another zone or host. */
  | 'MIGRATING'
  /** Being upgraded to a new minor version. */
  | 'MINOR_VERSION_UPGRADING'
  /** Its network is being changed. */
  | 'NETWORK_MODIFYING'
  /** Running normally. */
  | 'NORMAL'
  /** Released: deleted, or about to be. */
  | 'RELEASED'
  /** Its TLS settings are being changed. */
  | 'SSL_MODIFYING'
  /** Its billing method is being changed. */
  | 'TRANSFORMING'
  /** The upstream sent a value that this gateway does not know. */
  | 'UNKNOWN';

/** The type of the network of an instance. */
export type NetworkType =
  /** The classic network. */
  | 'CLASSIC'
  /** The upstream sent a value that this gateway does not know. */
  | 'UNKNOWN'
  /** A virtual private cloud. */
  | 'VPC';

/** The state of the backup of one shard. */
export type ShardBackupStatus =
  /** The backup of the shard failed. No instance can be restored from the set. */
  | 'ERROR'
  /** The shard has been backed up. */
  | 'OK'
  /** The upstream sent a state that this gateway does not know. */
  | 'UNKNOWN';

/** A tag that an instance must have. */
export type TagInput = {
  /** The key of the tag. */
  key: string;
  /** The value of the tag. Default: any value. */
  value?: string | null | undefined;
};

export type BackupWindowQueryVariables = Exact<{
  regionId: string;
  instanceId: string;
  accountId?: string | null | undefined;
  startTime: string;
}>;


export type BackupWindowQuery = { instance: { id: string, clusterBackups: { fullStorageBytes: number | null, logStorageBytes: number | null, pageInfo: { hasNextPage: boolean }, nodes: Array<{ id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null }> } | null } | null };

export type BackupPageQueryVariables = Exact<{
  regionId: string;
  instanceId: string;
  accountId?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
  startTime: string;
  filter?: ClusterBackupFilter | null | undefined;
}>;


export type BackupPageQuery = { instance: { id: string, clusterBackups: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null }> } | null } | null };

export type BackupByIdQueryVariables = Exact<{
  regionId: string;
  instanceId: string;
  accountId?: string | null | undefined;
  clusterBackupId: string;
}>;


export type BackupByIdQuery = { clusterBackup: { id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null } | null };

export type BackupProgressSubscriptionVariables = Exact<{
  regionId: string;
  instanceId: string;
  accountId?: string | null | undefined;
}>;


export type BackupProgressSubscription = { clusterBackupProgress: { id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null } | null };

export type InstanceQueryVariables = Exact<{
  regionId: string;
  instanceId: string;
  accountId?: string | null | undefined;
}>;


export type InstanceQuery = { instance: { id: string, accountId: string, name: string | null, status: InstanceStatus | null, architectureType: InstanceArchitecture | null, editionType: InstanceEdition | null, engineVersion: string | null, instanceClass: string | null, shardCount: number | null, capacityMegabytes: number | null, chargeType: ChargeType | null, createTime: string | null, expireTime: string | null, zoneId: string | null, vpcId: string | null, networkType: NetworkType | null, connectionDomain: string | null, resourceGroupId: string | null, tags: Array<{ key: string, value: string }> | null } | null };

export type ShardsQueryVariables = Exact<{
  id: string;
}>;


export type ShardsQuery = { node:
    | { shardMemoryMegabytes: number | null, id: string, shardBackups: { nodes: Array<{ id: string, backupId: string, instanceName: string | null, status: ShardBackupStatus | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null }> } | null }
    | { id: string }
    | { id: string }
   | null };

export type DownloadLinksQueryVariables = Exact<{
  id: string;
}>;


export type DownloadLinksQuery = { node:
    | { id: string }
    | { id: string }
    | { downloadUrl: string | null, internalDownloadUrl: string | null, id: string }
   | null };

export type InstancesQueryVariables = Exact<{
  regionId: string;
  accountId?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
  filter?: InstanceFilter | null | undefined;
}>;


export type InstancesQuery = { instances: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, instanceId: string, name: string | null, status: InstanceStatus | null, architectureType: InstanceArchitecture | null, editionType: InstanceEdition | null, engineVersion: string | null, shardCount: number | null, capacityMegabytes: number | null, createTime: string | null }> } | null };

export type InstanceRowFragment = { id: string, instanceId: string, name: string | null, status: InstanceStatus | null, architectureType: InstanceArchitecture | null, editionType: InstanceEdition | null, engineVersion: string | null, shardCount: number | null, capacityMegabytes: number | null, createTime: string | null };

export type NightsQueryVariables = Exact<{
  ids: Array<string> | string;
  startTime: string;
}>;


export type NightsQuery = { nodes: Array<
    | { id: string }
    | { id: string, clusterBackups: { pageInfo: { hasNextPage: boolean }, nodes: Array<{ id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null }> } | null }
    | { id: string }
   | null> };

export type BackupOutcomeFragment = { id: string, clusterBackupId: string, status: ClusterBackupStatus | null, mode: ClusterBackupMode | null, isAvailable: boolean | null, sizeBytes: number | null, startTime: string | null, endTime: string | null, expectedExpireTime: string | null, progressPercent: number | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { subject: string | null, groups: Array<string> } };

export type RegionsQueryVariables = Exact<{
  accountId?: string | null | undefined;
}>;


export type RegionsQuery = { regions: Array<{ regionId: string, name: string | null }> | null };

export const InstanceRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstanceRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instance"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"instanceId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"architectureType"}},{"kind":"Field","name":{"kind":"Name","value":"editionType"}},{"kind":"Field","name":{"kind":"Name","value":"engineVersion"}},{"kind":"Field","name":{"kind":"Name","value":"shardCount"}},{"kind":"Field","name":{"kind":"Name","value":"capacityMegabytes"}},{"kind":"Field","name":{"kind":"Name","value":"createTime"}}]}}]} as unknown as DocumentNode<InstanceRowFragment, unknown>;
export const BackupOutcomeFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<BackupOutcomeFragment, unknown>;
export const BackupWindowDocument = {"__meta__":{"hash":"sha256:001b9a539687abd5533d20d638d13a6904a51703b96d89dcd705a24450812637"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BackupWindow"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"instanceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"290"}},{"kind":"Argument","name":{"kind":"Name","value":"startTime"},"value":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fullStorageBytes"}},{"kind":"Field","name":{"kind":"Name","value":"logStorageBytes"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BackupOutcome"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<BackupWindowQuery, BackupWindowQueryVariables>;
export const BackupPageDocument = {"__meta__":{"hash":"sha256:75d347663d909aa88a5eb60a3d806284aad278e8f578d1a9618bd73138253d0e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BackupPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackupFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"instanceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"startTime"},"value":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BackupOutcome"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<BackupPageQuery, BackupPageQueryVariables>;
export const BackupByIdDocument = {"__meta__":{"hash":"sha256:2b4ae78a8b01010965b66a05053ea87d744208d2116ef2ed7adf521d67e399f1"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BackupById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"clusterBackupId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clusterBackup"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"instanceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}},{"kind":"Argument","name":{"kind":"Name","value":"clusterBackupId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"clusterBackupId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BackupOutcome"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<BackupByIdQuery, BackupByIdQueryVariables>;
export const BackupProgressDocument = {"__meta__":{"hash":"sha256:f1b36ebc9235bb9171ace53dabd2877da8c8e44bedf4bc6db288b33c0c53dd8f"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"BackupProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clusterBackupProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"instanceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BackupOutcome"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<BackupProgressSubscription, BackupProgressSubscriptionVariables>;
export const InstanceDocument = {"__meta__":{"hash":"sha256:361ecc5f8324e09df58ea88a6a104268ad9685809807f020ad51bdd56a270ca5"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Instance"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"instanceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instanceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"accountId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"architectureType"}},{"kind":"Field","name":{"kind":"Name","value":"editionType"}},{"kind":"Field","name":{"kind":"Name","value":"engineVersion"}},{"kind":"Field","name":{"kind":"Name","value":"instanceClass"}},{"kind":"Field","name":{"kind":"Name","value":"shardCount"}},{"kind":"Field","name":{"kind":"Name","value":"capacityMegabytes"}},{"kind":"Field","name":{"kind":"Name","value":"chargeType"}},{"kind":"Field","name":{"kind":"Name","value":"createTime"}},{"kind":"Field","name":{"kind":"Name","value":"expireTime"}},{"kind":"Field","name":{"kind":"Name","value":"zoneId"}},{"kind":"Field","name":{"kind":"Name","value":"vpcId"}},{"kind":"Field","name":{"kind":"Name","value":"networkType"}},{"kind":"Field","name":{"kind":"Name","value":"connectionDomain"}},{"kind":"Field","name":{"kind":"Name","value":"resourceGroupId"}},{"kind":"Field","name":{"kind":"Name","value":"tags"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}}]} as unknown as DocumentNode<InstanceQuery, InstanceQueryVariables>;
export const ShardsDocument = {"__meta__":{"hash":"sha256:564b270a4e949a66335faa9e7b2e339ca61a58ce339ca15fddd3bb9e8d419056"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Shards"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"shardMemoryMegabytes"}},{"kind":"Field","name":{"kind":"Name","value":"shardBackups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"backupId"}},{"kind":"Field","name":{"kind":"Name","value":"instanceName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ShardsQuery, ShardsQueryVariables>;
export const DownloadLinksDocument = {"__meta__":{"hash":"sha256:8023b2a1527f37ace96fa6418b30f98d020152eac9b60ae6d9a8d5f7c33192f2"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DownloadLinks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ShardBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadUrl"}},{"kind":"Field","name":{"kind":"Name","value":"internalDownloadUrl"}}]}}]}}]}}]} as unknown as DocumentNode<DownloadLinksQuery, DownloadLinksQueryVariables>;
export const InstancesDocument = {"__meta__":{"hash":"sha256:9c5d418b3313fa879a74d58ee53cca99eb15be64d0c3c5aff797269be2bf75f0"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Instances"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"InstanceFilter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instances"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"regionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"regionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InstanceRow"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstanceRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instance"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"instanceId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"architectureType"}},{"kind":"Field","name":{"kind":"Name","value":"editionType"}},{"kind":"Field","name":{"kind":"Name","value":"engineVersion"}},{"kind":"Field","name":{"kind":"Name","value":"shardCount"}},{"kind":"Field","name":{"kind":"Name","value":"capacityMegabytes"}},{"kind":"Field","name":{"kind":"Name","value":"createTime"}}]}}]} as unknown as DocumentNode<InstancesQuery, InstancesQueryVariables>;
export const NightsDocument = {"__meta__":{"hash":"sha256:b3b3187ba165539970729ade95f173a37bf6a73e9a24eb2e7ee34ada572d1ad8"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Nights"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instance"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clusterBackups"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"290"}},{"kind":"Argument","name":{"kind":"Name","value":"startTime"},"value":{"kind":"Variable","name":{"kind":"Name","value":"startTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"BackupOutcome"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"BackupOutcome"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterBackup"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clusterBackupId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"mode"}},{"kind":"Field","name":{"kind":"Name","value":"isAvailable"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"endTime"}},{"kind":"Field","name":{"kind":"Name","value":"expectedExpireTime"}},{"kind":"Field","name":{"kind":"Name","value":"progressPercent"}}]}}]} as unknown as DocumentNode<NightsQuery, NightsQueryVariables>;
export const ViewerDocument = {"__meta__":{"hash":"sha256:071647372c6a66560935237a19f2c08fb1820af7705a4c2bef05566b1d7f5a3c"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"subject"}},{"kind":"Field","name":{"kind":"Name","value":"groups"}}]}}]}}]} as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;
export const RegionsDocument = {"__meta__":{"hash":"sha256:ea2f36743e0a2af8da79c59e921ba9ec933e50a57b7b8f6aa7a65685076b784c"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Regions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"regions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"accountId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"accountId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"regionId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<RegionsQuery, RegionsQueryVariables>;