import { z } from 'zod';
import type { Operation } from '../call.ts';
import type { InstancesQuery } from '../rkvstore.ts';
import type {
  ChargeType,
  InstanceArchitecture,
  InstanceEdition,
  InstancePage,
  InstanceRow,
  InstanceStatus,
  NetworkType,
} from '../rows.ts';
import { UpstreamError } from '../upstream-error.ts';
import {
  enumeration,
  onceEach,
  type ReportField,
  type ReportUnknownValue,
  readName,
  type WireValues,
} from './enumerations.ts';
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
const STATUS_VALUES: WireValues<InstanceStatus> = {
  NORMAL: 'Normal',
  CREATING: 'Creating',
  CHANGING: 'Changing',
  INACTIVE: 'Inactive',
  FLUSHING: 'Flushing',
  RELEASED: 'Released',
  TRANSFORMING: 'Transforming',
  MIGRATING: 'Migrating',
  BACKUP_RECOVERING: 'BackupRecovering',
  MINOR_VERSION_UPGRADING: 'MinorVersionUpgrading',
  NETWORK_MODIFYING: 'NetworkModifying',
  SSL_MODIFYING: 'SSLModifying',
  MAJOR_VERSION_UPGRADING: 'MajorVersionUpgrading',
};
const ARCHITECTURE_VALUES: WireValues<InstanceArchitecture> = {
  CLUSTER: 'cluster',
  STANDARD: 'standard',
  RWSPLIT: 'rwsplit',
};
const EDITION_VALUES: WireValues<InstanceEdition> = { COMMUNITY: 'Community', ENTERPRISE: 'Enterprise' };
const CHARGE_TYPE_VALUES: WireValues<ChargeType> = { PRE_PAID: 'PrePaid', POST_PAID: 'PostPaid' };

const STATUSES = enumeration<InstanceStatus>(STATUS_VALUES);
const ARCHITECTURES = enumeration<InstanceArchitecture>(ARCHITECTURE_VALUES);
const EDITIONS = enumeration<InstanceEdition>(EDITION_VALUES);
const CHARGE_TYPES = enumeration<ChargeType>(CHARGE_TYPE_VALUES);
const NETWORKS = enumeration<NetworkType>({ VPC: 'VPC', CLASSIC: 'CLASSIC' });

/** `DescribeInstances` of R-KVStore 2015-01-01: instances of a region, in the upstream's own order. */
export function describeInstances(report: ReportUnknownValue = () => {}): Operation<InstancesQuery, InstancePage> {
  const reportOnce = onceEach(ACTION, report);
  return { action: ACTION, method: 'POST', parameters, parse: (body, query) => readPage(body, query, reportOnce) };
}

/**
 * @throws UpstreamError of kind `invalid` for an empty list of ids, which the upstream would take for no filter, and for
 * the value `UNKNOWN`, which it has no word for
 */
function parameters(query: InstancesQuery): Record<string, string> {
  if (query.instanceIds?.length === 0) {
    throw new UpstreamError({ kind: 'invalid', message: 'The list of instance ids is empty.' });
  }
  const all: Record<string, string | undefined> = {
    RegionId: query.regionId,
    InstanceIds: query.instanceIds?.join(','),
    SearchKey: query.search,
    InstanceStatus: wireValue(STATUS_VALUES, query.status),
    ArchitectureType: wireValue(ARCHITECTURE_VALUES, query.architectureType),
    EditionType: wireValue(EDITION_VALUES, query.editionType),
    EngineVersion: query.engineVersion,
    ChargeType: wireValue(CHARGE_TYPE_VALUES, query.chargeType),
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

function wireValue<Name extends string>(values: WireValues<Name>, name: Name | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (name === 'UNKNOWN') throw new UpstreamError({ kind: 'invalid', message: 'UNKNOWN is nothing to filter by.' });
  return values[name as Exclude<Name, 'UNKNOWN'>];
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
    port: readCount(wire.Port, faults, 'port'),
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
