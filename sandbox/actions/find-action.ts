import type { Action } from './action.ts';
import { describeClusterBackupList } from './describe-cluster-backup-list.ts';
import { describeInstanceAttribute } from './describe-instance-attribute.ts';
import { describeInstances } from './describe-instances.ts';
import { describeRegions } from './describe-regions.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

const RKVSTORE = '2015-01-01';
const STS = '2015-04-01';

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  [`${RKVSTORE} DescribeClusterBackupList`, describeClusterBackupList],
  [`${RKVSTORE} DescribeInstances`, describeInstances],
  [`${RKVSTORE} DescribeInstanceAttribute`, describeInstanceAttribute],
  [`${RKVSTORE} DescribeRegions`, describeRegions],
  [`${STS} GetCallerIdentity`, getCallerIdentity],
]);

/** The action of a version of the API; names are as documented, in their own case. */
export function findAction(version: string, action: string): Action | undefined {
  return ACTIONS.get(`${version} ${action}`);
}
