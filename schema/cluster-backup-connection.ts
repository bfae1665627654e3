import type { BackupPage } from '../resolvers/cluster-backups/connection.ts';
import type { InstanceKey } from '../resolvers/identifiers.ts';
import type { Answer } from '../upstream/rkvstore.ts';
import { type AdmittedClusterBackup, admit } from './admission.ts';
import { builder } from './builder.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { connectionOf, type PageOf } from './connection.ts';
import type { InstanceAccess } from './instance-access.ts';
import { noted } from './staleness.ts';

/** A page of backups whose principal may see them. */
export class ClusterBackupConnectionPage implements PageOf<AdmittedClusterBackup> {
  readonly access: InstanceAccess;
  readonly page: BackupPage;
  readonly #key: InstanceKey;
  #nodes: readonly AdmittedClusterBackup[] | undefined;

  constructor(access: InstanceAccess, key: InstanceKey, page: BackupPage) {
    this.access = access;
    this.page = page;
    this.#key = key;
  }

  // Made when first read: a page that was written before is not.
  get nodes(): readonly AdmittedClusterBackup[] {
    this.#nodes ??= admit(this.access, this.#key, this.page.rows, this.page.provenance);
    return this.#nodes;
  }

  get size(): number {
    return this.page.rows.length;
  }

  cursor(index: number): string {
    return this.page.cursor(index);
  }

  hasNextPage(): boolean | Promise<Answer<boolean>> {
    return this.page.hasNextPage();
  }

  hasPreviousPage(): boolean | Promise<Answer<boolean>> {
    return this.page.hasPreviousPage();
  }
}

const connection = connectionOf('ClusterBackup', ClusterBackup, { one: 'cluster backup', many: 'cluster backups' });

export const ClusterBackupConnection = builder
  .objectRef<ClusterBackupConnectionPage>('ClusterBackupConnection')
  .implement({
    description: 'One page of the backups of an instance, newest first.',
    fields: (t) => ({
      edges: t.field(connection.edges),
      nodes: t.field(connection.nodes),
      pageInfo: t.field(connection.pageInfo),
      totalCount: t.int({
        description:
          'The number of backups in the whole window that match the filter. Expensive: the API has no total, so the gateway reads the whole window, in up to 10 upstream calls.',
        resolve: ({ page }, _args, context, info) => noted(page.totalCount(), context, info, page.provenance),
      }),
      fullStorageBytes: t.field({
        type: 'SafeInt',
        description:
          'The size of all valid full backups of the instance, in bytes; window and filter do not matter (`FullStorageSize`).',
        resolve: ({ page }) => page.provenance.fullStorageBytes,
      }),
      logStorageBytes: t.field({
        type: 'SafeInt',
        description:
          'The size of all log backups of the instance, in bytes; window and filter do not matter (`LogStorageSize`).',
        resolve: ({ page }) => page.provenance.logStorageBytes,
      }),
    }),
  });
