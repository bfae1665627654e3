import type { Instance } from '../data/instances.ts';
import { wireTime } from './wire-time.ts';

/** The fields that `DescribeInstances` and `DescribeInstanceAttribute` have in common. */
export function instanceFields(instance: Instance): Record<string, unknown> {
  const { instanceId, shardCount } = instance;
  return {
    VpcId: instance.vpcId,
    PrivateIp: instance.privateIp,
    Capacity: shardCount * instance.shardMemoryMegabytes,
    CreateTime: wireTime(instance.createTime),
    ConnectionDomain: `${instanceId}.redis.rds.aliyuncs.com`,
    IsRds: instance.architectureType !== 'cluster',
    ChargeType: instance.chargeType,
    ArchitectureType: instance.architectureType,
    NetworkType: instance.networkType,
    Port: 6379,
    // declared a text, but the documentation's example has the number 4
    EngineVersion: instance.engineVersion === '4.0' ? 4 : instance.engineVersion,
    PackageType: 'standard',
    Bandwidth: 96 * shardCount,
    InstanceName: instance.name,
    QPS: 100_000 * shardCount,
    InstanceClass: instance.instanceClass,
    InstanceId: instanceId,
    InstanceType: instance.instanceType,
    RegionId: instance.regionId,
    EndTime: instance.endTime === undefined ? '' : wireTime(instance.endTime),
    VSwitchId: instance.vSwitchId,
    NodeType: instance.nodeType,
    Connections: 10_000 * shardCount,
    ResourceGroupId: instance.resourceGroupId,
    ZoneId: instance.zoneId,
    InstanceStatus: instance.status,
    Config: JSON.stringify({ EvictionPolicy: 'volatile-lru', 'maxmemory-policy': 'volatile-lru' }),
    Tags: { Tag: instance.tags.map(({ key, value }) => ({ Key: key, Value: value })) },
    ...(instance.secondaryZoneId !== undefined && { SecondaryZoneId: instance.secondaryZoneId }),
    ...(instance.architectureType === 'cluster' && { ShardCount: shardCount, ReplicaCount: 1 }),
    ...(instance.architectureType === 'rwsplit' && { ReadOnlyCount: 1 }),
  };
}
