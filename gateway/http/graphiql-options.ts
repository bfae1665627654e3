import type { GraphiQLOptions } from 'graphql-yoga';
import type { DemoInstance } from '../../sandbox/sandbox.ts';
import type { DemoPrincipal } from '../demo/demo-principals.ts';

/** What there is to try GraphiQL with; both absent on a real account. */
export interface GraphiQLDemo {
  instance: DemoInstance | undefined;
  principal: DemoPrincipal | undefined;
}

/** GraphiQL as it opens for the first time in a browser: a tab for each example, with a token that works. */
export function graphiqlOptions({ instance, principal }: GraphiQLDemo): GraphiQLOptions {
  const authorization = principal === undefined ? 'Bearer …' : `Bearer ${principal.token}`;
  const headers = JSON.stringify({ authorization }, null, 2);
  const examples = instance === undefined ? [VIEWER] : exampleOperations(instance);
  return {
    title: 'kvstore-gateway',
    headers,
    defaultHeaders: headers,
    // A browser should not keep tokens, and those of the sandbox expire within a day.
    shouldPersistHeaders: false,
    defaultTabs: examples.map((query) => ({ query, headers })),
  };
}

const VIEWER = `# Who you are.
query Viewer {
  viewer {
    subject
    groups
  }
}
`;

function exampleOperations({ accountId, regionId, instanceId }: DemoInstance): string[] {
  const place = `instanceId: "${instanceId}"\n    regionId: "${regionId}"`;
  return [
    `# The newest backups of an instance, with the sizes of their shards.
query NewestBackups {
  instance(
    ${place}
  ) {
    name
    status
    clusterBackups(first: 5) {
      nodes {
        clusterBackupId
        status
        startTime
        sizeBytes
        progressPercent
        shardBackups {
          nodes { instanceName status sizeBytes }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
    `# The running backup of an instance, live, until it has ended.
subscription Progress {
  clusterBackupProgress(
    ${place}
  ) {
    clusterBackupId
    status
    progressPercent
  }
}
`,
    `# The instances of a region: attributes cost no further call.
query Instances {
  instances(regionId: "${regionId}", first: 20) {
    totalCount
    nodes { instanceId name status architectureType shardCount tags { key value } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    `# Failed backups of the last 30 days.
query FailedBackups {
  instance(
    ${place}
  ) {
    clusterBackups(first: 10, filter: { status: [FAILED] }) {
      totalCount
      nodes { clusterBackupId startTime shardBackups { nodes { instanceName status } } }
    }
  }
}
`,
    `# Who you are, and what you may do.
query Viewer {
  viewer {
    subject
    groups
    can(
      action: "kvstore:DescribeClusterBackupList"
      resource: "acs:kvstore:${regionId}:${accountId}:instance/${instanceId}"
    ) { allowed reason }
  }
}
`,
  ];
}
