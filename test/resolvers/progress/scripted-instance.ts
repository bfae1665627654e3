import type { Attempt, Call } from '../../../upstream/call.ts';
import { createRKVStore } from '../../../upstream/client.ts';
import { describeClusterBackupList } from '../../../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../../../upstream/operations/describe-instances.ts';
import { describeRegions } from '../../../upstream/operations/describe-regions.ts';

const ACCOUNT = '1234567890123456';
export const KEY = { accountId: ACCOUNT, regionId: 'cn-hangzhou', instanceId: 'r-bp1' };

/** A backup as the upstream would show it. */
export interface Shown {
  id: string;
  status: 'RUNNING' | 'OK' | 'Failed';
  progress?: number;
  /** RFC 3339; by default a minute before the test began. */
  start?: string;
  shards?: number;
  /** Signed anew with each answer. */
  link?: () => string;
}

/** The real client over an upstream that says what a test wants it to say. */
export class ScriptedInstance {
  /** In the order in which they are sent. */
  shown: Shown[] = [];
  readonly calls: Call<unknown>[] = [];
  /** Raised by each call, as long as it is set. */
  failure: Error | undefined;
  /** Milliseconds that an answer takes. */
  latency = 0;
  aborted = 0;
  readonly store;

  constructor({ callsPerMinute = 200 }: { callsPerMinute?: number } = {}) {
    const attempt: Attempt = async (call, { signal }) => {
      this.calls.push(call as Call<unknown>);
      if (this.latency > 0) await this.#pause(signal);
      if (this.failure !== undefined) throw this.failure;
      return call.parse(this.#body(call.parameters));
    };
    this.store = createRKVStore({
      attempt,
      operations: {
        describeClusterBackupList: describeClusterBackupList(),
        describeInstances: describeInstances(),
        describeRegions,
      },
      accounts: { defaultAccountId: ACCOUNT, knows: () => ({ account: true, region: true }) },
      callsPerMinute,
      concurrency: 100,
      attemptTimeoutMs: 3_000,
    });
  }

  get latest(): Readonly<Record<string, string>> {
    return this.calls.at(-1)?.parameters ?? {};
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      setTimeout(resolve, this.latency);
      signal.addEventListener('abort', () => {
        this.aborted += 1;
        reject(signal.reason);
      });
    });
  }

  #body(parameters: Readonly<Record<string, string>>): unknown {
    const size = Number(parameters.PageSize);
    const first = (Number(parameters.PageNumber) - 1) * size;
    const from = Date.parse(String(parameters.StartTime));
    const inRange = this.shown.filter(({ start = STARTED }) => Date.parse(start) >= from);
    return {
      PageNumber: Number(parameters.PageNumber),
      PageSize: size,
      ClusterBackups: inRange.slice(first, first + size).map((backup) => wireOf(backup, parameters)),
    };
  }
}

/** When a test begins, and when its backups did. */
export const NOW = Date.parse('2024-06-01T09:26:30Z');
const STARTED = '2024-06-01T09:25:30Z';

function wireOf({ id, status, progress, start = STARTED, shards = 2, link }: Shown, parameters: object): unknown {
  const running = status === 'RUNNING';
  return {
    ClusterBackupId: id,
    ClusterBackupStatus: status,
    ClusterBackupStartTime: start,
    ...(running
      ? { Progress: `${progress ?? 0}%` }
      : { Progress: '100%', ClusterBackupEndTime: '2024-06-01T10:00:00Z' }),
    ...('NoShardBackup' in parameters
      ? {}
      : {
          Backups: Array.from({ length: shards }, (_, index) => ({
            BackupId: `${id}-${index}`,
            BackupDownloadURL: link?.() ?? '',
          })),
        }),
  };
}
