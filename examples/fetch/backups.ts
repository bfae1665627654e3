import { ask, type Gateway } from './ask.ts';

export interface Backup {
  clusterBackupId: string;
  status: 'OK' | 'RUNNING' | 'FAILED' | 'UNKNOWN' | null;
  startTime: string | null;
  sizeBytes: number | null;
}

const PAGE = `
  query Backups($instanceId: String!, $regionId: String!, $after: String) {
    instance(instanceId: $instanceId, regionId: $regionId) {
      clusterBackups(first: 100, after: $after) {
        nodes { clusterBackupId status startTime sizeBytes }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

/** All backups of the last 30 days, newest first: each once, whatever is created and deleted meanwhile. */
export async function* backupsOf(
  gateway: Gateway,
  place: { instanceId: string; regionId: string },
): AsyncGenerator<Backup, void, void> {
  let after: string | null = null;
  do {
    const page: Page = await pageOf(gateway, { ...place, after });
    yield* page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}

interface Page {
  nodes: Backup[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function pageOf(gateway: Gateway, variables: Record<string, unknown>): Promise<Page> {
  const { data, errors } = await ask<{ instance: { clusterBackups: Page | null } | null }>(gateway, PAGE, variables);
  const page = data.instance?.clusterBackups;
  if (page != null) return page;
  // A field that may not be read, or could not be, is null and has its error.
  throw new Error(errors.map(({ extensions, message }) => `${extensions.code}: ${message}`).join('; '));
}
