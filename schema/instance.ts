import type { GraphQLResolveInfo } from 'graphql';
import { NotFound } from '../resolvers/bad-input.ts';
import { connectionRequest } from '../resolvers/cluster-backups/connection.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { checkedId } from '../resolvers/identifiers.ts';
import type { FoundInstance } from '../resolvers/loaders.ts';
import type { InstanceRow } from '../upstream/rows.ts';
import { admit, backupAccess, KeyedInstance } from './admission.ts';
import { builder } from './builder.ts';
import { cell } from './cell.ts';
import {
  ClusterBackupConnection,
  ClusterBackupConnectionPage,
  ClusterBackupMode,
  ClusterBackupStatus,
  connectionSelection,
} from './cluster-backup.ts';
import { connectionArguments } from './connection.ts';
import type { Context } from './context.ts';
import { requireKnown } from './instance-access.ts';
import {
  ChargeType,
  InstanceArchitecture,
  InstanceEdition,
  InstanceStatus,
  NetworkType,
} from './instance-enumerations.ts';
import { Instance } from './instance-ref.ts';
import { Node } from './node-interface.ts';
import { pathOf } from './path.ts';
import { selectionOf, shardSelection } from './selection.ts';
import { ClusterBackup } from './shard-backup.ts';
import { noteIfStale } from './staleness.ts';

const Tag = builder.objectRef<InstanceRow['tags'][number]>('Tag').implement({
  description: 'A label of an instance.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'What it is about.' }),
    value: t.exposeString('value', { nullable: false, description: 'What it says; may be empty.' }),
  }),
});

const ClusterBackupFilter = builder.inputType('ClusterBackupFilter', {
  description:
    'Which backups of the window are wanted; conditions are joined by AND. The upstream cannot filter, so the gateway reads the window until the page is full, ten calls at the most.',
  fields: (t) => ({
    status: t.field({ type: [ClusterBackupStatus], description: 'One of these states.' }),
    mode: t.field({ type: [ClusterBackupMode], description: 'One of these modes.' }),
    isAvailable: t.boolean({ description: 'Whether it can be restored from.' }),
  }),
});

const ATTRIBUTE = 'Read with the other attributes of up to 30 instances of the region in one upstream call.';

Instance.implement({
  description: `A Redis or Tair instance. Its key costs nothing, so a client that knows the ids can go straight to the backups. Attributes: ${ATTRIBUTE}`,
  interfaces: [Node],
  isTypeOf: (value) => value instanceof KeyedInstance,
  fields: (t) => {
    const text = connectionArguments('backups', 'newest first');
    return {
      id: t.id({
        nullable: false,
        description: 'Global id, for `node` and for federation.',
        resolve: ({ accountId, regionId, instanceId }) =>
          encodeGlobalId({ type: 'Instance', accountId, regionId, instanceId }),
      }),
      accountId: t.exposeString('accountId', {
        nullable: false,
        description: 'The Alibaba Cloud account that owns it.',
      }),
      regionId: t.exposeString('regionId', { nullable: false, description: 'The region it is in: `cn-hangzhou`.' }),
      instanceId: t.exposeString('instanceId', { nullable: false, description: 'Its id in that region: `r-…`.' }),
      name: t.string({ description: 'The name it was given.', resolve: attribute((row) => row.name) }),
      status: t.field({
        type: InstanceStatus,
        description: 'What it is doing.',
        resolve: attribute((row) => cell(row, 'status')),
      }),
      engineVersion: t.string({
        description: 'Version of the engine: `5.0`.',
        resolve: attribute((row) => row.engineVersion),
      }),
      architectureType: t.field({
        type: InstanceArchitecture,
        description: 'How it is built. Only clusters have cluster backups.',
        resolve: attribute((row) => cell(row, 'architectureType')),
      }),
      editionType: t.field({
        type: InstanceEdition,
        description: 'Its edition.',
        resolve: attribute((row) => cell(row, 'editionType')),
      }),
      instanceClass: t.string({
        description: 'Its size, as a class: `redis.shard.small.ce`.',
        resolve: attribute((row) => row.instanceClass),
      }),
      shardCount: t.int({
        description: 'How many shards it has.',
        resolve: attribute((row) => cell(row, 'shardCount')),
      }),
      capacityMegabytes: t.int({
        description: 'Memory of all shards together, in megabytes.',
        resolve: attribute((row) => cell(row, 'capacityMegabytes')),
      }),
      chargeType: t.field({
        type: ChargeType,
        description: 'How it is paid for.',
        resolve: attribute((row) => cell(row, 'chargeType')),
      }),
      createTime: t.field({
        type: 'DateTime',
        description: 'When it was created.',
        resolve: attribute((row) => cell(row, 'createTime')),
      }),
      expireTime: t.field({
        type: 'DateTime',
        description: 'When its subscription ends; null when it is paid by use.',
        resolve: attribute((row) => cell(row, 'expireTime')),
      }),
      zoneId: t.string({ description: 'Its zone: `cn-hangzhou-h`.', resolve: attribute((row) => row.zoneId) }),
      vpcId: t.string({ description: 'Its virtual private cloud.', resolve: attribute((row) => row.vpcId) }),
      vSwitchId: t.string({ description: 'Its vSwitch.', resolve: attribute((row) => row.vSwitchId) }),
      networkType: t.field({
        type: NetworkType,
        description: 'The kind of network it is in.',
        resolve: attribute((row) => cell(row, 'networkType')),
      }),
      nodeType: t.string({
        description: 'How its nodes are doubled: `MASTER_SLAVE`, `STAND_ALONE`.',
        resolve: attribute((row) => row.nodeType),
      }),
      connectionDomain: t.string({
        description: 'The host name that clients connect to inside its network.',
        resolve: attribute((row) => row.connectionDomain),
      }),
      resourceGroupId: t.string({
        description: 'The resource group it belongs to.',
        resolve: attribute((row) => row.resourceGroupId),
      }),
      tags: t.field({
        type: [Tag],
        description: 'Its labels.',
        resolve: attribute((row) => row.tags),
      }),
      clusterBackups: t.field({
        type: ClusterBackupConnection,
        description:
          'Its backups, newest first. Without `startTime` and `endTime` those of the last 30 days. A page of up to 290 backups is one upstream call.',
        args: {
          first: t.arg.int({ description: `${text.first} Default 20.` }),
          after: t.arg.string({ description: text.after }),
          last: t.arg.int({ description: text.last }),
          before: t.arg.string({ description: text.before }),
          startTime: t.arg({
            type: 'DateTime',
            description: 'Only backups that began at this moment or later. Default: 30 days before `endTime`.',
          }),
          endTime: t.arg({
            type: 'DateTime',
            description: 'Only backups that began at this moment or earlier. Default: now.',
          }),
          filter: t.arg({ type: ClusterBackupFilter, description: 'Only backups like this.' }),
        },
        resolve: async (instance, args, context, info) => {
          const access = await backupAccess(context, instance, 'Instance.clusterBackups');
          const { startTime, endTime, filter, ...span } = args;
          const request = connectionRequest(
            instance,
            {
              ...span,
              startTime: startTime?.getTime(),
              endTime: endTime?.getTime(),
              filter: {
                status: filter?.status ?? undefined,
                mode: filter?.mode ?? undefined,
                isAvailable: filter?.isAvailable ?? undefined,
              },
            },
            connectionSelection(info, access),
            context.now,
          );
          const page = await context.loaders.backupPage(request);
          noteIfStale(page.provenance, context, info);
          return new ClusterBackupConnectionPage(access, request, page);
        },
      }),
      clusterBackup: t.field({
        type: ClusterBackup,
        description: 'One of its backups, by the id of the set. Null when there is none.',
        args: {
          clusterBackupId: t.arg.string({ required: true, description: 'The id of the set: `cb-…`.' }),
        },
        resolve: (instance, { clusterBackupId }, context, info) =>
          clusterBackupById(instance, clusterBackupId, 'Instance.clusterBackup', context, info),
      }),
    };
  },
});

/** A backup set of an instance by its id alone; null when there is none. */
export async function clusterBackupById(
  instance: KeyedInstance,
  clusterBackupId: string,
  field: string,
  context: Context,
  info: GraphQLResolveInfo,
) {
  const id = checkedId('clusterBackupId', clusterBackupId);
  const access = await backupAccess(context, instance, field);
  const { accountId, regionId, instanceId } = instance;
  const { row, provenance } = await context.loaders.clusterBackup({
    key: { accountId, regionId, instanceId, clusterBackupId: id, startTime: 0 },
    ...shardSelection(selectionOf(info), access),
  });
  noteIfStale(provenance, context, info);
  if (row === null) return null;
  return admit(access, instance, [row], provenance)[0] ?? null;
}

// Only this module holds it, so attributes are read by fields alone, which are guarded.
const FOUND = Symbol('found');

interface Attributed {
  [FOUND]?: FoundInstance;
}

/** Attaches attributes that were read with a list, so that they need no loader. */
export function withAttributes(instance: KeyedInstance & Attributed, attributes: FoundInstance): KeyedInstance {
  instance[FOUND] = attributes;
  return instance;
}

/** A resolver for an attribute: all attributes of an instance come with its one row. */
function attribute<Value>(read: (row: InstanceRow) => Value) {
  return (
    instance: KeyedInstance & Attributed,
    _args: object,
    context: Context,
    info: GraphQLResolveInfo,
  ): Value | Promise<Value> => {
    requireKnown(context, instance);
    const known = instance[FOUND];
    return known === undefined ? readLater(instance, read, context, info) : readRow(known, read, context, info);
  };
}

async function readLater<Value>(
  instance: KeyedInstance & Attributed,
  read: (row: InstanceRow) => Value,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Value> {
  const attributes = await context.loaders.instance(instance);
  instance[FOUND] = attributes;
  return readRow(attributes, read, context, info);
}

function readRow<Value>(
  { row, stale, ageSeconds }: FoundInstance,
  read: (row: InstanceRow) => Value,
  context: Context,
  info: GraphQLResolveInfo,
): Value {
  if (row === null) throw new NotFound('The instance does not exist');
  if (stale) context.noteStale(pathOf(info).slice(0, -1), ageSeconds);
  return read(row);
}
