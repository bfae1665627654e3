import type { AdmittedClusterBackup } from './admission.ts';
import { builder } from './builder.ts';

/** The type that shard backups point back to; its fields are in `cluster-backup.ts`. */
export const ClusterBackup = builder.objectRef<AdmittedClusterBackup>('ClusterBackup');
