import type { Sandbox } from '../../sandbox/sandbox.ts';
import { minute } from './official-client.ts';
import { type Reply, signedCall } from './signed-call.ts';

/** A shard's backup and a set of them as they stand on the wire. */
interface WireShard {
  BackupId: string;
  BackupStatus: string;
  BackupSize: string;
  BackupStartTime: string;
  BackupEndTime: string;
  IsAvail: string;
  BackupDownloadURL?: string;
  BackupIntranetDownloadURL?: string;
}
export interface WireBackup {
  ClusterBackupId: string;
  ClusterBackupStatus: string;
  ClusterBackupMode: string;
  ClusterBackupSize: string;
  ClusterBackupStartTime: string;
  ClusterBackupEndTime?: string;
  ExpectExpireTime?: string;
  IsAvail: number;
  Progress?: string;
  Backups?: WireShard[];
}

/** `DescribeClusterBackupList` of the demo instance (or the one that the parameters name), from the beginning to `now`. */
export function listReply(sandbox: Sandbox, now: number, parameters: Record<string, string> = {}): Promise<Reply> {
  const { regionId, instanceId } = sandbox.demo;
  return signedCall(sandbox, {
    action: 'DescribeClusterBackupList',
    date: now,
    parameters: {
      RegionId: regionId,
      InstanceId: instanceId,
      StartTime: '2015-01-01T00:00Z',
      EndTime: minute(now + 60_000),
      ...parameters,
    },
  });
}

/** Its rows; raises when the answer is an error. */
export async function listBackups(
  sandbox: Sandbox,
  now: number,
  parameters: Record<string, string> = {},
): Promise<WireBackup[]> {
  const { status, json, text } = await listReply(sandbox, now, parameters);
  if (status !== 200) throw new Error(text);
  return json.ClusterBackups ?? [];
}

/** Every page of it. */
export async function listAllBackups(
  sandbox: Sandbox,
  now: number,
  parameters: Record<string, string> = {},
): Promise<WireBackup[]> {
  const all: WireBackup[] = [];
  for (let page = 1; ; page++) {
    const rows = await listBackups(sandbox, now, {
      PageSize: '300',
      PageNumber: String(page),
      NoShardBackup: 'True',
      ...parameters,
    });
    all.push(...rows);
    if (rows.length < 300) return all;
  }
}
