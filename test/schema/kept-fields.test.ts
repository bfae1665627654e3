import { type GraphQLObjectType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { AdmittedShardBackup, admit } from '../../schema/admission.ts';
import { createSchema } from '../../schema/index.ts';
import type { InstanceAccess } from '../../schema/instance-access.ts';
import { KEPT_FIELDS } from '../../schema/kept-fields.ts';
import type { ClusterBackupRow, ShardBackupRow } from '../../upstream/rows.ts';

const shard: ShardBackupRow = {
  backupId: '1',
  name: 'name',
  instanceName: 'shard',
  status: 'OK',
  isAvailable: true,
  sizeBytes: 1,
  startTime: '2024-01-10T17:21:25Z',
  endTime: '2024-01-10T17:21:58Z',
  engine: 'redis',
  engineVersion: '7.0',
  downloadUrl: 'https://example.com/link',
  internalDownloadUrl: 'https://example.com/link',
};
const row: ClusterBackupRow = {
  clusterBackupId: 'cb-1',
  status: 'OK',
  mode: 'MANUAL',
  isAvailable: true,
  sizeBytes: 1,
  startTime: '2024-01-10T17:21:25Z',
  endTime: '2024-01-10T17:21:58Z',
  expectedExpireTime: '2024-02-10T17:21:58Z',
  progressPercent: 100,
  shardMemoryMegabytes: 1_024,
  shardBackups: [shard],
};
const key = { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId: 'r-bp1' };
const provenance = { ageSeconds: 5, stale: false, linksWithheld: false, fullStorageBytes: null, logStorageBytes: null };

/** Whoever asks it for anything has done more than read a row. */
const untouchable: never = new Proxy({} as never, {
  get(_, name) {
    throw new Error(`${String(name)} was asked for`);
  },
});

it('what is kept of a row asks nobody, and reads no link, no cursor and no instance', () => {
  const schema = createSchema();
  const backup = admit({ perField: false } as InstanceAccess, key, [row], provenance)[0];
  if (backup === undefined) throw new Error('no backup');
  const sources: Record<string, unknown> = {
    ClusterBackup: backup,
    ShardBackup: new AdmittedShardBackup(shard, backup),
    ShardBackupConnection: { nodes: [], totalCount: 0 },
  };
  for (const [typeName, { fields }] of Object.entries(KEPT_FIELDS)) {
    const type = schema.getType(typeName) as GraphQLObjectType;
    for (const name of fields) {
      const field = type.getFields()[name];
      expect(field, `${typeName}.${name}`).toBeDefined();
      expect(() => field?.resolve?.(sources[typeName], {}, untouchable, untouchable)).not.toThrow();
    }
  }
  const named = Object.values(KEPT_FIELDS).flatMap(({ fields }): readonly string[] => fields);
  for (const name of [
    'downloadUrl',
    'internalDownloadUrl',
    'cursor',
    'edges',
    'pageInfo',
    'instance',
    'clusterBackup',
  ]) {
    expect(named).not.toContain(name);
  }
  for (const name of Object.keys(KEPT_FIELDS)) expect(isObjectType(schema.getType(name))).toBe(true);
});

it('a row is kept only for those who may read all of it, and only when it was read before', () => {
  const { by } = KEPT_FIELDS.ClusterBackup;
  const admitted = (perField: boolean, ageSeconds: number) =>
    admit({ perField } as InstanceAccess, key, [row], { ...provenance, ageSeconds })[0];
  expect(by(admitted(false, 1))).toBe(row);
  expect(by(admitted(true, 1))).toBeUndefined();
  expect(by(admitted(false, 0))).toBeUndefined();
  expect(by(row)).toBeUndefined();
});
