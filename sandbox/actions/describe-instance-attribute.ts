import { ApiError } from '../calls/api-error.ts';
import { requiredText } from '../calls/parameters.ts';
import { findInstance } from '../data/instances.ts';
import type { ActionContext } from './action.ts';
import { instanceFields } from './instance-fields.ts';

export function describeInstanceAttribute({ parameters, world, now }: ActionContext): Record<string, unknown> {
  const instance = findInstance(world, requiredText(parameters, 'InstanceId'), now);
  if (!instance) throw new ApiError('InvalidInstanceId.NotFound');
  const attribute = {
    ...instanceFields(instance),
    RealInstanceClass: instance.instanceClass,
    Engine: 'Redis',
    AvailabilityValue: '100.0%',
    BackupLogStartTime: '',
    // a text here, a boolean in DescribeInstances
    HasRenewChangeOrder: 'false',
    InstanceReleaseProtection: false,
    IsOrderCompleted: true,
    IsSupportTDE: false,
    MaintainStartTime: '18:00Z',
    MaintainEndTime: '22:00Z',
    ReplicationMode: 'master-slave',
    SecurityIPList: '127.0.0.1',
    Storage: '',
    StorageType: '',
    VpcAuthMode: 'Open',
    ZoneType: instance.secondaryZoneId === undefined ? 'singlezone' : 'doublezone',
  };
  return { Instances: { DBInstanceAttribute: [attribute] } };
}
