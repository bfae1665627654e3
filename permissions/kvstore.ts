/** Actions that the gateway asks for, as RAM spells them. */
export const DESCRIBE_INSTANCES = 'kvstore:DescribeInstances';
export const DESCRIBE_CLUSTER_BACKUP_LIST = 'kvstore:DescribeClusterBackupList';

/** The ARN of an instance; `*` as the id names the collection, which listing calls are authorised on. */
export function instanceResource(regionId: string, accountId: string, instanceId: string): string {
  return `acs:kvstore:${regionId}:${accountId}:instance/${instanceId}`;
}
