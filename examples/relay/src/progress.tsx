import { useMemo } from 'react';
import { graphql, useSubscription } from 'react-relay';
import type { progressSubscription } from './__generated__/progressSubscription.graphql';

/** Keeps the running backups of an instance up to date: rows that show them change by themselves, as they have the same `id`. */
export function Progress({ instanceId, regionId }: { instanceId: string; regionId: string }) {
  useSubscription<progressSubscription>(
    useMemo(
      () => ({
        subscription: graphql`
          subscription progressSubscription($instanceId: String!, $regionId: String!) {
            clusterBackupProgress(instanceId: $instanceId, regionId: $regionId) {
              id
              status
              progressPercent
              sizeBytes
              endTime
            }
          }
        `,
        variables: { instanceId, regionId },
      }),
      [instanceId, regionId],
    ),
  );
  return null;
}
