import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { developmentJwks, signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { REDIS_SERVER, type RedisServer, startRedis } from '../upstream/chain/redis-server.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

const ACCOUNT = '1234567890123456';
const OTHER_ACCOUNT = '2222222222222222';

/** Each is fed in somewhere, and may come out nowhere. */
const SECRETS = {
  accessKeyId: 'LTAI5tTheGatewaysOwnKey1',
  accessKeySecret: 'qJ7The0Secret/of+the=key30char',
  securityToken: 'CAISzwJ1q6Ft5B2yfSjIr5fbKsiHhKhj1SecurityTokenOfSTS==',
  otherKeyId: 'LTAI5tAnotherAccountKey2',
  otherKeySecret: 'Zx9AnotherSecret+of/30chars=',
  redisPassword: 'redis"pass\\word%of-the-cache',
  otlpHeader: 'otlp-header-value-0123456789',
  inVariable: 'LTAI5tInAVariableOfMine3',
  plainVariable: 'a plain secret in a variable 5544',
  inHeader: 'cookie-session-0123456789abcdef',
  inQuery: 'in-the-query-string-9876543210',
  inOperationName: 'LTAI5tInAnOperationName4',
  basic: 'YWxpY2U6aHVudGVyMmh1bnRlcjI=',
  upstreamKey: 'LTAI5tInAnErrorOfTheirs5',
  upstreamSignature: 'c2lnbmF0dXJlLWluLWFuLWVycm9y',
  inPolicy: 'LTAI5tInABrokenPolicy666',
} as const;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

describe('secrets', () => {
  let folder: string;
  let sandbox: Sandbox;
  let receiver: OtlpReceiver;
  let redis: RedisServer | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    receiver = await startOtlpReceiver();
    redis = REDIS_SERVER ? await startRedis() : undefined;
    const { accessKeyId, accessKeySecret, securityToken } = SECRETS;
    sandbox = await startSandbox({
      accounts: [
        { accountId: ACCOUNT, accessKeys: [{ accessKeyId, accessKeySecret, securityToken }] },
        {
          accountId: OTHER_ACCOUNT,
          accessKeys: [{ accessKeyId: SECRETS.otherKeyId, accessKeySecret: SECRETS.otherKeySecret }],
        },
      ],
    });
    process.env.OTEL_EXPORTER_OTLP_HEADERS = `x-key=${SECRETS.otlpHeader}`;
  });
  afterEach(async () => {
    delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
    await sandbox.close();
    await receiver[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, name);
  };

  async function start(logLevel: string, changes: Record<string, string> = {}) {
    const output: string[] = [];
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: process.env.OTEL_EXPORTER_OTLP_HEADERS,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    const configuration = readConfiguration({
      PORT: '0',
      LOG_LEVEL: logLevel,
      UPSTREAM: 'alibaba',
      UPSTREAM_ENDPOINT: sandbox.url,
      UPSTREAM_TIMEOUT_MS: '150',
      REQUEST_TIMEOUT_MS: '600',
      ALIBABA_CLOUD_ACCESS_KEY_ID: SECRETS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRETS.accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: SECRETS.securityToken,
      ACCOUNTS: file('accounts.json', [
        {
          id: OTHER_ACCOUNT,
          credentials: {
            type: 'access_key',
            accessKeyId: SECRETS.otherKeyId,
            accessKeySecret: SECRETS.otherKeySecret,
          },
        },
      ]),
      AUTH_AUDIENCE: 'kvstore-gateway',
      AUTH_JWKS: file('keys.json', developmentJwks()),
      RAM_POLICIES: file('policies.json', {
        policies: { all: { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
        attachments: [{ subject: 'alice', policies: ['all'] }],
      }),
      AUDIT_LOG: join(folder, 'audit.log'),
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      ...changes,
    });
    const gateway = await startGateway(configuration, {
      environment,
      output: { write: (text) => output.push(text) },
    });
    return { gateway, output };
  }

  it.each(LEVELS)(
    'are in no log, audit log, metric, trace or Redis (LOG_LEVEL=%s)',
    { timeout: 60_000 },
    async (level) => {
      const { gateway, output } = await start(level);
      await expect.poll(async () => (await fetch(`${gateway.url}/ready`)).status).toBe(200);
      const fed = await feed(gateway, sandbox, (content) => file('policies.json', content));
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      const readiness = await (await fetch(`${gateway.url}/ready`)).text();
      const shared = redis === undefined ? [] : await redis.contents(decoded);
      await gateway.close();

      const places: Record<string, string> = {
        log: output.join(''),
        'audit log': readFileSync(join(folder, 'audit.log'), 'utf8'),
        metrics,
        readiness,
        traces: receiver.bodies.join(''),
        Redis: shared.join('\n'),
      };
      // What was fed was not simply turned away.
      expect(places['audit log']).toMatch(/ShardBackup\.downloadUrl/);
      expect(places.traces).toMatch(/DescribeClusterBackupList/);
      expect(places.metrics).toMatch(/UPSTREAM_TIMEOUT/);
      if (['trace', 'debug', 'info'].includes(level)) expect(places.log).toMatch(/"msg":"request"/);
      if (level === 'silent') expect(places.log).toBe('');
      if (redis !== undefined) expect(shared.length).toBeGreaterThan(3);
      expect(fed.links.length).toBeGreaterThan(3);

      // What somebody searched for names what was found, for as long as it is remembered.
      const searched = ['inVariable in Redis', 'plainVariable in Redis'];
      expect(leaks(places, { ...SECRETS, ...fed.secrets }).filter((leak) => !searched.includes(leak))).toEqual([]);
    },
  );

  it('of a Redis that is away and of keys that cannot be read are not in its errors', async () => {
    const password = encodeURIComponent(SECRETS.redisPassword);
    const { gateway, output } = await start('trace', {
      REDIS_URL: `redis://user:${password}@127.0.0.1:9/0`,
      AUTH_JWKS: 'http://user:jwks-password-0123@127.0.0.1:9/keys?token=jwks-token-0123456',
    });
    await expect.poll(() => output.join('')).toMatch(/Redis: lost/);
    await expect.poll(() => output.join('')).toMatch(/cannot be read/);
    const readiness = await (await fetch(`${gateway.url}/ready`)).text();
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    await gateway.close();
    const secrets = { ...SECRETS, jwksPassword: 'jwks-password-0123', jwksToken: 'jwks-token-0123456' };
    expect(leaks({ log: output.join(''), readiness, metrics }, secrets)).toEqual([]);
  });

  it('would be found if they were there', () => {
    const places = { log: `{"msg":"${SECRETS.inHeader}"}`, metrics: encodeURIComponent(SECRETS.accessKeySecret) };
    expect(leaks(places, SECRETS)).toEqual(['accessKeySecret in metrics', 'inHeader in log']);
  });
});

/** Puts secrets wherever a caller, an upstream or an operator may put one. */
async function feed(gateway: Gateway, sandbox: Sandbox, writePolicies: (content: string) => void) {
  const token = await signDevelopmentToken({ subject: 'alice', groups: ['a-group'], ttlSeconds: 600 });
  const stranger = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 600 });
  const expired = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 1 }, () => 0);
  const { instanceId, regionId } = sandbox.demo;
  const place = `instanceId: "${instanceId}", regionId: "${regionId}"`;
  const answers: string[] = [];
  const ask = async (
    query: string,
    { authorization = `Bearer ${token}`, variables, headers, search = '' }: AskWith = {},
  ): Promise<string> => {
    const response = await fetch(`${gateway.url}/graphql${search}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        authorization,
        cookie: `session=${SECRETS.inHeader}`,
        'x-api-key': SECRETS.inHeader,
        'x-forwarded-for': SECRETS.inHeader,
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    answers.push(text);
    return text;
  };
  const links = `query Links { instance(${place}) { clusterBackups(first: 3) { nodes { shardBackups { nodes { downloadUrl internalDownloadUrl } } } } } }`;
  const fresh = { 'cache-control': 'no-cache' };

  // Callers.
  const read = await ask(links);
  await ask(`{ instance(${place}) { name } }`, { authorization: `Bearer ${stranger}` });
  await ask('{ viewer { subject } }', { authorization: `Bearer ${expired}` });
  await ask('{ viewer { subject } }', { authorization: `Bearer ${token.slice(0, -4)}AAAA` });
  await ask('{ viewer { subject } }', { authorization: `Basic ${SECRETS.basic}` });
  await ask('{ viewer { subject } }', { headers: { 'x-request-id': SECRETS.inOperationName } });
  await ask('{ viewer { subject } }', { search: `?access_token=${SECRETS.inQuery}` });
  await ask(`query ${SECRETS.inOperationName} { viewer { subject } }`);
  await ask(`{ instance(instanceId: "${SECRETS.inVariable}", regionId: "${SECRETS.plainVariable}") { name } }`);
  for (const value of [SECRETS.inVariable, SECRETS.plainVariable]) {
    const variables = { value, filter: { search: value, tags: [{ key: 'a', value }] } };
    await ask(`query Search($value: String) { instances(regionId: "${regionId}", after: $value) { totalCount } }`, {
      variables,
    });
    await ask(
      `query Search($filter: InstanceFilter) { instances(regionId: "${regionId}", filter: $filter) { totalCount } }`,
      {
        variables,
      },
    );
    await ask('query Wrong($value: Int) { node(id: $value) { id } }', { variables });
    await ask('query Node($value: ID!) { node(id: $value) { id } }', { variables });
    await ask('query Unused { viewer { subject } }', { variables });
    await ask(`query Literal { node(id: "${value}") { id } }`);
    await ask(`{ "${value}"`);
  }

  // The upstream.
  const { upstreamKey, upstreamSignature } = SECRETS;
  const message = `The request ${upstreamKey} with Signature=${upstreamSignature} for https://oss.example/x?OSSAccessKeyId=${upstreamKey}&Signature=${upstreamSignature} failed`;
  for (const code of ['ServiceUnavailable', 'SignatureDoesNotMatch', 'Forbidden.RAM', 'Throttling.User', upstreamKey]) {
    sandbox.faults.add({ kind: 'error', code, message, times: 1 });
    await ask(links, { headers: fresh });
  }
  for (const kind of ['hang', 'reset', 'truncated'] as const) {
    const fault = sandbox.faults.add({ kind });
    await ask(`{ instance(${place}) { name } }`, { headers: fresh });
    await ask(links, { headers: fresh });
    sandbox.faults.remove(fault);
  }
  sandbox.rewrite = (_, body) => ({
    ...body,
    ClusterBackups: [{ ClusterBackupId: message, SurpriseField: upstreamKey }],
    Token: upstreamKey,
  });
  await ask(links, { headers: fresh });
  sandbox.rewrite = undefined;
  const { instanceId: other } = sandbox.instanceAt(0, OTHER_ACCOUNT);
  await ask(`{ instance(instanceId: "${other}", regionId: "${regionId}", accountId: "${OTHER_ACCOUNT}") { name } }`);

  // Operators.
  const broken = {
    policies: { [SECRETS.inPolicy]: { Version: SECRETS.inPolicy, Statement: [{ Effect: SECRETS.inPolicy }] } },
    attachments: [],
  };
  writePolicies(JSON.stringify(broken));
  await expect
    .poll(async () => (await (await fetch(`${gateway.url}/ready`)).text()).includes('does not load'))
    .toBe(true);
  writePolicies(`{ "${SECRETS.inPolicy}": not json`);

  const found = [...read.matchAll(/https?:\/\/[^"\\]+/g)].map(([link]) => link);
  const signatures = found.map((link) => new URL(link).searchParams.get('Signature') ?? link);
  return {
    links: found,
    secrets: {
      token,
      stranger,
      expired,
      tokenPayload: token.split('.')[1] as string,
      tokenSignature: token.split('.')[2] as string,
      ...Object.fromEntries(found.map((link, index) => [`link ${index}`, link])),
      ...Object.fromEntries(signatures.map((signature, index) => [`signature of link ${index}`, signature])),
    },
  };
}

interface AskWith {
  authorization?: string;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
  search?: string;
}

/** What is kept under a key in Redis: a letter, then JSON, compressed or not. */
function decoded(bytes: Buffer): string {
  return bytes[0] === 1 ? brotliDecompressSync(bytes.subarray(1)).toString('utf8') : bytes.toString('utf8');
}

/** Which secrets are where, however they are spelled. */
function leaks(places: Record<string, string>, secrets: Record<string, string>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const spellings = new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]);
    return Object.entries(places)
      .filter(([, text]) => [...spellings].some((spelling) => text.includes(spelling)))
      .map(([place]) => `${name} in ${place}`);
  });
}
