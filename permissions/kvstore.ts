/** Actions that the gateway asks for, as RAM spells them. */
export const DESCRIBE_INSTANCES = 'kvstore:DescribeInstances';
export const DESCRIBE_CLUSTER_BACKUP_LIST = 'kvstore:DescribeClusterBackupList';

/** The ARN of an instance; `*` as the id names the collection, which listing calls are authorised on. */
export function instanceResource(regionId: string, accountId: string, instanceId: string): string {
  const before = recent.get(instanceId);
  if (before?.regionId === regionId && before.accountId === accountId) return before.arn;
  if (recent.size >= MOST_RECENT) recent.clear();
  const arn = `acs:kvstore:${regionId}:${accountId}:instance/${instanceId}`;
  recent.set(instanceId, { regionId, accountId, arn });
  return arn;
}

const MOST_RECENT = 10_000;
const recent = new Map<string, { regionId: string; accountId: string; arn: string }>();
