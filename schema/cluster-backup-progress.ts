import type { ProgressUpdate } from '../resolvers/progress/progress-watcher.ts';
import { admit, backupAccess } from './admission.ts';
import { builder } from './builder.ts';
import { CheckedEvents } from './checked-events.ts';
import { pathOf } from './path.ts';
import { keyOf } from './place.ts';
import { selectionOf, shardSelection } from './selection.ts';
import { ClusterBackup } from './shard-backup.ts';

const FIELD = 'Subscription.clusterBackupProgress';

builder.subscriptionType({
  description: 'What changes while one looks on. Sent as server-sent events: `Accept: text/event-stream`.',
});

builder.subscriptionField('clusterBackupProgress', (t) =>
  t.field({
    type: ClusterBackup,
    nullable: true,
    description:
      'The running backups of an instance: each at once, then at each change, then at its end. Completes when all that were seen running have ended; at once when nothing runs. What begins while another runs is picked up. Polled every 3 to 10 seconds, once for all who watch the instance.',
    args: {
      instanceId: t.arg.string({ required: true, description: 'Its id: `r-…`.' }),
      regionId: t.arg.string({ required: true, description: 'The region it is in: `cn-hangzhou`.' }),
      accountId: t.arg.string({ description: 'The account that owns it; the default one when absent.' }),
    },
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
