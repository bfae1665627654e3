import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../upstream/call.ts';
import { describeClusterBackupList } from '../../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../../upstream/operations/describe-instances.ts';
import { describeRegions } from '../../upstream/operations/describe-regions.ts';
import type { ClusterBackupListQuery, InstancesQuery } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../upstream/upstream-error.ts';
import {
  type AnsweringServer,
  answeringServer,
  answerJson,
  attemptAt,
  failureOf,
  forever,
  plainCall,
} from './answering-server.ts';

// Answers made up after the published examples, oddities included; the errors carry their status and headers.
const folder = new URL('data/samples/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace('.json', ''));

interface ErrorSample {
  httpStatus: number;
  headers: Record<string, string>;
  body: { RequestId: string; Code: string; Message: string };
}

function sample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

const where = { accountId: '1234567890123456', regionId: 'cn-zhangjiakou' };
const backups: ClusterBackupListQuery = {
  ...where,
  instanceId: 'r-t4nj72oug5r5646qog',
  startTime: Date.UTC(2024, 0, 1),
  endTime: Date.UTC(2024, 1, 1),
  pageSize: 30,
  pageNumber: 1,
  withShards: true,
  withLinks: true,
};
const instances: InstancesQuery = { ...where, pageSize: 30, pageNumber: 1 };

let server: AnsweringServer;
let attempt: ReturnType<typeof attemptAt>;

beforeAll(async () => {
  server = await answeringServer((request, response) => {
    const name = new URL(request.url ?? '', 'http://any').searchParams.get('SampleName') as string;
    if (!name.startsWith('error-')) return answerJson(response, 200, sample(name));
    const { httpStatus, headers, body } = sample(name) as ErrorSample;
    const filled = Object.entries(headers).map(([key, value]) => [key, value.replace('{RequestId}', body.RequestId)]);
    return answerJson(response, httpStatus, body, Object.fromEntries(filled));
  });
  attempt = attemptAt(server.url);
});
afterAll(async () => {
  await attempt.close();
  await server.close();
});

function ask<Request, Value>(name: string, operation: Operation<Request, Value>, request: Request): Promise<Value> {
  const parameters = { ...operation.parameters(request), SampleName: name };
  const call = { ...where, action: operation.action, method: operation.method, parameters };
  return attempt({ ...call, parse: (body: unknown) => operation.parse(body, request) }, forever);
}

describe('a sample of backups becomes rows', () => {
  const list = describeClusterBackupList();

  it('with three sets of eight shards', async () => {
    const page = await ask('dcbl-8-shards-3-backups', list, backups);
    expect(page).toMatchObject({ fullStorageBytes: 1_598_029_824, logStorageBytes: 0 });
    expect(page.rows).toHaveLength(3);
    expect(page.rows.map(({ shardBackups }) => shardBackups?.length)).toEqual([8, 8, 8]);
    expect(page.rows.map(({ mode }) => mode)).toContain('MANUAL');
    expect(page.rows.every(({ faults }) => faults === undefined)).toBe(true);
    const { shardBackups, ...set } = page.rows[0] as ClusterBackupRow;
    expect(set).toEqual({
      clusterBackupId: 'cb-zmdqj2m3xyxjtdt0',
      status: 'OK',
      mode: 'AUTOMATED',
      isAvailable: true,
      sizeBytes: 532_676_608,
      startTime: '2024-01-10T17:21:25Z',
      endTime: '2024-01-10T17:21:58Z',
      expectedExpireTime: '2024-01-17T17:21:58Z',
      progressPercent: null,
      shardMemoryMegabytes: 1024,
    });
    expect(shardBackups?.[0]).toEqual({
      backupId: '514646000',
      name: 'hins100322100_data_20240111012130.rdb',
      instanceName: 'r-t4nj72oug5r5646qog-db-0',
      status: 'OK',
      isAvailable: true,
      sizeBytes: 62_914_560,
      startTime: '2024-01-10T17:21:30Z',
      endTime: '2024-01-10T17:21:50Z',
      engine: 'redis',
      engineVersion: '5.0',
      downloadUrl:
        'http://rdsbakbucket-huhehaote-v2.oss-cn-huhehaote.aliyuncs.com/custins424747950/hins100322100_data_20240111012130.rdb',
      internalDownloadUrl:
        'http://rdsbakbucket-huhehaote-v2.oss-cn-huhehaote-internal.aliyuncs.com/custins424747950/hins100322100_data_20240111012130.rdb',
    });
    const total = shardBackups?.reduce((sum, shard) => sum + (shard.sizeBytes ?? 0), 0);
    expect(total).toBe(set.sizeBytes);
  });

  it('without shards where none were asked for', async () => {
    const page = await ask('dcbl-no-shard-backup', list, { ...backups, withShards: false });
    expect(page.rows.length).toBeGreaterThan(0);
    expect(page.rows.every(({ shardBackups }) => shardBackups === null)).toBe(true);
  });

  it('while it runs, with its progress and the shards that are there', async () => {
    const { rows } = await ask('dcbl-running-progress', list, backups);
    expect(rows[0]).toMatchObject({
      status: 'RUNNING',
      isAvailable: false,
      sizeBytes: 0,
      endTime: null,
      progressPercent: 37,
    });
    expect(rows[0]?.shardBackups).toHaveLength(2);
  });

  it('when it failed, with the shard that did', async () => {
    const { rows } = await ask('dcbl-failed', list, backups);
    expect(rows[0]).toMatchObject({ status: 'FAILED', isAvailable: false });
    const failed = rows[0]?.shardBackups?.filter(({ status }) => status === 'ERROR');
    expect(failed).toHaveLength(1);
    expect(failed?.[0]).toMatchObject({ isAvailable: false, downloadUrl: null, internalDownloadUrl: null });
  });

  it('from an empty list, and from the published example', async () => {
    expect(await ask('dcbl-empty', list, backups)).toEqual({ rows: [], fullStorageBytes: 0, logStorageBytes: 0 });
    const { rows } = await ask('dcbl-seed-document-example', list, backups);
    expect(rows[0]).toMatchObject({ sizeBytes: 2048, progressPercent: 100, expectedExpireTime: null });
    expect(rows[0]?.shardBackups?.[0]?.endTime).toBe('2024-01-09T17:21:57Z');
  });
});

describe('a sample of instances or regions becomes rows', () => {
  it('with three instances', async () => {
    const page = await ask('describe-instances-3', describeInstances(), instances);
    expect(page.totalCount).toBe(3);
    expect(page.rows.map(({ shardCount, status }) => [shardCount, status])).toEqual([
      [8, 'NORMAL'],
      [4, 'NORMAL'],
      [null, 'CHANGING'],
    ]);
    expect(page.rows.map(({ expireTime }) => expireTime)).toEqual([null, '2025-06-13T16:00:00Z', null]);
    expect(page.rows[0]).toEqual({
      instanceId: 'r-t4nj72oug5r5646qog',
      regionId: 'cn-zhangjiakou',
      name: 'orders-cluster',
      status: 'NORMAL',
      engineVersion: '5.0',
      architectureType: 'CLUSTER',
      editionType: 'COMMUNITY',
      instanceClass: 'redis.shard.small.ce',
      shardCount: 8,
      capacityMegabytes: 8192,
      chargeType: 'POST_PAID',
      createTime: '2023-11-07T08:49:00Z',
      expireTime: null,
      zoneId: 'cn-zhangjiakou-a',
      vpcId: 'vpc-bp1nme44gek34slfc0001',
      vSwitchId: 'vsw-bp1e7clcw529l773d0001',
      networkType: 'VPC',
      nodeType: 'MASTER_SLAVE',
      connectionDomain: 'r-t4nj72oug5r5646qog.redis.rds.aliyuncs.com',
      port: 6379,
      resourceGroupId: 'rg-acfmyiu4ekp0001',
      tags: [{ key: 'team', value: 'dev' }],
    });
  });

  it('with no instance at all', async () => {
    expect(await ask('describe-instances-empty', describeInstances(), instances)).toEqual({ rows: [], totalCount: 0 });
  });

  it('with regions', async () => {
    expect(await ask('describe-regions', describeRegions, where)).toEqual([
      { regionId: 'cn-hangzhou', name: '华东1(杭州)', endpoint: 'r-kvstore.aliyuncs.com' },
      { regionId: 'cn-zhangjiakou', name: '华北3(张家口)', endpoint: 'r-kvstore.cn-zhangjiakou.aliyuncs.com' },
    ]);
  });

  it('or passes through where no operation of ours reads it', async () => {
    for (const name of ['create-backup', 'describe-backup-policy', 'describe-instance-attribute']) {
      const call = plainCall({ parameters: { SampleName: name } });
      expect(await attempt(call, forever)).toEqual(sample(name));
    }
  });
});

describe('a sample of an error becomes an error of its kind', () => {
  const kinds: Record<string, [UpstreamErrorKind, { retryable?: true; retryAfterMs?: number }?]> = {
    'error-forbidden-access-key-disabled': ['error'],
    'error-forbidden-ram-explicit': ['error'],
    'error-forbidden-ram-implicit': ['error'],
    'error-inactive-access-key': ['error'],
    'error-incomplete-signature': ['error'],
    'error-incorrect-instance-state': ['error'],
    'error-instance-ids-malformed': ['error'],
    'error-internal-error': ['unavailable', { retryable: true }],
    'error-invalid-access-key': ['error'],
    'error-invalid-action': ['error'],
    'error-invalid-api-not-found': ['error'],
    'error-invalid-end-time': ['error'],
    'error-invalid-instance-id-not-found': ['not-found'],
    'error-invalid-parameter': ['error'],
    'error-invalid-start-time': ['error'],
    'error-invalid-timestamp-expired': ['error'],
    'error-invalid-timestamp-format': ['error'],
    'error-missing-instance-id': ['error'],
    'error-missing-parameter': ['error'],
    'error-no-permission-session-policy': ['error'],
    'error-security-token-expired': ['error'],
    'error-security-token-malformed': ['error'],
    'error-security-token-mismatch': ['error'],
    'error-service-unavailable': ['unavailable', { retryable: true }],
    'error-signature-does-not-match': ['error'],
    'error-signature-nonce-used': ['error', { retryable: true }],
    'error-throttling': ['throttled', { retryable: true, retryAfterMs: 1000 }],
    'error-throttling-api': ['throttled', { retryable: true, retryAfterMs: 1000 }],
    'error-throttling-user': ['throttled', { retryable: true, retryAfterMs: 1000 }],
  };

  it('of which all are tried', () => {
    expect(names.filter((name) => name.startsWith('error-')).sort()).toEqual(Object.keys(kinds).sort());
  });

  for (const [name, [kind, { retryable = false, retryAfterMs } = {}]] of Object.entries(kinds)) {
    it(`${name}: ${kind}${retryable ? ', worth another try' : ''}`, async () => {
      const { httpStatus, body } = sample(name) as ErrorSample;
      const error = await failureOf(ask(name, describeClusterBackupList(), backups));
      expect(error).toBeInstanceOf(UpstreamError);
      const { RequestId: requestId, Code: code } = body;
      expect(error).toMatchObject({ kind, retryable, httpStatus, requestId, code });
      expect(error.retryAfterMs).toBe(retryAfterMs);
      expect(error.message).toContain(code);
      for (const secret of ['key-id', 'key-secret', 'aliyuncs', 'StringToSign', '59694400', 'http', body.Message]) {
        expect(error.message).not.toContain(secret);
      }
    });
  }
});
