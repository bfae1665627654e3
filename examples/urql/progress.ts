import { type Client, gql } from '@urql/core';

export interface RunningBackup {
  clusterBackupId: string;
  status: 'OK' | 'RUNNING' | 'FAILED' | 'UNKNOWN' | null;
  progressPercent: number | null;
}

const PROGRESS = gql<{ clusterBackupProgress: RunningBackup | null }, { instanceId: string; regionId: string }>`
  subscription Progress($instanceId: String!, $regionId: String!) {
    clusterBackupProgress(instanceId: $instanceId, regionId: $regionId) {
      id
      clusterBackupId
      status
      progressPercent
    }
  }
`;

/** Calls `show` with each state of each backup that runs, and resolves when the last of them has ended. */
export function watchProgress(
  client: Client,
  place: { instanceId: string; regionId: string },
  show: (backup: RunningBackup) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.subscription(PROGRESS, place).subscribe(({ data, error, hasNext }) => {
      if (error !== undefined) reject(error);
      else if (data?.clusterBackupProgress != null && hasNext) show(data.clusterBackupProgress);
      if (!hasNext) resolve();
    });
  });
}
