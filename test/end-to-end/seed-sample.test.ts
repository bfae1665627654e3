import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

// The published sample answer of DescribeClusterBackupList, through the whole way: each of its lines has a field.
const sample = readFileSync(
  new URL('../upstream/data/samples/dcbl-seed-document-example.json', import.meta.url),
  'utf8',
);

let upstream: Server;
let running: RunningGateway;
beforeAll(async () => {
  upstream = createServer((_, response) => {
    response.setHeader('content-type', 'application/json;charset=utf-8');
    response.end(sample);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  running = await runGateway({ UPSTREAM_ENDPOINT: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  upstream.close();
});

it('shows every line of the published sample answer, with its type and unit', async () => {
  const { body } = await running.ask(`{
    instance(instanceId: "r-t4nj72oug5r5646qog", regionId: "cn-zhangjiakou") {
      clusterBackups(startTime: "2018-12-03T07:01:00Z", endTime: "2024-05-13T00:00:00Z") {
        fullStorageBytes
        logStorageBytes
        nodes {
          clusterBackupId status mode isAvailable sizeBytes startTime endTime expectedExpireTime progressPercent shardMemoryMegabytes shardCount
          shardBackups {
            nodes { backupId name instanceName status isAvailable sizeBytes startTime endTime engine engineVersion downloadUrl internalDownloadUrl }
          }
        }
        pageInfo { hasNextPage hasPreviousPage }
      }
    }
  }`);
  expect(body.errors).toBeUndefined();
  expect(body.data.instance.clusterBackups).toEqual({
    fullStorageBytes: 1000,
    logStorageBytes: 5000,
    nodes: [
      {
        clusterBackupId: 'cb-zmdqj2m3xyxjtdt0',
        status: 'OK',
        mode: 'AUTOMATED',
        isAvailable: true,
        sizeBytes: 2048,
        startTime: '2024-01-10T17:21:25Z',
        endTime: '2024-01-10T17:21:55Z',
        expectedExpireTime: null,
        progressPercent: 100,
        shardMemoryMegabytes: 1024,
        shardCount: 1,
        shardBackups: {
          nodes: [
            {
              backupId: '514645788',
              name: 'hins100322105_data_20240110012135.rdb',
              instanceName: 'hins100322105_data_20240108012127.rdb',
              status: 'OK',
              isAvailable: true,
              sizeBytes: 1024,
              startTime: '2024-01-09T17:21:30Z',
              endTime: '2024-01-09T17:21:57Z',
              engine: 'redis',
              engineVersion: '5.0',
              downloadUrl:
                'http://rdsbakbucket-huhehaote-v2.oss-cn-huhehaote.aliyuncs.com/custins424747958/hins100322105_data_20240110012135.rdb',
              internalDownloadUrl:
                'http://rdsbakbucket-huhehaote-v2.oss-cn-huhehaote-internal.aliyuncs.com/custins424747958/hins100322105_data_20240110012135.rdb',
            },
          ],
        },
      },
    ],
    pageInfo: { hasNextPage: false, hasPreviousPage: false },
  });
});
