import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { startSandbox } from '../sandbox/server.ts';
import { createAttempt } from '../upstream/attempt.ts';
import { staticCredentials } from '../upstream/credentials.ts';
import { createEndpoints } from '../upstream/endpoints.ts';

// node bench/upstream-server.ts --delay MS: answers DescribeClusterBackupList with the same backups whatever the instance, a while later, and
// looks at no signature: the sandbox works too hard on each answer to be measured against. `GET /calls` says how many calls there were.
const { values } = parseArgs({ options: { delay: { type: 'string', default: '0' } } });
const delay = Number(values.delay);
const wholes = { True: await sample('True'), '': await sample('') };
const pages = new Map<string, string>();

let calls = 0;
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://upstream');
  if (url.pathname === '/calls') return response.end(String(calls));
  calls += 1;
  const body = pageOf(url.searchParams.get('NoShardBackup') ?? '', url.searchParams.get('PageSize') ?? '30');
  const answer = () => {
    response.writeHead(200, {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  };
  request.resume();
  if (delay === 0) answer();
  else setTimeout(answer, delay);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));

function pageOf(noShards: string, size: string): string {
  const key = `${noShards} ${size}`;
  let page = pages.get(key);
  if (page === undefined) {
    const whole = wholes[noShards === 'True' ? 'True' : ''];
    const rows = (whole.ClusterBackups as unknown[]).slice(0, Number(size));
    page = JSON.stringify({ ...whole, PageSize: Number(size), MaxResults: rows.length, ClusterBackups: rows });
    pages.set(key, page);
  }
  return page;
}

/** A month of backups of one instance with four shards. */
async function sample(noShards: string): Promise<Record<string, unknown>> {
  await using sandbox = await startSandbox({ shards: 4, runningBackups: false });
  const attempt = createAttempt({
    endpoints: createEndpoints({ network: 'public', override: sandbox.url }),
    credentialsOf: () => staticCredentials(sandbox),
    userAgent: 'bench',
    timeoutMs: 5_000,
  });
  const { accountId, regionId, instanceId } = sandbox.demo;
  const minute = (time: number) => `${new Date(time).toISOString().slice(0, 16)}Z`;
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
        StartTime: minute(now - 30 * 86_400_000),
        EndTime: minute(now + 60_000),
        PageSize: '300',
        PageNumber: '1',
        ...(noShards === '' ? {} : { NoShardBackup: noShards }),
      },
      parse: (body) => body as Record<string, unknown>,
    },
    { signal: new AbortController().signal },
  );
  await attempt.close();
  return answer;
}
