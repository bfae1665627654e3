import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signDevelopmentToken } from '../gateway/development-key.ts';
import { fullLoad, type Run, type Target } from './load.ts';
import { bigRead, type Place, smallRead } from './operations.ts';
import { type ServerProcess, startServer } from './processes.ts';

const root = new URL('..', import.meta.url).pathname;
const ROUNDS = 4;
const SECONDS = 2;

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const servers: ServerProcess[] = [];
const start = async (...given: Parameters<typeof startServer>) => {
  const server = await startServer(...given);
  servers.push(server);
  return server;
};
try {
  await main();
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
}

async function main(): Promise<void> {
  const sandbox = await start(`${root}/sandbox/main.ts`, {
    arguments: ['--port', '0', '--shards', '4', '--no-running-backups'],
  });
  const place = placeOf(sandbox.output());
  const gateway = await start(`${root}/gateway/main.ts`, {
    environment: { PORT: '0', UPSTREAM_ENDPOINT: sandbox.url, AUDIT_LOG: join(folder, 'audit') },
  });
  const token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 86_400 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };

  for (const [name, operation] of [
    ['big', bigRead(place)],
    ['small', smallRead(place)],
  ] as const) {
    const body = JSON.stringify(operation);
    const answer = await ask({ url: `${gateway.url}/graphql`, headers, body });
    const path = join(folder, `${name}.json`);
    writeFileSync(path, answer);
    const bare = await start(`${root}/bench/bare-server.ts`, { arguments: [path] });
    const kept = await start(`${root}/bench/bare-server.ts`, { arguments: [path, '--bytes-kept'] });
    const contenders = {
      'this gateway': gateway,
      'bare node:http': bare,
      'bare node:http, bytes kept': kept,
    };
    const runs = new Map(Object.keys(contenders).map((contender) => [contender, [] as Run[]]));
    const cpu = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [contender, server] of Object.entries(contenders)) {
        const before = server.cpuMicroseconds();
        const run = await fullLoad({ url: `${server.url}/graphql`, headers, body }, { seconds: SECONDS });
        runs.get(contender)?.push(run);
        cpu.set(contender, [...(cpu.get(contender) ?? []), (server.cpuMicroseconds() - before) / run.requests]);
      }
    }
    const base = median(runs.get('bare node:http')?.map((run) => run.requestsPerSecond) ?? []);
    console.log(`${name}: ${answer.length} bytes`);
    for (const [contender, of] of runs) {
      const rps = of.map((run) => run.requestsPerSecond);
      console.log(
        contender.padEnd(30),
        Math.round(median(rps)).toString().padStart(8),
        (median(rps) / base).toFixed(2).padStart(6),
        `±${((100 * (Math.max(...rps) - Math.min(...rps))) / 2 / median(rps)).toFixed(0)}%`.padStart(6),
        `p50 ${median(of.map((run) => run.p50)).toFixed(2)}`,
        `p99 ${median(of.map((run) => run.p99)).toFixed(2)}`,
        `cpu ${median(cpu.get(contender) ?? []).toFixed(0)}`,
      );
    }
  }
}

function placeOf(output: string): Place {
  const [, instanceId = '', regionId = ''] = /an instance\s+(\S+) .* in (\S+)/.exec(output) ?? [];
  return { instanceId, regionId };
}

async function ask({ url, headers, body }: Target): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 200 || text.includes('"errors"')) throw new Error(text.slice(0, 500));
  return text;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}
