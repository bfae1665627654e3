import type { Decision } from '../permissions/decision.ts';
import type { Principal } from '../permissions/principal.ts';
import type { RequestPermissions } from '../permissions/request-permissions.ts';
import type { Loaders } from '../resolvers/loaders.ts';
import type { BackupProgress } from '../resolvers/progress/backup-progress.ts';
import type { RKVStore } from '../upstream/rkvstore.ts';

/** What the fields of one operation share. Made by the gateway for each operation, and never kept. */
export interface Context {
  /** Whoever asks; `subject` is null for the anonymous principal. */
  readonly principal: Principal;
  readonly permissions: RequestPermissions;
  readonly loaders: Loaders;
  /** The backups that run now, for subscriptions. */
  readonly progress: BackupProgress;
  /** Which accounts and regions there are; asking costs no call. */
  readonly store: Pick<RKVStore, 'defaultAccountId' | 'knows'>;
  /** Whether the schema is open to everybody, by introspection and by `_service`. */
  readonly introspection: boolean;
  /** Epoch milliseconds at which the operation began: what "now" means in all its windows. */
  readonly now: number;
  /** Notes a denial, or a read of download links, for the audit log. */
  audit(entry: AuditEntry): void;
  /** Notes that the data at a path is older than it should be, for `extensions.stale`. */
  noteStale(path: readonly (string | number)[], ageSeconds: number): void;
}

/** One decision worth keeping. */
export interface AuditEntry {
  action: string;
  resource: string;
  field: string;
  decision: Decision;
}
