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

/** The newest backup of three hours that are past, so that its answer is remembered for minutes. */
export function pastRead({ instanceId, regionId }: Place): Operation {
  const startTime = new Date(Date.now() - 24 * HOUR_MS);
  const endTime = new Date(startTime.getTime() + 3 * HOUR_MS);
  return { query: PAST, variables: { instanceId, regionId, startTime, endTime } };
}

const HOUR_MS = 3_600_000;

/** A page of a walk without shards, by cursors: `first` and `after`, or `last` and `before`. */
export function pageByCursor({ instanceId, regionId }: Place, page: Operation['variables']): Operation {
  return { query: BY_CURSOR, variables: { instanceId, regionId, startTime: '2015-01-01T00:00:00Z', ...page } };
}

/** A page by its number, from 1, as the peers have it. */
export function pageByNumber({ instanceId, regionId }: Place, first: number, page: number): Operation {
  return { query: BY_NUMBER, variables: { instanceId, regionId, first, page } };
}

/** A read with a field under an alias: of its digits each number makes another document, with another plan. */
export function aliased({ query, variables }: Operation, alias: string): Operation {
  return { query: query.replace('status', `${alias}: status`), variables };
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

const PAST = `query Past($instanceId: String!, $regionId: String!, $startTime: DateTime!, $endTime: DateTime!) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    clusterBackups(first: 1, startTime: $startTime, endTime: $endTime) {
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

const BY_CURSOR = `query Walk(
  $instanceId: String!, $regionId: String!, $startTime: DateTime!, $first: Int, $after: String, $last: Int, $before: String
) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    clusterBackups(startTime: $startTime, first: $first, after: $after, last: $last, before: $before) {
      nodes { clusterBackupId status sizeBytes startTime endTime }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

const BY_NUMBER = `query Walk($instanceId: String!, $regionId: String!, $first: Int!, $page: Int!) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    clusterBackups(first: $first, page: $page, shards: false) {
      nodes { clusterBackupId status sizeBytes startTime endTime }
    }
  }
}`;
