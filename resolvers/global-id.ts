import { BadInput } from './bad-input.ts';
import type { InstanceKey } from './identifiers.ts';

/** What a global id names. `startTime` is the backup's own, in seconds since the epoch (0: not known), so that a lookup needs one small window. */
export type GlobalId =
  | ({ type: 'Instance' } & InstanceKey)
  | ({ type: 'ClusterBackup' } & ClusterBackupKey)
  | ({ type: 'ShardBackup'; backupId: string } & ClusterBackupKey);

/** A backup set of an instance; its start is in seconds since the epoch, 0 where not known. */
export interface ClusterBackupKey extends InstanceKey {
  readonly clusterBackupId: string;
  readonly startTime: number;
}

// account, region and instance, then for backups the set's id and its start, then for shards the shard's backup id.
const INSTANCE = String.raw`(\d{1,20})/([a-z0-9-]{4,40})/([a-z]{1,8}-[a-z0-9]{1,60})`;
const BACKUP = String.raw`${INSTANCE}/([\w.-]{1,64})/(0|[1-9a-z][0-9a-z]{0,7})`;
const PATTERNS = {
  Instance: new RegExp(`^i/${INSTANCE}$`),
  ClusterBackup: new RegExp(`^b/${BACKUP}$`),
  ShardBackup: new RegExp(String.raw`^s/${BACKUP}/([\w.-]{1,64})$`),
};
const MAX_LENGTH = 512;

/** Opaque to clients: base64url of the parts, with a letter for the type. */
export function encodeGlobalId(id: GlobalId): string {
  const instance = `${id.accountId}/${id.regionId}/${id.instanceId}`;
  switch (id.type) {
    case 'Instance':
      return base64url(`i/${instance}`);
    case 'ClusterBackup':
      return base64url(`b/${instance}/${id.clusterBackupId}/${id.startTime.toString(36)}`);
    case 'ShardBackup':
      return base64url(`s/${instance}/${id.clusterBackupId}/${id.startTime.toString(36)}/${id.backupId}`);
  }
}

/** Reads a global id strictly: only a text that `encodeGlobalId` could have made. Raises `BadInput`. */
export function decodeGlobalId(text: string): GlobalId {
  const plain = text.length <= MAX_LENGTH ? Buffer.from(text, 'base64url').toString('latin1') : '';
  if (plain !== '' && base64url(plain) === text) {
    for (const type of ['Instance', 'ClusterBackup', 'ShardBackup'] as const) {
      const parts = PATTERNS[type].exec(plain);
      if (parts !== null) return fromParts(type, parts as unknown as string[]);
    }
  }
  throw new BadInput('id: expected a global id of this gateway');
}

function fromParts(type: GlobalId['type'], parts: readonly string[]): GlobalId {
  const [, accountId = '', regionId = '', instanceId = '', clusterBackupId = '', start = '0', backupId = ''] = parts;
  const instance = { accountId, regionId, instanceId };
  const startTime = Number.parseInt(start, 36);
  if (type === 'Instance') return { type, ...instance };
  if (type === 'ClusterBackup') return { type, ...instance, clusterBackupId, startTime };
  return { type, ...instance, clusterBackupId, startTime, backupId };
}

function base64url(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url');
}
