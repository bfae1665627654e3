import type { Place } from './operations.ts';
import type { ServerProcess } from './processes.ts';
import type { Stage } from './stage.ts';

/** A sandbox whose clusters have four shards, and one of them. */
export async function startSandboxProcess(
  stage: Stage,
  more: readonly string[] = [],
): Promise<{ server: ServerProcess; place: Place }> {
  const words = ['--port', '0', '--shards', '4', '--no-running-backups', ...more];
  const server = await stage.start('sandbox/main.ts', { arguments: words });
  const [, instanceId = '', regionId = ''] = /an instance\s+(\S+) .* in (\S+)/.exec(server.output()) ?? [];
  return { server, place: { instanceId, regionId } };
}

/** What `upstream-server.ts` is started with. */
export interface UpstreamOptions {
  delayMs?: number;
  shards?: number;
  backups?: number;
}

/** An upstream that costs little, and counts. */
export interface CountingUpstream {
  url: string;
  /** How many calls it was asked so far. */
  calls(): Promise<number>;
  deleteNewest(): Promise<void>;
}

export async function startUpstreamProcess(
  stage: Stage,
  { delayMs = 0, shards = 4, backups = 40 }: UpstreamOptions = {},
): Promise<CountingUpstream> {
  const words = ['--delay', String(delayMs), '--shards', String(shards), '--backups', String(backups)];
  const { url } = await stage.start('bench/upstream-server.ts', { arguments: words });
  return {
    url,
    calls: async () => Number(await (await fetch(`${url}/calls`)).text()),
    async deleteNewest() {
      await fetch(`${url}/newest`, { method: 'DELETE' });
    },
  };
}

/** An instance of it: it has them all, under any id. */
export function anyPlace(instanceId: string): Place {
  return { instanceId, regionId: 'cn-hangzhou' };
}
