import { UpstreamError } from '../upstream/upstream-error.ts';
import { KeyedInstance } from './admission.ts';
import { builder } from './builder.ts';
import { clusterBackupById } from './cluster-backup-by-id.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { Instance } from './instance-ref.ts';
import { instanceArguments, instanceByKey, keyOf } from './place.ts';

// The root fields that find something by the ids that the upstream itself gives it.
builder.queryFields((t) => ({
  instance: t.field({
    type: Instance,
    description:
      'An instance by its ids. This alone takes no upstream call and does not check that the instance exists: its attributes and backups do, when they are selected.',
    args: instanceArguments,
    resolve: (_root, args, context) => instanceByKey(context, keyOf(context, args), 'Query.instance'),
  }),
  clusterBackup: t.field({
    type: ClusterBackup,
    description: 'A backup set by its ids. Null when it does not exist.',
    args: {
      clusterBackupId: t.arg.string({
        required: true,
        description: 'The id of the set, such as `cb-hyxdof5x9kqbtust`.',
      }),
      instanceId: t.arg.string({ required: true, description: 'The id of the instance that was backed up.' }),
      regionId: t.arg.string({ required: true, description: 'The id of the region of that instance.' }),
      accountId: t.arg.string({
        description: 'The id of the account that owns the instance. Default: the default account of this gateway.',
      }),
    },
    resolve: async (_root, { clusterBackupId, ...args }, context, info) => {
      try {
        const instance = new KeyedInstance(keyOf(context, args));
        return await clusterBackupById(instance, clusterBackupId, 'Query.clusterBackup', context, info);
      } catch (error) {
        if (error instanceof UpstreamError && error.kind === 'not-found') return null;
        throw error;
      }
    },
  }),
}));
