import type { GraphQLResolveInfo } from 'graphql';
import { checkedId } from '../resolvers/identifiers.ts';
import { type AdmittedClusterBackup, admit, backupAccess, type KeyedInstance } from './admission.ts';
import { shardSelection } from './cluster-backup-selection.ts';
import type { Context } from './context.ts';
import { selectionOf } from './selection.ts';
import { noteIfStale } from './staleness.ts';

/**
 * A backup set of an instance by its id alone, for the field of that name (`Query.clusterBackup`); null when there is none. Raises `AccessDenied`,
 * `BadInput`, and `UpstreamError` of kind `not-found` for an instance that does not exist.
 */
export async function clusterBackupById(
  instance: KeyedInstance,
  clusterBackupId: string,
  field: string,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<AdmittedClusterBackup | null> {
  const id = checkedId('clusterBackupId', clusterBackupId);
  const access = await backupAccess(context, instance, field);
  const { accountId, regionId, instanceId } = instance;
  const { row, provenance } = await context.loaders.clusterBackup({
    key: { accountId, regionId, instanceId, clusterBackupId: id, startTime: 0 },
    ...shardSelection(selectionOf(info), access),
  });
  noteIfStale(provenance, context, info);
  if (row === null) return null;
  return admit(access, instance, [row], provenance)[0] ?? null;
}
