import type { Operation } from './operations.ts';
import type { ServerProcess } from './processes.ts';
import { administratorToken, type Stage } from './stage.ts';
import type { Target } from './target.ts';

/** Where a contender has its answers from. */
export type Source =
  /** An answer of the gateway in a file; for the gateway itself the upstream that it was read from, which is then in its cache. */
  { kind: 'memory'; answer: string; upstream: string } | { kind: 'upstream'; upstream: string };

/** A server that is measured. */
export interface Contender {
  name: string;
  /** What is to know about its figures. */
  note?: string;
  start(stage: Stage, source: Source): Promise<ServerProcess>;
  /** What is sent for an operation; the same for all, but for those whose schema is another. */
  body?(operation: Operation): string;
}

/** A contender that has been started. */
export interface Running {
  contender: Contender;
  server: ServerProcess;
  /** What to send for an operation. */
  target(operation: Operation): Target;
}

const gateway: Contender = {
  name: 'this gateway',
  note: 'with token, permissions, limits, metrics and a line of log for each request',
  start: (stage, { upstream }) => startGatewayProcess(stage, upstream),
};

const bare: Contender = {
  name: 'bare node:http',
  note: 'parses the body, copies the answer field by field and writes it as JSON: “bare” in the tables',
  start: (stage, source) => stage.start('bench/peers/bare-server.js', production(sourceArguments(source))),
};

const bytesKept: Contender = {
  name: 'bare node:http, bytes kept',
  note: 'parses the body and sends the same bytes again',
  start: (stage, source) =>
    stage.start('bench/peers/bare-server.js', production([...sourceArguments(source), '--bytes-kept'])),
};

const peer = (name: string, script: string, note?: string): Contender => ({
  name,
  ...(note === undefined ? {} : { note }),
  start: (stage, source) => stage.start(`bench/peers/${script}.js`, production(sourceArguments(source))),
});

const mercurius = peer('mercurius with JIT', 'mercurius', 'Fastify, mercurius and graphql-jit: “JIT” in the tables');
const yoga = peer('GraphQL Yoga', 'yoga', 'as it comes, on node:http');
const apollo = peer('Apollo Server', 'apollo-server', 'as it comes, standalone');
const yogaSubgraph = peer('GraphQL Yoga, subgraph', 'yoga-subgraph');
const hive: Contender = {
  ...peer('Hive Gateway, OpenAPI', 'hive-gateway', 'asks the upstream for every request; its schema is the wire’s own'),
  start: (stage, { upstream }) => stage.start('bench/peers/hive-gateway.js', production(['--upstream', upstream])),
  body: ({ variables: { instanceId, regionId, first } }) =>
    JSON.stringify({
      query: first === undefined ? HIVE_SMALL : HIVE_BIG,
      variables: { instanceId, regionId, size: String(first ?? 5) },
    }),
};

export const CONTENDERS = { gateway, bare, bytesKept, mercurius, yoga, apollo, hive, yogaSubgraph };

/** The gateway as it is started for production, on an upstream that answers faster than the real one may be asked. */
export function startGatewayProcess(
  stage: Stage,
  upstream: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  return stage.start('gateway/main.ts', {
    environment: {
      NODE_ENV: 'production',
      UPSTREAM: 'sandbox',
      PORT: '0',
      UPSTREAM_ENDPOINT: upstream,
      UPSTREAM_CALLS_PER_MINUTE: '1000000',
      UPSTREAM_CONCURRENCY: '10000',
      AUDIT_LOG: `${stage.folder}/audit-log`,
      ...environment,
    },
  });
}

/** Starts contenders, all of them at once, as idle ones cost nothing. */
export async function startAll(stage: Stage, contenders: readonly Contender[], source: Source): Promise<Running[]> {
  const token = await administratorToken();
  // All send it, though only the gateway looks.
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const running: Running[] = [];
  for (const contender of contenders) {
    const server = await contender.start(stage, source);
    const target = (operation: Operation) => ({
      url: `${server.url}/graphql`,
      headers,
      body: contender.body?.(operation) ?? JSON.stringify(operation),
    });
    running.push({ contender, server, target });
  }
  return running;
}

/** One answer, checked to be one without errors. */
export async function ask({ url, headers, body }: Target): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const errors = text.indexOf('"errors"');
  if (response.status === 200 && errors < 0) return text;
  throw new Error(`${url}: HTTP ${response.status}: ${text.slice(Math.max(0, errors)).slice(0, 500)}`);
}

function sourceArguments(source: Source): string[] {
  return source.kind === 'memory' ? ['--data', source.answer] : ['--upstream', source.upstream];
}

function production(words: readonly string[]) {
  return { arguments: words, environment: { NODE_ENV: 'production' } };
}

const HIVE_BIG = `query Backups($instanceId: String!, $regionId: String!, $size: String!) {
  describeClusterBackupList(InstanceId: $instanceId, RegionId: $regionId, PageSize: $size) {
    PageNumber
    ClusterBackups {
      ClusterBackupId ClusterBackupStatus ClusterBackupMode IsAvail ClusterBackupSize ClusterBackupStartTime ClusterBackupEndTime Progress
      Backups {
        BackupId InstanceName BackupStatus IsAvail BackupSize BackupStartTime BackupEndTime ExtraInfo { CustinsDbVersion }
      }
    }
  }
}`;

const HIVE_SMALL = `query Newest($instanceId: String!, $regionId: String!, $size: String!) {
  describeClusterBackupList(InstanceId: $instanceId, RegionId: $regionId, PageSize: $size, NoShardBackup: "True") {
    ClusterBackups { ClusterBackupId ClusterBackupStatus ClusterBackupSize ClusterBackupStartTime ClusterBackupEndTime }
  }
}`;
