import type { ProgressUpdate } from '../resolvers/progress/progress-watcher.ts';
import { admit, backupAccess } from './admission.ts';
import { builder } from './builder.ts';
import { CheckedEvents } from './checked-events.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { shardSelection } from './cluster-backup-selection.ts';
import { pathOf } from './path.ts';
import { instanceArguments, keyOf } from './place.ts';
import { selectionOf } from './selection.ts';

const FIELD = 'Subscription.clusterBackupProgress';

builder.subscriptionType({
  description:
    'What changes while a client watches. Results are sent as server-sent events: `Accept: text/event-stream`.',
});

builder.subscriptionField('clusterBackupProgress', (t) =>
  t.field({
    type: ClusterBackup,
    nullable: true,
    description:
      'The running backups of an instance. Sends each of them at once, again at each change, and a last time when it has ended. A backup that starts while another one runs is sent too. Completes when all of them have ended, or at once when none is running. The gateway polls every 3 to 10 seconds, once for all clients that watch the instance.',
    args: instanceArguments,
    subscribe: async (_root, args, context, info): Promise<AsyncIterable<ProgressUpdate>> => {
      const key = keyOf(context, args);
      const access = await backupAccess(context, key, FIELD);
      const events = context.progress.watch(key, shardSelection(selectionOf(info), access));
      return new CheckedEvents(pathOf(info), events, (later) => backupAccess(later, key, FIELD));
    },
    resolve: async ({ key, row, provenance }, _args, context) => {
      const access = await backupAccess(context, key, FIELD);
      return admit(access, key, [row], provenance)[0];
    },
  }),
);
