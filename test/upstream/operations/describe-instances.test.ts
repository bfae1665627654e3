import { describe, expect, it } from 'vitest';
import { describeInstances } from '../../../upstream/operations/describe-instances.ts';
import type { InstancesQuery } from '../../../upstream/rkvstore.ts';
import type { InstanceRow } from '../../../upstream/rows.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';

const query: InstancesQuery = { accountId: '1', regionId: 'cn-hangzhou', pageSize: 30, pageNumber: 1 };
const operation = describeInstances();

function rowOf(instance: object): InstanceRow {
  const body = { TotalCount: 1, Instances: { KVStoreInstance: [{ InstanceId: 'r-1', ...instance }] } };
  return operation.parse(body, query).rows[0] as InstanceRow;
}

describe('the parameters of DescribeInstances', () => {
  it('are region and page where nothing is filtered', () => {
    expect(operation.parameters(query)).toEqual({ RegionId: 'cn-hangzhou', PageSize: '30', PageNumber: '1' });
  });

  it('carry every filter, lists joined and tags numbered from 1', () => {
    const parameters = operation.parameters({
      ...query,
      instanceIds: ['r-1', 'r-2'],
      search: 'orders',
      status: 'BACKUP_RECOVERING',
      architectureType: 'CLUSTER',
      editionType: 'ENTERPRISE',
      engineVersion: '5.0',
      chargeType: 'PRE_PAID',
      vpcId: 'vpc-1',
      vSwitchId: 'vsw-1',
      zoneId: 'cn-hangzhou-h',
      resourceGroupId: 'rg-1',
      expired: false,
      tags: [{ key: 'team', value: 'dev' }, { key: 'empty', value: '' }, { key: 'any' }],
    });
    expect(parameters).toEqual({
      RegionId: 'cn-hangzhou',
      InstanceIds: 'r-1,r-2',
      SearchKey: 'orders',
      InstanceStatus: 'BackupRecovering',
      ArchitectureType: 'cluster',
      EditionType: 'Enterprise',
      EngineVersion: '5.0',
      ChargeType: 'PrePaid',
      VpcId: 'vpc-1',
      VSwitchId: 'vsw-1',
      ZoneId: 'cn-hangzhou-h',
      ResourceGroupId: 'rg-1',
      Expired: 'false',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'dev',
      'Tag.2.Key': 'empty',
      'Tag.2.Value': '',
      'Tag.3.Key': 'any',
      PageSize: '30',
      PageNumber: '1',
    });
  });

  it('refuse to filter by UNKNOWN, which the upstream has no word for', () => {
    expect(() => operation.parameters({ ...query, status: 'UNKNOWN' })).toThrow(UpstreamError);
    expect(() => operation.parameters({ ...query, chargeType: 'UNKNOWN' })).toThrow(UpstreamError);
  });

  it('refuse an empty list of ids, which would ask for all', () => {
    expect(() => operation.parameters({ ...query, instanceIds: [] })).toThrow(UpstreamError);
  });
});

describe('an instance', () => {
  it('has its enumerations in capitals with underscores', () => {
    const status = (sent: string) => rowOf({ InstanceStatus: sent }).status;
    expect(['Normal', 'BackupRecovering', 'SSLModifying', 'MinorVersionUpgrading', 'normal'].map(status)).toEqual([
      'NORMAL',
      'BACKUP_RECOVERING',
      'SSL_MODIFYING',
      'MINOR_VERSION_UPGRADING',
      'NORMAL',
    ]);
    const row = rowOf({
      ChargeType: 'PrePaid',
      ArchitectureType: 'rwsplit',
      EditionType: 'Community',
      NetworkType: 'CLASSIC',
    });
    expect(row).toMatchObject({
      chargeType: 'PRE_PAID',
      architectureType: 'RWSPLIT',
      editionType: 'COMMUNITY',
      networkType: 'CLASSIC',
    });
    expect(status('Hibernating')).toBe('UNKNOWN');
  });

  it('has its port whatever type the number comes in, and none where there is none', () => {
    expect([6379, '6379', '', undefined].map((Port) => rowOf({ Port }).port)).toEqual([6379, 6379, null, null]);
    expect(rowOf({ Port: 'six' })).toMatchObject({ port: null, faults: { port: 'six' } });
  });

  it('may have its version as a number, no tags, and an empty end', () => {
    expect(rowOf({ EngineVersion: 4, EndTime: '', Capacity: '8192' })).toMatchObject({
      engineVersion: '4',
      expireTime: null,
      capacityMegabytes: 8192,
      tags: [],
    });
    for (const Tags of [null, '', {}, { Tag: null }, { Tag: [] }]) {
      const row = rowOf({ Tags });
      expect(row.tags).toEqual([]);
      expect(row).not.toHaveProperty('faults');
    }
  });

  it('has a tag without a value as an empty one, and a fault for tags that are none', () => {
    expect(rowOf({ Tags: { Tag: [{ Key: 'a' }, { Key: 'b', Value: null }] } }).tags).toEqual([
      { key: 'a', value: '' },
      { key: 'b', value: '' },
    ]);
    expect(rowOf({ Tags: { Tag: [{ Value: 'x' }] } })).toMatchObject({
      tags: [],
      faults: { tags: 'not a list of tags' },
    });
  });

  it('is in the region that was asked when it does not say', () => {
    expect(rowOf({}).regionId).toBe('cn-hangzhou');
    expect(rowOf({ RegionId: 'cn-beijing' }).regionId).toBe('cn-beijing');
  });
});

describe('a page of instances', () => {
  it('may have no list', () => {
    for (const Instances of [undefined, null, '', {}, { KVStoreInstance: null }]) {
      expect(operation.parse({ TotalCount: '0', Instances }, query)).toEqual({ rows: [], totalCount: 0 });
    }
  });

  it('is an error without a total, without an id, or where it is an error', () => {
    const bodies = [
      { Instances: { KVStoreInstance: [] } },
      { TotalCount: -1, Instances: { KVStoreInstance: [] } },
      { TotalCount: 1, Instances: { KVStoreInstance: [{}] } },
      { TotalCount: 0, Code: 'InternalError' },
      { TotalCount: 0, Instances: [] },
      [],
    ];
    for (const body of bodies) expect(() => operation.parse(body, query), JSON.stringify(body)).toThrow(UpstreamError);
  });
});
