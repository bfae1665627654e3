import { connectionRequest } from '../resolvers/cluster-backups/connection.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import type { InstanceRow } from '../upstream/rows.ts';
import { backupAccess, KeyedInstance } from './admission.ts';
import { andThen } from './and-then.ts';
import { builder } from './builder.ts';
import { cell } from './cell.ts';
import { clusterBackupById } from './cluster-backup-by-id.ts';
import { ClusterBackupConnection, ClusterBackupConnectionPage } from './cluster-backup-connection.ts';
import { ClusterBackupMode, ClusterBackupStatus } from './cluster-backup-enumerations.ts';
import { ClusterBackup } from './cluster-backup-ref.ts';
import { connectionSelection } from './cluster-backup-selection.ts';
import { connectionArguments } from './connection.ts';
import { attribute } from './instance-attributes.ts';
import {
  ChargeType,
  InstanceArchitecture,
  InstanceEdition,
  InstanceStatus,
  NetworkType,
} from './instance-enumerations.ts';
import { Instance } from './instance-ref.ts';
import { Node } from './node-interface.ts';
import { noteIfStale } from './staleness.ts';

const Tag = builder.objectRef<InstanceRow['tags'][number]>('Tag').implement({
  description: 'A tag of an instance.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'The key of the tag.' }),
    value: t.exposeString('value', { nullable: false, description: 'The value of the tag. May be empty.' }),
  }),
});

const ClusterBackupFilter = builder.inputType('ClusterBackupFilter', {
  description:
    'Which backups to return. A backup must meet every condition that is given. Expensive: the API cannot filter, so the gateway reads backups until the page is full, in up to 10 upstream calls.',
  fields: (t) => ({
    status: t.field({ type: [ClusterBackupStatus], description: 'The state is one of these.' }),
    mode: t.field({ type: [ClusterBackupMode], description: 'The mode is one of these.' }),
    isAvailable: t.boolean({ description: 'Whether an instance can be restored from the set.' }),
  }),
});

Instance.implement({
  description:
    'A Redis or Tair instance. `id`, `accountId`, `regionId` and `instanceId` need no upstream call, so a client that knows the ids can go straight to the backups. All other attributes of up to 30 instances of a region are read in one call; they are null with the error `NOT_FOUND` when there is no such instance.',
  interfaces: [Node],
  isTypeOf: (value) => value instanceof KeyedInstance,
  fields: (t) => {
    const text = connectionArguments('backups', 'newest first');
    return {
      id: t.id({
        nullable: false,
        description: 'The global id: pass it to `node`. Also a key in a federated graph.',
        resolve: ({ accountId, regionId, instanceId }) =>
          encodeGlobalId({ type: 'Instance', accountId, regionId, instanceId }),
      }),
      accountId: t.exposeString('accountId', {
        nullable: false,
        description: 'The id of the Alibaba Cloud account that owns the instance.',
      }),
      regionId: t.exposeString('regionId', {
        nullable: false,
        description: 'The id of its region, such as `cn-hangzhou`.',
      }),
      instanceId: t.exposeString('instanceId', {
        nullable: false,
        description: 'The id of the instance, such as `r-bp1zxszhcgatnx****`.',
      }),
      name: t.string({ description: 'The name that its owner gave it.', resolve: attribute((row) => row.name) }),
      status: t.field({
        type: InstanceStatus,
        description: 'The state of the instance.',
        resolve: attribute((row) => cell(row, 'status')),
      }),
      engineVersion: t.string({
        description: 'The version of the database engine, such as `5.0`.',
        resolve: attribute((row) => row.engineVersion),
      }),
      architectureType: t.field({
        type: InstanceArchitecture,
        description: 'The architecture of the instance. Only clusters have cluster backups.',
        resolve: attribute((row) => cell(row, 'architectureType')),
      }),
      editionType: t.field({
        type: InstanceEdition,
        description: 'The edition of the instance.',
        resolve: attribute((row) => cell(row, 'editionType')),
      }),
      instanceClass: t.string({
        description: 'The instance class, such as `redis.shard.small.ce`.',
        resolve: attribute((row) => row.instanceClass),
      }),
      shardCount: t.int({
        description: 'The number of its shards.',
        resolve: attribute((row) => cell(row, 'shardCount')),
      }),
      capacityMegabytes: t.int({
        description: 'The memory of all shards together, in megabytes.',
        resolve: attribute((row) => cell(row, 'capacityMegabytes')),
      }),
      chargeType: t.field({
        type: ChargeType,
        description: 'The billing method.',
        resolve: attribute((row) => cell(row, 'chargeType')),
      }),
      createTime: t.field({
        type: 'DateTime',
        description: 'When the instance was created.',
        resolve: attribute((row) => cell(row, 'createTime')),
      }),
      expireTime: t.field({
        type: 'DateTime',
        description: 'When the subscription ends. Null for pay-as-you-go.',
        resolve: attribute((row) => cell(row, 'expireTime')),
      }),
      zoneId: t.string({
        description: 'The id of its zone, such as `cn-hangzhou-h`.',
        resolve: attribute((row) => row.zoneId),
      }),
      vpcId: t.string({ description: 'The id of its virtual private cloud.', resolve: attribute((row) => row.vpcId) }),
      vSwitchId: t.string({ description: 'The id of its vSwitch.', resolve: attribute((row) => row.vSwitchId) }),
      networkType: t.field({
        type: NetworkType,
        description: 'The type of its network.',
        resolve: attribute((row) => cell(row, 'networkType')),
      }),
      nodeType: t.string({
        description: 'The node type as the API names it, such as `MASTER_SLAVE` or `STAND_ALONE`.',
        resolve: attribute((row) => row.nodeType),
      }),
      connectionDomain: t.string({
        description: 'The host name that database clients in its network connect to.',
        resolve: attribute((row) => row.connectionDomain),
      }),
      port: t.int({
        description: 'The port at that host: mostly 6379.',
        resolve: attribute((row) => cell(row, 'port')),
      }),
      resourceGroupId: t.string({
        description: 'The id of its resource group.',
        resolve: attribute((row) => row.resourceGroupId),
      }),
      tags: t.field({
        type: [Tag],
        description: 'Its tags.',
        resolve: attribute((row) => row.tags),
      }),
      clusterBackups: t.field({
        type: ClusterBackupConnection,
        description:
          'The backups of the instance, newest first. Without `startTime` and `endTime`: those of the last 30 days. A page of up to 290 backups takes one upstream call.',
        args: {
          first: t.arg.int({ description: `${text.first} Default: 20.` }),
          after: t.arg.string({ description: text.after }),
          last: t.arg.int({ description: text.last }),
          before: t.arg.string({ description: text.before }),
          startTime: t.arg({
            type: 'DateTime',
            description: 'Only backups that started at this time or later. Default: 30 days before `endTime`.',
          }),
          endTime: t.arg({
            type: 'DateTime',
            description: 'Only backups that started at this time or earlier. Default: now.',
          }),
          filter: t.arg({ type: ClusterBackupFilter, description: 'Only backups that meet these conditions.' }),
        },
        resolve: (instance, args, context, info) =>
          andThen(backupAccess(context, instance, 'Instance.clusterBackups'), (access) => {
            const { startTime, endTime, filter, ...span } = args;
            const request = connectionRequest(
              instance,
              {
                ...span,
                startTime: startTime?.getTime(),
                endTime: endTime?.getTime(),
                filter: filter && {
                  status: filter.status ?? undefined,
                  mode: filter.mode ?? undefined,
                  isAvailable: filter.isAvailable ?? undefined,
                },
              },
              connectionSelection(info, access),
              context.now,
            );
            return andThen(context.loaders.backupPage(request), (page) => {
              noteIfStale(page.provenance, context, info);
              return new ClusterBackupConnectionPage(access, instance, page);
            });
          }),
      }),
      clusterBackup: t.field({
        type: ClusterBackup,
        description: 'One backup of the instance, by the id of the set. Null when it does not exist.',
        args: {
          clusterBackupId: t.arg.string({
            required: true,
            description: 'The id of the set, such as `cb-hyxdof5x9kqbtust`.',
          }),
        },
        resolve: (instance, { clusterBackupId }, context, info) =>
          clusterBackupById(instance, clusterBackupId, 'Instance.clusterBackup', context, info),
      }),
    };
  },
});
