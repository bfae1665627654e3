import { ApiError, invalid, missing } from '../calls/api-error.ts';
import { numberedObjects, optionalBoolean, optionalChoice, optionalCount, optionalText } from '../calls/parameters.ts';
import { findInstance, type Instance, instanceAt } from '../data/instances.ts';
import { findRegion, regionOfIndex } from '../data/regions.ts';
import type { ActionContext } from './action.ts';
import { instanceFields } from './instance-fields.ts';

const DEFAULT_PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 50;
const MAX_INSTANCE_IDS = 30;
const MAX_TAGS = 5;

const STATUSES = [
  'Normal',
  'Creating',
  'Changing',
  'Inactive',
  'Flushing',
  'Released',
  'Transforming',
  'Migrating',
  'BackupRecovering',
  'MinorVersionUpgrading',
  'NetworkModifying',
  'SSLModifying',
  'MajorVersionUpgrading',
];

type Filter = (instance: Instance) => boolean;

export function describeInstances(context: ActionContext): Record<string, unknown> {
  const { parameters } = context;
  const pageSize = optionalCount(parameters, 'PageSize') ?? DEFAULT_PAGE_SIZE;
  if (pageSize > MAX_PAGE_SIZE) throw invalid('PageSize');
  const pageNumber = optionalCount(parameters, 'PageNumber') ?? 1;
  const regionId = optionalText(parameters, 'RegionId');
  if (regionId !== undefined && !findRegion(regionId)) throw new ApiError('InvalidRegion.NotFound');
  const filters = filtersOf(parameters, context.now);
  const instanceIds = instanceIdsOf(parameters);

  const first = (pageNumber - 1) * pageSize;
  const page: Instance[] = [];
  let total = 0;
  for (const candidate of candidatesOf(context, regionId, instanceIds)) {
    const onPage = total >= first && page.length < pageSize;
    // without filters an instance off the page only counts, and need not be made
    if (filters.length > 0 || onPage) {
      const instance = candidate();
      if (!filters.every((filter) => filter(instance))) continue;
      if (onPage) page.push(instance);
    }
    total += 1;
  }
  return {
    PageNumber: pageNumber,
    PageSize: pageSize,
    TotalCount: total,
    Instances: { KVStoreInstance: page.map(rowOf) },
  };
}

function rowOf(instance: Instance): Record<string, unknown> {
  return {
    ...instanceFields(instance),
    ConnectionMode: 'Standard',
    UserName: instance.instanceId,
    HasRenewChangeOrder: false,
    EditionType: instance.editionType,
    ...(instance.shardClass !== undefined && { ShardClass: instance.shardClass }),
  };
}

function* candidatesOf(
  { world, now }: ActionContext,
  regionId: string | undefined,
  instanceIds: readonly string[] | undefined,
): Generator<() => Instance> {
  if (instanceIds) {
    for (const instanceId of instanceIds) {
      const instance = findInstance(world, instanceId, now);
      if (instance && (regionId === undefined || instance.regionId === regionId)) yield () => instance;
    }
    return;
  }
  for (let index = 0; index < world.instanceCount; index++) {
    if (regionId === undefined || regionOfIndex(index).regionId === regionId) yield () => instanceAt(world, index, now);
  }
}

/** Unknown ids are just not in the answer; too many, or what cannot be an id, is an error. */
function instanceIdsOf(parameters: ActionContext['parameters']): string[] | undefined {
  const text = optionalText(parameters, 'InstanceIds');
  if (text === undefined) return undefined;
  const instanceIds = text.split(',').map((id) => id.trim());
  if (instanceIds.length > MAX_INSTANCE_IDS || !instanceIds.every((id) => /^[a-z]{1,8}-[a-z0-9]{1,60}$/.test(id))) {
    throw new ApiError('InvalidInstanceIds.Malformed');
  }
  return [...new Set(instanceIds)];
}

function filtersOf(parameters: ActionContext['parameters'], now: number): Filter[] {
  const filters: Filter[] = [];
  const equal = (value: string | undefined, of: (instance: Instance) => string | undefined) => {
    if (value !== undefined) filters.push((instance) => of(instance) === value);
  };
  const choice = (name: string, choices: readonly string[]) => optionalChoice(parameters, name, choices);
  const text = (name: string) => optionalText(parameters, name);
  equal(choice('InstanceStatus', STATUSES), (instance) => instance.status);
  equal(choice('InstanceType', ['Tair', 'Redis', 'Memcache']), (instance) => instance.instanceType);
  equal(choice('EditionType', ['Community', 'Enterprise']), (instance) => instance.editionType);
  equal(choice('ArchitectureType', ['cluster', 'standard', 'rwsplit']), (instance) => instance.architectureType);
  equal(choice('EngineVersion', ['2.8', '4.0', '5.0', '6.0', '7.0']), (instance) => instance.engineVersion);
  equal(choice('NodeType', ['MASTER_SLAVE', 'STAND_ALONE', 'double', 'single']), (instance) => instance.nodeType);
  equal(choice('ChargeType', ['PrePaid', 'PostPaid']), (instance) => instance.chargeType);
  equal(choice('NetworkType', ['CLASSIC', 'VPC']), (instance) => instance.networkType);
  equal(text('InstanceClass'), (instance) => instance.instanceClass);
  equal(text('VpcId'), (instance) => instance.vpcId);
  equal(text('VSwitchId'), (instance) => instance.vSwitchId);
  equal(text('ZoneId'), (instance) => instance.zoneId);
  equal(text('PrivateIp'), (instance) => instance.privateIp);
  equal(text('ResourceGroupId'), (instance) => instance.resourceGroupId);
  const search = text('SearchKey');
  if (search !== undefined)
    filters.push(({ name, instanceId }) => name.includes(search) || instanceId.includes(search));
  const expired = optionalBoolean(parameters, 'Expired');
  if (expired !== undefined) filters.push(({ endTime }) => (endTime !== undefined && endTime <= now) === expired);
  // none of the world's instances is part of a global one
  if (optionalBoolean(parameters, 'GlobalInstance') === true) filters.push(() => false);
  return [...filters, ...tagFiltersOf(parameters)];
}

function tagFiltersOf(parameters: ActionContext['parameters']): Filter[] {
  const tags = numberedObjects(parameters, 'Tag');
  if (tags.length > MAX_TAGS) throw invalid('Tag');
  if (tags.length > 0 && optionalText(parameters, 'RegionId') === undefined) throw missing('RegionId');
  return tags.map(({ Key, Value }): Filter => {
    if (!Key) throw invalid('Tag');
    return (instance) => instance.tags.some((tag) => tag.key === Key && (Value === undefined || tag.value === Value));
  });
}
