import { builder } from './builder.ts';

export const ClusterBackupStatus = builder.enumType('ClusterBackupStatus', {
  description: 'The state of a backup set.',
  values: {
    OK: { description: 'Every shard has been backed up.' },
    RUNNING: { description: 'The backup is still being taken.' },
    FAILED: { description: 'The backup of at least one shard failed.' },
    UNKNOWN: { description: 'The upstream sent a state that this gateway does not know.' },
  },
});

export const ClusterBackupMode = builder.enumType('ClusterBackupMode', {
  description: 'What started a backup.',
  values: {
    AUTOMATED: { description: 'The backup schedule of the instance.' },
    MANUAL: { description: 'A person, in the console or through the API.' },
    UNKNOWN: { description: 'The upstream sent a mode that this gateway does not know.' },
  },
});
