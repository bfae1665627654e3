/** An operation as a client sends it. */
export interface Operation {
  query: string;
  variables: Readonly<Record<string, unknown>>;
}

/** The instance that is asked about. */
export interface Place {
  instanceId: string;
  regionId: string;
}

/** 20 backups with the shards of each: the page of a console. */
export function bigRead({ instanceId, regionId }: Place, first = 20): Operation {
  return { query: BIG, variables: { instanceId, regionId, first } };
}

/** The newest backup, without shards: what a check asks every minute. */
export function smallRead({ instanceId, regionId }: Place): Operation {
  return { query: SMALL, variables: { instanceId, regionId } };
}

/** The newest backup of each of 50 instances: an overview. */
export function overviewRead({ regionId }: Pick<Place, 'regionId'>, first = 50): Operation {
  return { query: OVERVIEW, variables: { regionId, first } };
}

const BIG = `query Backups($instanceId: String!, $regionId: String!, $first: Int!) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    clusterBackups(first: $first) {
      nodes {
        clusterBackupId status mode isAvailable sizeBytes startTime endTime progressPercent
        shardBackups {
          nodes { backupId instanceName status isAvailable sizeBytes startTime endTime engineVersion }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const SMALL = `query Newest($instanceId: String!, $regionId: String!) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    clusterBackups(first: 1) {
      nodes { clusterBackupId status sizeBytes startTime endTime }
    }
  }
}`;

const OVERVIEW = `query Overview($regionId: String!, $first: Int!) {
  instances(regionId: $regionId, first: $first) {
    nodes {
      instanceId name
      clusterBackups(first: 1) { nodes { clusterBackupId status sizeBytes startTime endTime } }
    }
  }
}`;
