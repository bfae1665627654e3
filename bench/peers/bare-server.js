import { createServer } from 'node:http';
import { sourceOf } from './source.js';

// Nothing but node:http: parses the request's body, copies what its source gives field by field, as any server must, and writes it as JSON; with
// --bytes-kept it sends the same bytes again and again.
const words = process.argv.slice(2);
const source = sourceOf(words.filter((word) => word !== '--bytes-kept'));
const kept = words.includes('--bytes-kept') ? JSON.stringify(await answerTo({ query: '', variables: {} })) : undefined;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', async () => {
    const operation = JSON.parse(body);
    const text = kept ?? JSON.stringify(await answerTo(operation));
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));

async function answerTo({ query, variables }) {
  const instances = await source.instances?.();
  if (instances !== undefined) return { data: { instances: { nodes: instances.nodes.map(instanceOf) } } };
  const instance = await source.instance(variables);
  const first = variables.first ?? 1;
  const { nodes, pageInfo } = await source.clusterBackups(instance, { first });
  const small = pageInfo === undefined || query.startsWith('query Newest');
  const clusterBackups = small
    ? { nodes: nodes.map(smallBackup) }
    : {
        nodes: nodes.map(bigBackup),
        pageInfo: { hasNextPage: pageInfo.hasNextPage, endCursor: pageInfo.endCursor },
      };
  return { data: { instance: { clusterBackups } } };
}

function instanceOf({ instanceId, name, clusterBackups }) {
  return { instanceId, name, clusterBackups: clusterBackups && { nodes: clusterBackups.nodes.map(smallBackup) } };
}

function smallBackup({ clusterBackupId, status, sizeBytes, startTime, endTime }) {
  return { clusterBackupId, status, sizeBytes, startTime, endTime };
}

function bigBackup(backup) {
  return {
    clusterBackupId: backup.clusterBackupId,
    status: backup.status,
    mode: backup.mode,
    isAvailable: backup.isAvailable,
    sizeBytes: backup.sizeBytes,
    startTime: backup.startTime,
    endTime: backup.endTime,
    progressPercent: backup.progressPercent,
    shardBackups: { nodes: backup.shardBackups.nodes.map(shardOf) },
  };
}

function shardOf(shard) {
  return {
    backupId: shard.backupId,
    instanceName: shard.instanceName,
    status: shard.status,
    isAvailable: shard.isAvailable,
    sizeBytes: shard.sizeBytes,
    startTime: shard.startTime,
    endTime: shard.endTime,
    engineVersion: shard.engineVersion,
  };
}
