import { type GraphQLObjectType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { DESCRIBE_CLUSTER_BACKUP_LIST } from '../../permissions/kvstore.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { BackupPage, connectionRequest } from '../../resolvers/cluster-backups/connection.ts';
import { AdmittedShardBackup, admit } from '../../schema/admission.ts';
import { ClusterBackupConnectionPage } from '../../schema/cluster-backup-connection.ts';
import type { Context } from '../../schema/context.ts';
import { createSchema } from '../../schema/index.ts';
import { accessTo, type InstanceAccess } from '../../schema/instance-access.ts';
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

/** A page of that one row, as an operation has it. */
function pageOf(access: InstanceAccess, recalled: boolean): ClusterBackupConnectionPage {
  const selection = { rows: true, shards: false, links: false, hasNextPage: true, totalCount: false, storage: true };
  const request = connectionRequest(key, { first: 1 }, selection, Date.parse('2024-01-11T00:00:00Z'));
  const stretch = { window: request.window, seen: [row], marks: undefined, longest: 0 };
  const content = { rows: [row], stretch, indices: [0], hasNextPage: false, hasPreviousPage: false };
  const page = new BackupPage(request, { content, provenance, recalled }, untouchable);
  return new ClusterBackupConnectionPage(access, request.key, page);
}

it('what is kept of a row or a page asks nobody, and reads no link, no total and no instance', () => {
  const schema = createSchema();
  const backup = admit({ perField: false } as InstanceAccess, key, [row], provenance)[0];
  if (backup === undefined) throw new Error('no backup');
  const page = pageOf(backup.access, true);
  const sources: Record<string, unknown> = {
    ClusterBackupConnection: page,
    ClusterBackupEdge: { node: backup, page, index: 0 },
    PageInfo: page,
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
  for (const name of ['downloadUrl', 'internalDownloadUrl', 'instance', 'clusterBackup']) {
    expect(named).not.toContain(name);
  }
  // They depend on the page's arguments, which what is kept of a row is not kept by.
  const ofRows = ['ClusterBackup', 'ShardBackupConnection', 'ShardBackup'] as const;
  for (const name of ['cursor', 'edges', 'pageInfo']) {
    expect(ofRows.flatMap((type): readonly string[] => KEPT_FIELDS[type].fields)).not.toContain(name);
  }
  expect(KEPT_FIELDS.ClusterBackupConnection.fields).not.toContain('totalCount');
  for (const name of Object.keys(KEPT_FIELDS)) expect(isObjectType(schema.getType(name))).toBe(true);
});

it('a row is kept only for those who may read all that is selected of it, and only when it was read before', async () => {
  const { by } = KEPT_FIELDS.ClusterBackup;
  const access = await accessWithout('ShardBackup.sizeBytes');
  const admitted = (ageSeconds: number) => admit(access, key, [row], { ...provenance, ageSeconds })[0];
  const status = ['ClusterBackup.status', 'ClusterBackup.shardBackups', 'ShardBackup.status'];
  expect(access.perField).toBe(true);
  expect(by(admitted(1), undefined, status)).toBe(row);
  expect(by(admitted(0), undefined, status)).toBeUndefined();
  expect(by(admitted(1), undefined, [...status, 'ShardBackup.sizeBytes'])).toBeUndefined();
  expect(by(row, undefined, status)).toBeUndefined();
});

it('a page is kept only for those who may read all that is selected of it, and only when it was recalled', async () => {
  const { by } = KEPT_FIELDS.ClusterBackupConnection;
  const access = await accessWithout('ClusterBackupConnection.fullStorageBytes');
  const nodes = ['ClusterBackupConnection.nodes', 'ClusterBackup.status'];
  const recalled = pageOf(access, true);
  expect(by(recalled, undefined, nodes)).toBe(recalled.page.content);
  expect(by(pageOf(access, false), undefined, nodes)).toBeUndefined();
  expect(by(recalled, undefined, [...nodes, 'ClusterBackupConnection.fullStorageBytes'])).toBeUndefined();
  expect(by(recalled.page, undefined, nodes)).toBeUndefined();
});

it('one statement for all decides for every field at once', async () => {
  const access = await accessOf([{ Effect: 'Allow', Action: 'kvstore:*', Resource: '*' }]);
  expect(access.perField).toBe(false);
  expect(access.allowsAll(['ShardBackup.sizeBytes'])).toBe(true);
});

/** Access to everything but one field. */
function accessWithout(field: string): Promise<InstanceAccess> {
  return accessOf([
    { Effect: 'Allow', Action: 'kvstore:*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'kvstore:*',
      Resource: '*',
      Condition: { StringEquals: { 'gateway:Field': field } },
    },
  ]);
}

async function accessOf(statements: readonly object[]): Promise<InstanceAccess> {
  const file = {
    policies: { tried: { Version: '1', Statement: statements } },
    attachments: [{ subject: 'alice', policies: ['tried'] }],
  };
  const principal: Principal = {
    subject: 'alice',
    groups: [],
    sourceIp: '127.0.0.1',
    secureTransport: true,
    mfaPresent: false,
  };
  const policies = parsePolicyFile(JSON.stringify(file)).policies.forPrincipal(principal);
  const context = { permissions: createRequestPermissions(policies, principal) } as unknown as Context;
  return accessTo(context, key, DESCRIBE_CLUSTER_BACKUP_LIST);
}
