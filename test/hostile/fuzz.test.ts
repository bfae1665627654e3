import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { createSchema } from '../../schema/index.ts';
import { type GatewayProcess, startGatewayProcess } from '../end-to-end/gateway-process.ts';
import { INTERNAL, STRICT } from './both-decoders.ts';
import { type HostileRequest, hostileRequests } from './hostile-documents.ts';
import { hostileBytes, hostileHttpRequests } from './hostile-http.ts';

/** More of the same, or others, by hand: FUZZ_RUNS=100000 FUZZ_SEED=1. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 10_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_240_110);
const AT_ONCE = 50;
/** No answer may take so long, whatever else this machine does; one that does fails the test. */
const HARD_TIMEOUT_MS = 60_000;

const CODES = new Set([
  ...[
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'BAD_USER_INPUT',
    'NOT_FOUND',
    'RATE_LIMITED',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_UNAVAILABLE',
  ],
  ...[
    'UPSTREAM_ERROR',
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'DOCUMENT_LIMIT_EXCEEDED',
    'OPERATION_TOO_COSTLY',
  ],
  'PERSISTED_QUERY_NOT_FOUND',
]);

// A gateway in a process of its own, on a sandbox in this one: whatever it is sent, it goes on living, says no clearly, and keeps nothing.
describe('twenty thousand requests of any kind', { timeout: 600_000 }, () => {
  let sandbox: Sandbox;
  let gateway: GatewayProcess;
  let token: string;
  let requests = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    sandbox = await startSandbox();
    gateway = await startGatewayProcess(
      { UPSTREAM_ENDPOINT: sandbox.url, UPSTREAM_CALLS_PER_MINUTE: '1000000' },
      { nodeArguments: ['--expose-gc', '--import', 'data:text/javascript,process.on("SIGUSR2",()=>gc())'] },
    );
    token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 36_000 });
  });
  afterAll(async () => {
    agent.destroy();
    await gateway[Symbol.asyncDispose]();
    await sandbox.close();
  });

  const ask = (method: string, path: string, headers: Record<string, string>, body?: Buffer) => {
    requests += 1;
    const all = { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) };
    return new Promise<Answered>((resolve, reject) => {
      const sent = request(
        `${gateway.url}${path}`,
        { method, headers: all, agent, timeout: HARD_TIMEOUT_MS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: String(response.headers['content-type']),
              text: Buffer.concat(chunks).toString(),
            }),
          );
          response.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', (error) => reject(new Error(`${method} ${path} ${JSON.stringify(headers)}: ${error.message}`)));
      sent.end(body);
    });
  };

  /** Tells whether the process answers others while it is being fuzzed. */
  async function staysResponsive(work: () => Promise<unknown>): Promise<void> {
    let working = true;
    let probes = 0;
    const probing = (async () => {
      while (working) {
        const response = await fetch(`${gateway.url}/health`, { signal: AbortSignal.timeout(HARD_TIMEOUT_MS) });
        expect(response.status).toBe(200);
        await response.text();
        probes += 1;
        await pause(100);
      }
    })();
    try {
      await Promise.race([work(), probing.then(() => Promise.reject(new Error('the probe ended')))]);
    } finally {
      working = false;
      await probing;
    }
    expect(probes).toBeGreaterThan(0);
    expect(gateway.child.exitCode).toBeNull();
  }

  const check = <Value>(one: fc.Arbitrary<Value>, runs: number, run: (value: Value) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (values) => {
        await Promise.all(values.map(run));
      }),
      { numRuns: Math.ceil(runs / AT_ONCE), seed: SEED, endOnFailure: process.env.FUZZ_SHRINK === undefined },
    );

  const bytes = () =>
    check(hostileBytes(), RUNS * 0.35, async (sent) => {
      requests += 1;
      const received = await everything(gateway.url, sent);
      for (const [, status] of received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) expect(Number(status)).toBeLessThan(500);
      expect(received).not.toMatch(INTERNAL);
    });

  const http = () =>
    check(hostileHttpRequests(), RUNS * 0.35, async ({ method, path, headers, body }) => {
      expectProper(await ask(method, path, headers, body));
    });

  const documents = () =>
    check(hostileRequests(createSchema(), knownIn(sandbox)), RUNS * 0.3, async (sent) => {
      const accept = sent.operationName === undefined ? STRICT : 'application/json';
      const headers = { accept, 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await ask('POST', '/graphql', headers, Buffer.from(JSON.stringify(sent)));
      expectProper(answer, sent);
      expectGraphQL(answer, sent);
    });

  /** Side by side, as some wait for the other end of a connection while others have something to compute. */
  const ofEveryKind = () => staysResponsive(() => Promise.all([bytes(), http(), documents()]));

  it('in bytes, in HTTP and in documents: each is answered or refused, with nothing internal in it', async () => {
    await ofEveryKind();
    expect(requests).toBeGreaterThanOrEqual(RUNS);
  });

  it('once more, and no memory is left behind', async () => {
    /** What is left once the garbage is gone: the least of a few looks, as the look itself leaves some. */
    const heap = async () => {
      const looks: number[] = [];
      for (let look = 0; look < 5; look += 1) {
        gateway.child.kill('SIGUSR2');
        await pause(100);
        const text = await (await fetch(`${gateway.url}/metrics`)).text();
        looks.push(Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(text)?.[1]));
      }
      return Math.min(...looks);
    };
    const before = await heap();
    await ofEveryKind();
    const after = await heap();
    expect(requests).toBeGreaterThanOrEqual(2 * RUNS);
    expect(after - before).toBeLessThan(24 * 1_048_576);
  });

  it('leave no stack, key or token in the log, and no fault of the gateway', () => {
    const lines = gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(RUNS / 2);
    for (const line of lines) {
      const { level, msg } = JSON.parse(line);
      if (level === 'error' || /unexpected/.test(msg)) expect(line).toBe('no error');
    }
    const text = lines.join('\n');
    expect(text).not.toMatch(/"stack"|node_modules|sandbox-secret|Signature=|ACS3-HMAC|eyJ[\w-]{10}/);
    expect(text).not.toContain(token.split('.')[2]);
  });
});

interface Answered {
  status: number;
  type: string;
  text: string;
}

function expectProper({ status, type, text }: Answered, sent?: HostileRequest): void {
  expect(status).toBeGreaterThanOrEqual(200);
  if (status >= 500) expect({ status, text, sent }).toBe('no fault of the server');
  // The console's page and its files are none of ours to look into, and metrics name what they count.
  if (/html|javascript/.test(type)) return;
  // Links to downloads are data.
  expect(text.replace(/https?:\/\/[^"]*\.rdb\?[^"]*/g, '')).not.toMatch(INTERNAL);
  if (!/json/.test(type) || text === '') return;
  for (const { extensions } of JSON.parse(text).errors ?? []) expect(CODES).toContain(extensions.code);
}

/** What ran has data, if only null; what was refused has none, and says so by its status to a client that looks at it. */
function expectGraphQL({ status, type, text }: Answered, sent: HostileRequest): void {
  const { data, errors } = JSON.parse(text);
  if (type.startsWith(STRICT)) expect({ ran: status === 200, sent, text }).toMatchObject({ ran: data !== undefined });
  if (data === undefined || data === null) expect(errors.length).toBeGreaterThan(0);
}

/** Instances, backups and their ids, for documents to ask for. */
function knownIn(sandbox: Sandbox) {
  const instances = Array.from({ length: 6 }, (_, index) => sandbox.instanceAt(index));
  const ids = instances.flatMap(({ accountId, regionId, instanceId }) => {
    const key = { accountId, regionId, instanceId };
    const backup = { ...key, clusterBackupId: 'cb-0000000000000000', startTime: 1_700_000_000 };
    return [
      encodeGlobalId({ type: 'Instance', ...key }),
      encodeGlobalId({ type: 'ClusterBackup', ...backup }),
      encodeGlobalId({ type: 'ShardBackup', ...backup, backupId: '1' }),
    ];
  });
  return {
    id: ids,
    ids,
    accountId: [sandbox.accountId, '99'],
    regionId: ['cn-hangzhou', ...new Set(instances.map(({ regionId }) => regionId)), 'cn-nowhere'],
    instanceId: [...instances.map(({ instanceId }) => instanceId), 'r-nowhere'],
    instanceIds: instances.map(({ instanceId }) => instanceId),
    clusterBackupId: ['cb-0000000000000000'],
    after: ['MWIvMWQ5c2tpcC90bmhpejcvdHAxMno3L3RwMTI4MC9jYi14bXB3NHIxbWw5aGltMmNyLzJzMC8yLzIvMWNsZ2V1cQ'],
    before: ['x'],
    action: ['kvstore:DescribeInstances', 'kvstore:*'],
    resource: ['acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1', 'acs:*'],
    name: ['Query', 'Instance', 'Nope'],
  };
}

/** Sends bytes, and takes what comes: to the end of the connection, which this side brings about when the server waits for more. */
function everything(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let waiting: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => socket.end(), 40);
    };
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(bytes);
      wait();
    });
    const timer = setTimeout(
      () => socket.destroy(new Error(`not closed in time: ${JSON.stringify(bytes.toString('latin1'))}`)),
      HARD_TIMEOUT_MS,
    );
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      wait();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // What the server no longer wants to read.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(waiting);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}
