import { DESCRIBE_CLUSTER_BACKUP_LIST } from '../permissions/kvstore.ts';
import type { Provenance } from '../resolvers/cluster-backups/page-source.ts';
import type { ClusterBackupKey } from '../resolvers/global-id.ts';
import type { InstanceKey } from '../resolvers/identifiers.ts';
import type { ClusterBackupRow, ShardBackupRow } from '../upstream/rows.ts';
import { andThen } from './and-then.ts';
import type { Context } from './context.ts';
import { accessTo, type InstanceAccess, requireKnown } from './instance-access.ts';

// Only this module holds it, so only `admit` can make admitted objects: a raw row or a cast is refused by the
// compiler, and at run time by the constructors and by `isTypeOf`.
const ADMISSION = Symbol('admission');

/** An instance, named but not read: whoever holds one still needs an access for every field but the key. */
export class KeyedInstance implements InstanceKey {
  readonly accountId: string;
  readonly regionId: string;
  readonly instanceId: string;

  constructor({ accountId, regionId, instanceId }: InstanceKey) {
    this.accountId = accountId;
    this.regionId = regionId;
    this.instanceId = instanceId;
  }
}

/** A backup set that its principal may see. */
export class AdmittedClusterBackup {
  readonly row: ClusterBackupRow;
  readonly instance: KeyedInstance;
  readonly access: InstanceAccess;
  readonly provenance: Provenance;

  constructor(admission: typeof ADMISSION, row: ClusterBackupRow, admitted: Admitted) {
    if (admission !== ADMISSION) throw new TypeError('an AdmittedClusterBackup is made by admit() only');
    this.row = row;
    this.instance = admitted.instance;
    this.access = admitted.access;
    this.provenance = admitted.provenance;
  }

  get key(): ClusterBackupKey {
    const { accountId, regionId, instanceId } = this.instance;
    const { clusterBackupId, startTime } = this.row;
    return {
      accountId,
      regionId,
      instanceId,
      clusterBackupId,
      startTime: startTime ? Date.parse(startTime) / 1000 : 0,
    };
  }
}

/** The backup of one shard, of a set that its principal may see. */
export class AdmittedShardBackup {
  readonly row: ShardBackupRow;
  readonly clusterBackup: AdmittedClusterBackup;

  constructor(row: ShardBackupRow, clusterBackup: AdmittedClusterBackup) {
    if (!(clusterBackup instanceof AdmittedClusterBackup)) {
      throw new TypeError('an AdmittedShardBackup belongs to an AdmittedClusterBackup');
    }
    this.row = row;
    this.clusterBackup = clusterBackup;
  }
}

interface Admitted {
  instance: KeyedInstance;
  access: InstanceAccess;
  provenance: Provenance;
}

/**
 * The one door to backups: decides whether the principal may see those of an instance through a field (`Query.node`), and only then lets them
 * be read. Raises `AccessDenied` before anything is asked upstream or said about what exists.
 */
export function backupAccess(
  context: Context,
  key: InstanceKey,
  field: string,
): InstanceAccess | Promise<InstanceAccess> {
  return andThen(accessTo(context, key, DESCRIBE_CLUSTER_BACKUP_LIST), (access) => {
    access.require(field);
    requireKnown(context, key);
    return access;
  });
}

/** Rows of an instance as objects of the schema; needs the access that `backupAccess` gave for that instance. */
export function admit(
  access: InstanceAccess,
  key: InstanceKey,
  rows: readonly ClusterBackupRow[],
  provenance: Provenance,
): AdmittedClusterBackup[] {
  const admitted = { instance: new KeyedInstance(key), access, provenance };
  return rows.map((row) => new AdmittedClusterBackup(ADMISSION, row, admitted));
}
