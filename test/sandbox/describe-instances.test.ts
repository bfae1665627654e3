import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { signedCall } from './signed-call.ts';

type Row = Record<string, unknown> & { InstanceId: string; Tags: { Tag: { Key: string; Value: string }[] } };

let sandbox: Sandbox;
let all: Row[];
beforeAll(async () => {
  sandbox = await startSandbox({ instances: 300 });
  all = [];
  for (let page = 1; page <= 6; page++) all.push(...(await rows({ PageSize: '50', PageNumber: String(page) })));
});
afterAll(() => sandbox.close());

async function reply(parameters: Record<string, string>) {
  return signedCall(sandbox, { action: 'DescribeInstances', method: 'POST', parameters });
}

async function rows(parameters: Record<string, string>): Promise<Row[]> {
  const { status, json, text } = await reply(parameters);
  expect(status, text).toBe(200);
  return json.Instances.KVStoreInstance;
}

describe('DescribeInstances', () => {
  it('has clusters, other architectures, several regions, versions, editions and states', () => {
    expect(new Set(all.map((row) => row.InstanceId)).size).toBe(300);
    const kinds = (field: string) => new Set(all.map((row) => String(row[field])));
    expect(kinds('ArchitectureType')).toEqual(new Set(['cluster', 'standard', 'rwsplit']));
    expect(kinds('EditionType')).toEqual(new Set(['Community', 'Enterprise']));
    expect(kinds('RegionId').size).toBeGreaterThanOrEqual(8);
    expect(kinds('InstanceStatus').size).toBeGreaterThanOrEqual(4);
    // 4.0 arrives as the number 4
    expect(kinds('EngineVersion')).toEqual(new Set(['4', '5.0', '6.0', '7.0']));
    expect(all.filter((row) => row.ArchitectureType === 'cluster').length).toBeGreaterThan(200);
  });

  it.each([
    ['InstanceStatus', 'Inactive'],
    ['ArchitectureType', 'standard'],
    ['EditionType', 'Enterprise'],
    ['InstanceType', 'Tair'],
    ['ChargeType', 'PrePaid'],
    ['EngineVersion', '7.0'],
    ['NodeType', 'double'],
    ['RegionId', 'ap-southeast-1'],
    ['NetworkType', 'VPC'],
    ['ZoneId', 'cn-beijing-k'],
  ])('filters by %s', async (name, value) => {
    const expected = all.filter((row) => row[name] === value).map((row) => row.InstanceId);
    const { json } = await reply({ [name]: value, PageSize: '50' });
    expect(expected.length).toBeGreaterThan(0);
    expect(json.TotalCount).toBe(expected.length);
    expect(json.Instances.KVStoreInstance.map((row: Row) => row.InstanceId)).toEqual(expected.slice(0, 50));
  });

  it.each(['VpcId', 'VSwitchId', 'PrivateIp', 'ResourceGroupId', 'InstanceClass'])(
    'filters by the %s of an instance',
    async (name) => {
      const value = String(all[17]?.[name]);
      const found = await rows({ [name]: value, PageSize: '50' });
      expect(found.map((row) => row[name])).toEqual(found.map(() => value));
      expect(found.length).toBe(Math.min(50, all.filter((row) => row[name] === value).length));
    },
  );

  it('searches in names and ids', async () => {
    expect((await rows({ SearchKey: 'payments' })).map((row) => row.InstanceName)).toContain('payments-cluster');
    const instanceId = all[42]?.InstanceId ?? '';
    expect((await rows({ SearchKey: instanceId.slice(4, 14) })).map((row) => row.InstanceId)).toEqual([instanceId]);
    expect(await rows({ SearchKey: 'no such thing' })).toEqual([]);
  });

  it('filters by several ids, leaving out the unknown ones', async () => {
    const [first, second] = [all[3]?.InstanceId, all[200]?.InstanceId];
    const found = await rows({ InstanceIds: `${first},r-bp1unknown0000001,${second}` });
    expect(found.map((row) => row.InstanceId)).toEqual([first, second]);
  });

  it('filters by tags, by key alone too', async () => {
    const tagged = await rows({
      RegionId: 'cn-shanghai',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'growth',
      PageSize: '50',
    });
    const inShanghai = all.filter((row) => row.RegionId === 'cn-shanghai');
    const growth = inShanghai.filter((row) => row.Tags.Tag.some((tag) => tag.Key === 'team' && tag.Value === 'growth'));
    expect(growth.length).toBeGreaterThan(0);
    expect(tagged.map((row) => row.InstanceId)).toEqual(growth.map((row) => row.InstanceId));
    const { json } = await reply({ RegionId: 'cn-shanghai', 'Tag.1.Key': 'env' });
    expect(json.TotalCount).toBe(inShanghai.filter((row) => row.Tags.Tag.length > 0).length);
  });

  it('tells expired subscriptions from the others', async () => {
    const expired = await rows({ Expired: 'true', PageSize: '50' });
    expect(expired.length).toBeGreaterThan(0);
    for (const row of expired) {
      expect(row.ChargeType).toBe('PrePaid');
      expect(Date.parse(String(row.EndTime))).toBeLessThan(Date.now());
    }
    const { json } = await reply({ Expired: 'false' });
    expect(json.TotalCount).toBe(300 - expired.length);
  });

  it('answers a page behind the last one with no rows and the same total', async () => {
    const { json } = await reply({ PageNumber: '99' });
    expect(json).toMatchObject({ PageNumber: 99, PageSize: 30, TotalCount: 300, Instances: { KVStoreInstance: [] } });
  });

  it('takes parameters from a form as well as from the query, by GET as well as by POST', async () => {
    const form = { RegionId: 'cn-hangzhou', PageSize: '5' };
    const posted = await signedCall(sandbox, { action: 'DescribeInstances', method: 'POST', form });
    const got = await signedCall(sandbox, { action: 'DescribeInstances', method: 'GET', parameters: form });
    expect(posted.json.Instances.KVStoreInstance).toHaveLength(5);
    expect(got.json.Instances).toEqual(posted.json.Instances);
  });

  it.each([
    [
      'more than 30 ids',
      { InstanceIds: Array.from({ length: 31 }, (_, n) => `r-bp1x${n}`).join(',') },
      'InvalidInstanceIds.Malformed',
    ],
    ['an id that cannot be one', { InstanceIds: 'r-bp1x,R BAD' }, 'InvalidInstanceIds.Malformed'],
    ['a page size over 50', { PageSize: '51' }, 'InvalidParameter'],
    ['page size 0', { PageSize: '0' }, 'InvalidParameter'],
    ['a page number that is no number', { PageNumber: 'one' }, 'InvalidParameter'],
    ['an unknown status', { InstanceStatus: 'NORMAL' }, 'InvalidParameter'],
    ['tags without a region', { 'Tag.1.Key': 'team' }, 'MissingRegionId'],
    [
      'six tags',
      { RegionId: 'cn-hangzhou', ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`Tag.${n}.Key`, `k${n}`])) },
      'InvalidParameter',
    ],
    ['a tag without a key', { RegionId: 'cn-hangzhou', 'Tag.1.Value': 'x' }, 'InvalidParameter'],
  ])('refuses %s', async (_what, parameters, code) => {
    const { status, json } = await reply(parameters as Record<string, string>);
    expect([status, json.Code]).toEqual([400, code]);
  });

  it('does not know an instance of another world', async () => {
    const { status, json } = await signedCall(sandbox, {
      action: 'DescribeInstanceAttribute',
      parameters: { InstanceId: 'r-bp1unknown0000001' },
    });
    expect([status, json.Code]).toEqual([404, 'InvalidInstanceId.NotFound']);
    const missing = await signedCall(sandbox, { action: 'DescribeInstanceAttribute' });
    expect([missing.status, missing.json.Code]).toEqual([400, 'MissingInstanceId']);
  });
});
