import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { minute, officialClient, sdk } from './official-client.ts';

const DAY = 86_400_000;
/** The data stands still; signatures are checked by the real clock, which the SDK signs by. */
const NOW = Date.UTC(2026, 5, 15, 9, 26);

let sandbox: Sandbox;
let client: ReturnType<typeof officialClient>;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => NOW, signatureNow: Date.now });
  client = officialClient(sandbox);
});
afterAll(() => sandbox.close());

/** A month of the demo instance. */
function month(change: Record<string, unknown> = {}) {
  const { regionId, instanceId } = sandbox.demo;
  return new sdk.DescribeClusterBackupListRequest({
    regionId,
    instanceId,
    startTime: minute(NOW - 30 * DAY),
    endTime: minute(NOW + 60_000),
    ...change,
  });
}

describe('the official SDK', () => {
  it('reads the regions, in Chinese unless it asks for English', async () => {
    const chinese = await client.describeRegions(new sdk.DescribeRegionsRequest({}));
    const english = await client.describeRegions(new sdk.DescribeRegionsRequest({ acceptLanguage: 'en-US' }));
    const find = (answer: typeof chinese) =>
      answer.body?.regionIds?.KVStoreRegion?.find((region) => region.regionId === 'cn-zhangjiakou');
    expect(find(chinese)).toMatchObject({
      localName: '华北3(张家口)',
      regionEndpoint: 'r-kvstore.cn-zhangjiakou.aliyuncs.com',
      zoneIds: 'cn-zhangjiakou-a,cn-zhangjiakou-b,cn-zhangjiakou-c',
    });
    // the documentation's own example has the line break
    expect(find(english)?.localName).toBe('China (Zhangjiakou)\n');
  });

  it('reads the instances of a region page by page, each once, up to the total', async () => {
    const ids: (string | undefined)[] = [];
    let total = 0;
    for (let pageNumber = 1; pageNumber <= 4; pageNumber++) {
      const request = new sdk.DescribeInstancesRequest({ regionId: 'cn-hangzhou', pageSize: 3, pageNumber });
      const { body } = await client.describeInstances(request);
      total = body?.totalCount ?? 0;
      ids.push(...(body?.instances?.KVStoreInstance ?? []).map((instance) => instance.instanceId));
    }
    expect(total).toBe(10);
    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
    expect(ids[0]).toBe(sandbox.demo.instanceId);
  });

  it('sends tags and finds the instances that have all of them', async () => {
    const request = new sdk.DescribeInstancesRequest({
      regionId: 'cn-hangzhou',
      tag: [
        new sdk.DescribeInstancesRequestTag({ key: 'team', value: 'orders' }),
        new sdk.DescribeInstancesRequestTag({ key: 'env', value: 'prod' }),
      ],
    });
    const { body } = await client.describeInstances(request);
    const rows = body?.instances?.KVStoreInstance ?? [];
    expect(rows.map((row) => row.instanceName)).toContain('orders-cluster');
    for (const row of rows) {
      expect(row.tags?.tag?.map(({ key, value }) => `${key}=${value}`)).toEqual(['team=orders', 'env=prod']);
    }
  });

  it('reads one instance in full', async () => {
    const { body } = await client.describeInstanceAttribute(
      new sdk.DescribeInstanceAttributeRequest({ instanceId: sandbox.demo.instanceId }),
    );
    expect(body?.instances?.DBInstanceAttribute).toHaveLength(1);
    expect(body?.instances?.DBInstanceAttribute?.[0]).toMatchObject({
      instanceId: sandbox.demo.instanceId,
      instanceName: 'orders-cluster',
      architectureType: 'cluster',
      shardCount: 8,
      regionId: 'cn-hangzhou',
    });
  });

  it('walks the pages of the backups to the first short one, newest first, each once', async () => {
    const starts: string[] = [];
    const ids = new Set<string>();
    for (let pageNumber = 1; ; pageNumber++) {
      const { body } = await client.describeClusterBackupList(
        month({ pageSize: 10, pageNumber, noShardBackup: 'True' }),
      );
      const rows = body?.clusterBackups ?? [];
      for (const row of rows) {
        ids.add(row.clusterBackupId ?? '');
        starts.push(row.clusterBackupStartTime ?? '');
        expect(row.backups).toBeUndefined();
      }
      if (rows.length < 10) break;
    }
    expect(starts.length).toBeGreaterThan(30);
    expect(ids.size).toBe(starts.length);
    expect(starts).toEqual([...starts].sort().reverse());
  });

  it('reads a backup for each shard, as large together as the set', async () => {
    const { body } = await client.describeClusterBackupList(month({ pageSize: 50 }));
    const done = body?.clusterBackups?.find((set) => set.clusterBackupStatus === 'OK');
    expect(done?.backups?.map((shard) => shard.instanceName)).toEqual(
      Array.from({ length: 8 }, (_, shard) => `${sandbox.demo.instanceId}-db-${shard}`),
    );
    const sum = done?.backups?.reduce((bytes, shard) => bytes + Number(shard.backupSize), 0);
    expect(sum).toBe(Number(done?.clusterBackupSize));
  });

  it('finds one backup by its id', async () => {
    const all = await client.describeClusterBackupList(month());
    const wanted = all.body?.clusterBackups?.[7]?.clusterBackupId;
    const { body } = await client.describeClusterBackupList(
      month({ clusterBackupId: wanted, startTime: '2015-01-01T00:00Z' }),
    );
    expect(body?.clusterBackups?.map((set) => set.clusterBackupId)).toEqual([wanted]);
  });

  it.each([
    ['a page size outside the list', { pageSize: 7 }, 'InvalidParameter', 400],
    ['no start time', { startTime: undefined }, 'MissingStartTime', 400],
    ['no end time', { endTime: '' }, 'MissingEndTime', 400],
    ['no region', { regionId: undefined }, 'MissingRegionId', 400],
    ['no instance', { instanceId: undefined }, 'MissingInstanceId', 400],
    ['a start time of another form', { startTime: '2024-01-10' }, 'InvalidStartTime.Malformed', 400],
    ['a day that does not exist', { endTime: '2024-02-31T00:00Z' }, 'InvalidEndTime.Malformed', 400],
    ['an end before the start', { endTime: '2015-01-01T00:00Z' }, 'InvalidEndTime', 400],
    ['an unknown region', { regionId: 'xx-nowhere-1' }, 'InvalidRegion.NotFound', 404],
    ['an unknown instance', { instanceId: 'r-bp1unknown0000001' }, 'InvalidInstanceId.NotFound', 404],
    ['an instance of another region', { regionId: 'cn-beijing' }, 'InvalidInstanceId.NotFound', 404],
    ['page number 0', { pageNumber: 0 }, 'InvalidParameter', 400],
    ['a NoShardBackup that is neither', { noShardBackup: 'maybe' }, 'InvalidParameter', 400],
  ])('is told of %s', async (_what, change, code, statusCode) => {
    await expect(client.describeClusterBackupList(month(change))).rejects.toMatchObject({ code, statusCode });
  });

  it('names the parameter that is wrong', async () => {
    await expect(client.describeClusterBackupList(month({ pageSize: 7 }))).rejects.toThrow(/PageSize/);
  });

  it.each([
    ['a wrong secret', { accessKeySecret: 'wrong' }, 'SignatureDoesNotMatch', 400],
    ['an unknown key', { accessKeyId: 'nobody' }, 'InvalidAccessKeyId.NotFound', 404],
    [
      'a token that the key does not have',
      { securityToken: 'CAIS' },
      'InvalidSecurityToken.MismatchWithAccessKey',
      400,
    ],
  ])('is refused with %s', async (_what, credentials, code, statusCode) => {
    const stranger = officialClient(sandbox, credentials);
    await expect(stranger.describeRegions(new sdk.DescribeRegionsRequest({}))).rejects.toMatchObject({
      code,
      statusCode,
    });
  });

  it('signs text that needs encoding so that the sandbox agrees', async () => {
    const searchKey = 'a b*c~d+e/f=g&h%i!j\'k(l)m"n 订单';
    const { body } = await client.describeInstances(new sdk.DescribeInstancesRequest({ searchKey }));
    expect(body?.totalCount).toBe(0);
    expect(sandbox.calls.recent('DescribeInstances').at(-1)?.parameters.SearchKey).toBe(searchKey);
  });
});
