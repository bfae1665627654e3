import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { sampleBackups } from './sample-backups.ts';

// node bench/upstream-server.ts --delay MS --shards N --backups N: answers DescribeClusterBackupList with the same backups whatever the instance, a
// while later, and looks at no signature: the sandbox works too hard on each answer to be measured against. `GET /calls` says how many calls there
// were, `DELETE /newest` takes the newest backup away.
const { values } = parseArgs({
  options: {
    delay: { type: 'string', default: '0' },
    shards: { type: 'string', default: '4' },
    backups: { type: 'string', default: '40' },
  },
});
const delay = Number(values.delay);
const sample = await sampleBackups({ backups: Number(values.backups), shards: Number(values.shards) });
const kept = new Map<string, string>();
const MOST_KEPT = 1_000;

let calls = 0;
// Connections are kept for longer than anybody keeps them who asks, so that no call meets one that is being closed.
const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://upstream');
  if (pathname === '/calls') return response.end(String(calls));
  if (pathname === '/newest') {
    sample.rows.shift();
    kept.clear();
    return response.end();
  }
  calls += 1;
  const body = answerTo(searchParams);
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

function answerTo(parameters: URLSearchParams): string {
  const [shards, size, number, start, end] = ['NoShardBackup', 'PageSize', 'PageNumber', 'StartTime', 'EndTime'].map(
    (name) => parameters.get(name) ?? '',
  );
  const key = `${shards} ${size} ${number} ${start} ${end}`;
  let page = kept.get(key);
  if (page === undefined) {
    const pageSize = Number(size || 30);
    const pageNumber = Number(number || 1);
    const rows = sample.rows
      .filter(({ minute }) => (!start || minute >= start) && (!end || minute <= end))
      .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
      .map(({ whole, withoutShards }) => (shards === 'True' ? withoutShards : whole));
    page = JSON.stringify({
      ...sample.answer,
      PageSize: pageSize,
      PageNumber: pageNumber,
      MaxResults: rows.length,
      ClusterBackups: rows,
    });
    if (kept.size === MOST_KEPT) kept.clear();
    kept.set(key, page);
  }
  return page;
}
