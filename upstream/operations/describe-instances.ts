import { z } from 'zod';
import type { Operation } from '../call.ts';
import type { InstancesQuery } from '../rkvstore.ts';
import type { InstancePage, InstanceRow } from '../rows.ts';
import { UpstreamError } from '../upstream-error.ts';
import { enumeration, onceEach, type ReportField, type ReportUnknownValue, readName } from './enumerations.ts';
import { codeIn, readEnvelope, senseless } from './envelope.ts';
import { isAbsent, isWireObject, RowFaults, readCount, readInstant, readText } from './wire-fields.ts';

const ACTION = 'DescribeInstances';

const envelope = z.object({
  TotalCount: z.unknown().optional(),
  // An empty list has been seen as an empty text where an object was due, in APIs of the same family.
  Instances: z.union([z.object({ KVStoreInstance: z.array(z.unknown()).nullish() }), z.literal('')]).nullish(),
});

const tagList = z.object({ Tag: z.array(z.object({ Key: z.string(), Value: z.string().nullish() })).nullish() });

// Source: the value lists of the SDK 6.4.0.
const STATUSES = enumeration(
  'NORMAL',
  'CREATING',
  'CHANGING',
  'INACTIVE',
  'FLUSHING',
  'RELEASED',
  'TRANSFORMING',
  'MIGRATING',
  'BACKUP_RECOVERING',
  'MINOR_VERSION_UPGRADING',
  'NETWORK_MODIFYING',
  'SSL_MODIFYING',
  'MAJOR_VERSION_UPGRADING',
);
const ARCHITECTURES = enumeration('CLUSTER', 'STANDARD', 'RWSPLIT');
const EDITIONS = enumeration('COMMUNITY', 'ENTERPRISE');
const CHARGE_TYPES = enumeration('PRE_PAID', 'POST_PAID');
const NETWORKS = enumeration('VPC', 'CLASSIC');

/** `DescribeInstances` of R-KVStore 2015-01-01: instances of a region, in the upstream's own order. */
export function describeInstances(report: ReportUnknownValue = () => {}): Operation<InstancesQuery, InstancePage> {
  const reportOnce = onceEach(ACTION, report);
  return { action: ACTION, method: 'POST', parameters, parse: (body, query) => readPage(body, query, reportOnce) };
}

/** @throws UpstreamError of kind `invalid` for an empty list of ids, which the upstream would take for no filter */
function parameters(query: InstancesQuery): Record<string, string> {
  if (query.instanceIds?.length === 0) {
    throw new UpstreamError({ kind: 'invalid', message: 'The list of instance ids is empty.' });
  }
  const all: Record<string, string | undefined> = {
    RegionId: query.regionId,
    InstanceIds: query.instanceIds?.join(','),
    SearchKey: query.search,
    InstanceStatus: wireName(query.status),
    ArchitectureType: query.architectureType?.toLowerCase(),
    EditionType: wireName(query.editionType),
    EngineVersion: query.engineVersion,
    ChargeType: wireName(query.chargeType),
    VpcId: query.vpcId,
    VSwitchId: query.vSwitchId,
    ZoneId: query.zoneId,
    ResourceGroupId: query.resourceGroupId,
    Expired: query.expired === undefined ? undefined : String(query.expired),
    PageSize: String(query.pageSize),
    PageNumber: String(query.pageNumber),
  };
  for (const [index, tag] of (query.tags ?? []).entries()) {
    all[`Tag.${index + 1}.Key`] = tag.key;
    all[`Tag.${index + 1}.Value`] = tag.value;
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}

/** Our name as the wire spells it: `BACKUP_RECOVERING` is `BackupRecovering`, and `SSL_MODIFYING` is `SSLModifying`. */
function wireName(name: string | undefined): string | undefined {
  return name
    ?.split('_')
    .map((word) => (word === 'SSL' ? word : word.charAt(0) + word.slice(1).toLowerCase()))
    .join('');
}

function readPage(body: unknown, query: InstancesQuery, report: ReportField): InstancePage {
  const page = readEnvelope(envelope, body, ACTION);
  if (!page.Instances && codeIn(body) !== undefined) throw senseless(ACTION, 'it has no Instances');
  const wires = (page.Instances || undefined)?.KVStoreInstance ?? [];
  const totalCount = readCount(page.TotalCount, new RowFaults<InstancePage>(), 'totalCount');
  if (totalCount === null) throw senseless(ACTION, 'it has no TotalCount');
  return { rows: wires.map((wire) => readInstance(wire, query.regionId, report)), totalCount };
}

function readInstance(wire: unknown, askedRegionId: string, report: ReportField): InstanceRow {
  const instanceId = isWireObject(wire) ? readText(wire.InstanceId) : null;
  if (!isWireObject(wire) || instanceId === null) throw senseless(ACTION, 'one of its instances has no InstanceId');
  const faults = new RowFaults<Omit<InstanceRow, 'faults'>>();
  const row: InstanceRow = {
    instanceId,
    regionId: readText(wire.RegionId) ?? askedRegionId,
    name: readText(wire.InstanceName),
    status: readName(wire.InstanceStatus, STATUSES, 'InstanceStatus', report),
    // Declared as text; the published example has the number 4.
    engineVersion: readText(wire.EngineVersion),
    architectureType: readName(wire.ArchitectureType, ARCHITECTURES, 'ArchitectureType', report),
    editionType: readName(wire.EditionType, EDITIONS, 'EditionType', report),
    instanceClass: readText(wire.InstanceClass),
    shardCount: readCount(wire.ShardCount, faults, 'shardCount'),
    capacityMegabytes: readCount(wire.Capacity, faults, 'capacityMegabytes'),
    chargeType: readName(wire.ChargeType, CHARGE_TYPES, 'ChargeType', report),
    createTime: readInstant(wire.CreateTime, faults, 'createTime'),
    // Empty for instances that are paid by use.
    expireTime: readInstant(wire.EndTime, faults, 'expireTime'),
    zoneId: readText(wire.ZoneId),
    vpcId: readText(wire.VpcId),
    vSwitchId: readText(wire.VSwitchId),
    networkType: readName(wire.NetworkType, NETWORKS, 'NetworkType', report),
    nodeType: readText(wire.NodeType),
    connectionDomain: readText(wire.ConnectionDomain),
    resourceGroupId: readText(wire.ResourceGroupId),
    tags: readTags(wire.Tags, faults),
  };
  if (faults.found) row.faults = faults.found;
  return row;
}

function readTags(wire: unknown, faults: RowFaults<Omit<InstanceRow, 'faults'>>): { key: string; value: string }[] {
  if (isAbsent(wire)) return [];
  const parsed = tagList.safeParse(wire);
  if (parsed.success) return (parsed.data.Tag ?? []).map(({ Key: key, Value: value }) => ({ key, value: value ?? '' }));
  faults.note('tags', 'not a list of tags');
  return [];
}
