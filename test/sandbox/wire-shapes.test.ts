import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { listAllBackups, listBackups, listReply, type WireBackup } from './backup-list.ts';
import { signedCall } from './signed-call.ts';

const NOW = Date.UTC(2024, 6, 1, 9, 26);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => NOW, instances: 60 });
});
afterAll(() => sandbox.close());

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../upstream/data/samples/${name}.json`, import.meta.url), 'utf8'));
}

/** The names of fields and the kinds of their values: `{ ClusterBackups: [{ IsAvail: 'number' }] }`; of a list the first row. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

/** Asserts that an answer has at least the sample's fields, with values of the same kinds. */
function expectShape(answer: unknown, name: string): void {
  expect(shapeOf(answer)).toMatchObject(shapeOf(sample(name)) as object);
}

async function withStatus(status: string, NoShardBackup: string): Promise<WireBackup & { page: unknown }> {
  const all = await listAllBackups(sandbox, NOW, { NoShardBackup });
  const found = all.find((set) => set.ClusterBackupStatus === status);
  const { json } = await listReply(sandbox, NOW, { ClusterBackupId: found?.ClusterBackupId ?? '', NoShardBackup });
  return { ...json.ClusterBackups[0], page: json };
}

describe('the shapes of the published samples', () => {
  it('hold for a page of backups with shards', async () => {
    expectShape((await withStatus('OK', 'False')).page, 'dcbl-8-shards-3-backups');
  });

  it('hold for a page without shards', async () => {
    const set = await withStatus('OK', 'true');
    expectShape(set.page, 'dcbl-no-shard-backup');
    expect(set).not.toHaveProperty('Backups');
  });

  it('hold for a running backup', async () => {
    const set = await withStatus('RUNNING', 'false');
    expectShape(set.page, 'dcbl-running-progress');
    expect(Object.keys(set)).not.toContain('ExpectExpireTime');
    expect(set.Backups?.length).toBeLessThan(8);
  });

  it('hold for a failed backup', async () => {
    expectShape((await withStatus('Failed', 'False')).page, 'dcbl-failed');
  });

  it('hold for an empty page', async () => {
    const { json } = await listReply(sandbox, NOW, { EndTime: '2015-01-02T00:00Z' });
    expectShape(json, 'dcbl-empty');
    expect(json).toMatchObject({ MaxResults: 0, ClusterBackups: [] });
  });

  it('hold for instances, one instance and regions', async () => {
    const answer = async (action: string, parameters = {}) =>
      (await signedCall(sandbox, { action, parameters, date: NOW })).json;
    expectShape(await answer('DescribeInstances'), 'describe-instances-3');
    const attribute = await answer('DescribeInstanceAttribute', { InstanceId: sandbox.demo.instanceId });
    expectShape(attribute, 'describe-instance-attribute');
    expectShape(await answer('DescribeRegions'), 'describe-regions');
    expectShape(await answer('DescribeInstances', { SearchKey: 'nothing' }), 'describe-instances-empty');
  });

  it.each([
    ['error-missing-instance-id', { InstanceId: '' }],
    ['error-invalid-parameter', { PageSize: '7' }],
    ['error-invalid-start-time', { StartTime: 'x' }],
    ['error-invalid-end-time', { EndTime: 'x' }],
    ['error-invalid-instance-id-not-found', { InstanceId: 'r-bp1unknown0000001' }],
  ])('hold, with code, status and message, for %s', async (name, parameters) => {
    const { status, headers, json } = await listReply(sandbox, NOW, parameters);
    const { httpStatus, body } = sample(name) as { httpStatus: number; body: Record<string, string> };
    expect(status).toBe(httpStatus);
    expect(json).toEqual({ ...body, RequestId: headers['x-acs-request-id'], HostId: `127.0.0.1:${sandbox.port}` });
  });
});

describe('the oddities of the wire', () => {
  it('are there: texts for sizes below the top level, IsAvail of two kinds, three forms of time', async () => {
    const { json } = await listReply(sandbox, NOW);
    const set = json.ClusterBackups.find((each: WireBackup) => each.ClusterBackupStatus === 'OK') as WireBackup;
    const [shard] = set.Backups ?? [];
    expect(json.FullStorageSize).toBeTypeOf('number');
    expect(set.ClusterBackupSize).toMatch(/^\d+$/);
    expect(shard?.BackupSize).toMatch(/^\d+$/);
    expect([set.IsAvail, shard?.IsAvail]).toEqual([1, '1']);
    expect(set.ClusterBackupEndTime).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect(shard?.BackupStartTime).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect(shard?.BackupEndTime).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
    expect(set.ClusterBackupId).toMatch(/^cb-[a-z0-9]{16}$/);
    expect(shard?.BackupId).toMatch(/^\d+$/);
  });

  it('are there: MaxResults is not a total', async () => {
    const { json } = await listReply(sandbox, NOW, { PageSize: '5' });
    expect(json).toMatchObject({ MaxResults: 5, PageSize: 5, PageNumber: 1 });
    expect(json).not.toHaveProperty('TotalCount');
  });

  it('are there: shards lie within their set, one after the other', async () => {
    const rows = await listBackups(sandbox, NOW, { PageSize: '10' });
    for (const set of rows.filter((each) => each.ClusterBackupStatus === 'OK')) {
      const times = set.Backups?.flatMap((shard) => [shard.BackupStartTime.slice(0, 19), shard.BackupEndTime]) ?? [];
      expect(times).toEqual([...times].sort());
      expect(times[0]).toBe(set.ClusterBackupStartTime.slice(0, 19));
      expect(times.at(-1)).toBe(set.ClusterBackupEndTime?.slice(0, 19));
    }
  });

  it('are there: an instance that is not a cluster has no backups here', async () => {
    const { json } = await signedCall(sandbox, {
      action: 'DescribeInstances',
      date: NOW,
      parameters: { ArchitectureType: 'standard' },
    });
    const { RegionId, InstanceId } = json.Instances.KVStoreInstance[0];
    expect(await listBackups(sandbox, NOW, { RegionId, InstanceId })).toEqual([]);
  });
});
