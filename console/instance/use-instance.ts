import { useMemo, useState } from 'react';
import type { InstanceAddress } from '../address/address.ts';
import { useNow } from '../browser/use-now.ts';
import { type Read, useRead } from '../client/use-read.ts';
import { type Failure, failureAt, failureWithin } from '../failure/failure.ts';
import { startOfLookBack } from '../formatting/moments.ts';
import {
  BackupWindowDocument,
  type BackupWindowQuery,
  InstanceDocument,
  type InstanceQuery,
} from '../generated/graphql.ts';
import { type Night, nightsOf } from '../nights/nights.ts';
import type { InstanceKeys } from './backup-progress.ts';
import { type BackupProgress, useBackupProgress } from './use-backup-progress.ts';

/** What the view of an instance is made from. */
export interface InstanceReads {
  /** The same object for the same instance. */
  where: InstanceKeys;
  /** Epoch milliseconds, a minute old at most. */
  now: number;
  /** When the look back begins, RFC 3339. */
  startTime: string;
  attributes: Read<InstanceQuery>;
  instance: InstanceQuery['instance'] | undefined;
  /** Why not even the name is there. */
  attributesFailure: Failure | undefined;
  backups: Read<BackupWindowQuery>;
  connection: BackupConnection | null | undefined;
  backupsFailure: Failure | undefined;
  nights: readonly Night[] | undefined;
  progress: BackupProgress;
  /** Another number whenever the backups are read again. */
  changes: number;
  isMissing: boolean;
  /** Whether it is something else than a cluster, which has no cluster backups. */
  isOther: boolean;
  /** Reads everything again, past the gateway's cache. */
  readAgain: () => void;
}

export type BackupConnection = NonNullable<NonNullable<BackupWindowQuery['instance']>['clusterBackups']>;

/** Reads an instance and the backups of its look back, and follows those that run. */
export function useInstance({ regionId, instanceId, accountId, days }: InstanceAddress): InstanceReads {
  const where = useMemo(() => ({ regionId, instanceId, accountId }), [regionId, instanceId, accountId]);
  const now = useNow(60_000);
  const startTime = startOfLookBack(days, now);

  const attributes = useRead(InstanceDocument, where);
  const instance = attributes.data?.instance;
  const attributesFailure = instance?.name == null ? failureWithin(attributes.failures, 'instance', 'name') : undefined;
  const backups = useRead(BackupWindowDocument, { ...where, startTime });
  const connection = backups.data?.instance?.clusterBackups;
  const backupsFailure = failureAt(backups.failures, 'instance', 'clusterBackups');
  const createTime = instance?.createTime;
  const nights = useMemo(() => nightsIn(connection, { now, days, createTime }), [connection, createTime, days, now]);

  const isMissing = attributesFailure?.kind === 'missing' || backupsFailure?.kind === 'missing';
  const isOther = instance?.architectureType != null && instance.architectureType !== 'CLUSTER';
  const [changes, setChanges] = useState(0);
  const readBackupsAgain = () => {
    backups.readAgain();
    setChanges((before) => before + 1);
  };
  const pause = isOther || isMissing || backupsFailure?.kind === 'denied';
  const progress = useBackupProgress(where, readBackupsAgain, { pause });
  const readAgain = () => {
    attributes.readAgain();
    readBackupsAgain();
  };
  return {
    ...{ where, now, startTime, attributes, instance, attributesFailure, backups, connection, backupsFailure },
    ...{ nights, progress, changes, isMissing, isOther, readAgain },
  };
}

function nightsIn(
  connection: BackupConnection | null | undefined,
  options: { now: number; days: number; createTime: string | null | undefined },
): readonly Night[] | undefined {
  if (connection == null) return undefined;
  return nightsOf(connection.nodes, { ...options, complete: !connection.pageInfo.hasNextPage });
}
