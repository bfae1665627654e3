import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// node bench/bare-server.ts ANSWER.json [--bytes-kept]: nothing but node:http. It parses the request's body, copies what the answer holds field
// by field, as any server that answers from memory must, and sends it as JSON; with --bytes-kept it sends the same bytes again and again.
const [path = '', bytesKept] = process.argv.slice(2);
const answer = JSON.parse(readFileSync(path, 'utf8'));
const kept = JSON.stringify(answer);

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    JSON.parse(body);
    const text = bytesKept === undefined ? JSON.stringify(copied(answer)) : kept;
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));

interface Answer {
  data: { instance: { clusterBackups: { nodes: Backup[]; pageInfo?: { hasNextPage: boolean; endCursor: string } } } };
}

interface Backup {
  clusterBackupId: string;
  status: string;
  mode?: string;
  isAvailable?: boolean;
  sizeBytes: number;
  startTime: string;
  endTime: string;
  progressPercent?: number;
  shardBackups?: { nodes: Shard[] };
}

interface Shard {
  backupId: string;
  instanceName: string;
  status: string;
  isAvailable: boolean;
  sizeBytes: number;
  startTime: string;
  endTime: string;
  engineVersion: string;
}

function copied({ data }: Answer) {
  const { nodes, pageInfo } = data.instance.clusterBackups;
  const clusterBackups =
    pageInfo === undefined
      ? { nodes: nodes.map(smallBackup) }
      : {
          nodes: nodes.map(bigBackup),
          pageInfo: { hasNextPage: pageInfo.hasNextPage, endCursor: pageInfo.endCursor },
        };
  return { data: { instance: { clusterBackups } } };
}

function smallBackup({ clusterBackupId, status, sizeBytes, startTime, endTime }: Backup) {
  return { clusterBackupId, status, sizeBytes, startTime, endTime };
}

function bigBackup(backup: Backup) {
  return {
    clusterBackupId: backup.clusterBackupId,
    status: backup.status,
    mode: backup.mode,
    isAvailable: backup.isAvailable,
    sizeBytes: backup.sizeBytes,
    startTime: backup.startTime,
    endTime: backup.endTime,
    progressPercent: backup.progressPercent,
    shardBackups: { nodes: backup.shardBackups?.nodes.map(shard) },
  };
}

function shard(one: Shard) {
  return {
    backupId: one.backupId,
    instanceName: one.instanceName,
    status: one.status,
    isAvailable: one.isAvailable,
    sizeBytes: one.sizeBytes,
    startTime: one.startTime,
    endTime: one.endTime,
    engineVersion: one.engineVersion,
  };
}
