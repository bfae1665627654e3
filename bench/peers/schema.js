/** The part of the gateway's schema that the benchmark asks for. Scalars are left as they are. */
export const typeDefs = /* GraphQL */ `
  scalar DateTime
  scalar SafeInt
  enum ClusterBackupStatus { OK RUNNING FAILED UNKNOWN }
  enum ClusterBackupMode { AUTOMATED MANUAL UNKNOWN }
  enum ShardBackupStatus { OK ERROR UNKNOWN }
  type Query {
    instance(instanceId: String!, regionId: String!): Instance
    instances(regionId: String!, first: Int): InstanceConnection
  }
  type InstanceConnection { nodes: [Instance!]! }
  type Instance {
    instanceId: String!
    regionId: String!
    name: String
    clusterBackups(first: Int, page: Int, shards: Boolean): ClusterBackupConnection
  }
  type ClusterBackupConnection { nodes: [ClusterBackup!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type ClusterBackup {
    clusterBackupId: String!
    status: ClusterBackupStatus
    mode: ClusterBackupMode
    isAvailable: Boolean
    sizeBytes: SafeInt
    startTime: DateTime
    endTime: DateTime
    progressPercent: Int
    shardBackups: ShardBackupConnection
  }
  type ShardBackupConnection { nodes: [ShardBackup!]! }
  type ShardBackup {
    backupId: String!
    instanceName: String
    status: ShardBackupStatus
    isAvailable: Boolean
    sizeBytes: SafeInt
    startTime: DateTime
    endTime: DateTime
    engineVersion: String
  }
`;

/** Resolvers over a source; below the page every field is a plain property. */
export function resolversOf(source) {
  return {
    Query: {
      instance: (_root, args) => source.instance(args),
      instances: (_root, args) => source.instances(args),
    },
    Instance: {
      clusterBackups: (instance, args) => source.clusterBackups(instance, args),
    },
  };
}
