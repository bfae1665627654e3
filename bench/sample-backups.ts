import { startSandbox } from '../sandbox/server.ts';
import { createAttempt } from '../upstream/attempt.ts';
import { staticCredentials } from '../upstream/credentials.ts';
import { createEndpoints } from '../upstream/endpoints.ts';

/** Backups of one instance, newest first, as the wire has them. */
export interface SampleBackups {
  /** The rest of an answer. */
  answer: Record<string, unknown>;
  rows: {
    whole: Row;
    withoutShards: Row /** When it started, as the wire's ranges are written: `2026-05-01T03:04Z`. */;
    minute: string;
  }[];
}

type Row = Record<string, unknown>;

const EVERY_MS = 2 * 3_600_000;

/** So many, one every two hours, so that a month has 360: what the sandbox answers for a month, over and over, with other ids and times. */
export async function sampleBackups({ backups, shards }: { backups: number; shards: number }): Promise<SampleBackups> {
  const { ClusterBackups, ...answer } = await askSandbox(shards);
  const month = ClusterBackups as Row[];
  const newest = Date.now() - 3_600_000;
  const rows = Array.from({ length: backups }, (_, index) => {
    const of = month[index % month.length] as Row;
    const start = newest - index * EVERY_MS;
    const whole = {
      ...of,
      ClusterBackupId: `cb-${String(1_000_000 - index)}`,
      ClusterBackupStartTime: utc(start, 19),
      ClusterBackupEndTime: utc(start + 600_000, 19),
    };
    const { Backups: _shards, ...withoutShards } = whole as Row;
    return { whole, withoutShards, minute: utc(start, 16) };
  });
  return { answer, rows };
}

/** A month of backups of one instance. */
async function askSandbox(shards: number): Promise<Record<string, unknown>> {
  await using sandbox = await startSandbox({ shards, runningBackups: false });
  const attempt = createAttempt({
    endpoints: createEndpoints({ network: 'public', override: sandbox.url }),
    credentialsOf: () => staticCredentials(sandbox),
    userAgent: 'bench',
    timeoutMs: 5_000,
  });
  const { accountId, regionId, instanceId } = sandbox.demo;
  const now = Date.now();
  const answer = await attempt(
    {
      accountId,
      regionId,
      action: 'DescribeClusterBackupList',
      method: 'GET',
      parameters: {
        RegionId: regionId,
        InstanceId: instanceId,
        StartTime: utc(now - 30 * 86_400_000, 16),
        EndTime: utc(now + 60_000, 16),
        PageSize: '300',
        PageNumber: '1',
      },
      parse: (body) => body as Record<string, unknown>,
    },
    { signal: new AbortController().signal },
  );
  await attempt.close();
  return answer;
}

/** To the minute (16 characters) or to the second (19). */
function utc(time: number, characters: 16 | 19): string {
  return `${new Date(time).toISOString().slice(0, characters)}Z`;
}
