import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentJwks, signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { DEMO_POLICIES } from '../../gateway/demo/demo-policies.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { expectNothingInternal, LEGACY, STRICT } from './both-decoders.ts';
import { exchange, request } from './raw-http.ts';

// What is closed by default on a real account; the account is the sandbox's, which the gateway does not know.
describe('on a real account', () => {
  let folder: string;
  let sandbox: Sandbox;
  let gateway: Gateway;
  let alice: string;
  let guest: string;
  const output: string[] = [];

  const start = (environment: Record<string, string> = {}) =>
    startGateway(
      readConfiguration({
        NODE_ENV: 'production',
        PORT: '0',
        UPSTREAM: 'alibaba',
        UPSTREAM_ENDPOINT: sandbox.url,
        ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.accessKeySecret,
        ALIBABA_CLOUD_ACCOUNT_ID: sandbox.accountId,
        AUTH_JWKS: join(folder, 'jwks.json'),
        AUTH_AUDIENCE: 'kvstore-gateway',
        RAM_POLICIES: join(folder, 'policies.json'),
        ...environment,
      }),
      { output: { write: (text) => output.push(text) } },
    );
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify(developmentJwks()));
    writeFileSync(join(folder, 'policies.json'), JSON.stringify(DEMO_POLICIES));
    sandbox = await startSandbox();
    gateway = await start();
    alice = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });
    guest = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 3600 });
  });
  afterAll(async () => {
    await gateway.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (
    query: string,
    options: { token?: string; accept?: string; variables?: unknown; url?: string } = {},
  ) => {
    const { token, accept = STRICT, variables, url = gateway.url } = options;
    const headers = {
      accept,
      'content-type': 'application/json',
      authorization: token === undefined ? undefined : `Bearer ${token}`,
    };
    const answer = await exchange(url, request('POST', '/graphql', headers, JSON.stringify({ query, variables })));
    expectNothingInternal(answer.text);
    return { ...answer, body: JSON.parse(answer.text) };
  };

  it('introspection is refused, to the bottom of any depth, signed in or not', async () => {
    const deep = `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } }`;
    for (const query of [
      getIntrospectionQuery(),
      deep,
      '{ __type(name: "Query") { name } }',
      '{ viewer { subject } __schema { queryType { name } } }',
    ]) {
      for (const token of [undefined, alice]) {
        const strict = await ask(query, token === undefined ? {} : { token });
        expect(strict.status).toBe(400);
        expect(strict.body.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
        expect(strict.body.data).toBeUndefined();
        expect((await ask(query, { accept: LEGACY })).status).toBe(200);
      }
    }
    expect((await ask('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
  });

  it('the subgraph is shown to whoever is signed in, and to nobody else', async () => {
    const query = '{ _service { sdl } }';
    const { body } = await ask(query);
    expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(JSON.stringify(body)).not.toContain('ClusterBackup');
    expect((await ask(query, { token: guest })).body.data._service.sdl).toContain('type ClusterBackup');
  });

  it('nothing is suggested, in documents, in arguments or in variables', async () => {
    const place = 'instanceId: "r-1", regionId: "cn-hangzhou"';
    const filter = 'query ($f: InstanceFilter) { instances(regionId: "cn-hangzhou", filter: $f) { totalCount } }';
    for (const [query, variables] of [
      ['{ viewr { subject } }', undefined],
      ['{ viewer { subjekt } }', undefined],
      [`{ instance(${place}, acountId: "1") { name } }`, undefined],
      [`{ instance(${place}) { ... on Instanze { name } } }`, undefined],
      ['{ viewer { subject @skipp(if: true) } }', undefined],
      ['{ instances(regionId: "cn-hangzhou", filter: { status: NORMALL }) { totalCount } }', undefined],
      ['{ instances(regionId: "cn-hangzhou", filter: { statuss: NORMAL }) { totalCount } }', undefined],
      [filter, { f: { statuss: 'NORMAL' } }],
      [filter, { f: { status: 'NORMALL' } }],
    ] as const) {
      const { status, text } = await ask(query, { token: alice, variables });
      expect(status, query).toBe(400);
      expect(text).not.toMatch(/did you mean/i);
    }
  });

  it('there is no GraphiQL, no demo principal and no sandbox', async () => {
    const page = await exchange(gateway.url, request('GET', '/graphql', { accept: 'text/html,*/*' }));
    expect(page.status).toBe(403);
    expect(page.headers['content-type']).toBe('application/json; charset=utf-8');
    const run = await exchange(
      gateway.url,
      request('GET', '/graphql?query=%7B__typename%7D', { accept: 'text/html,*/*' }),
    );
    expect(run.status).toBe(403);
    for (const path of ['/demo-principals.json', '/_sandbox', '/_sandbox/faults', '/_sandbox/calls']) {
      expect((await exchange(gateway.url, request('GET', path))).status).toBe(404);
    }
    expect(gateway.sandbox).toBeUndefined();
  });

  it('only listed origins may read, with a token of their own but no cookies', async () => {
    const open = await start({ CORS_ORIGINS: 'https://portal.example,https://other.example' });
    try {
      const preflight = (origin: string) =>
        exchange(open.url, request('OPTIONS', '/graphql', { origin, 'access-control-request-method': 'POST' }));
      const allowed = await preflight('https://portal.example');
      expect(allowed.headers).toMatchObject({
        'access-control-allow-origin': 'https://portal.example',
        'access-control-allow-headers': expect.stringContaining('authorization'),
      });
      expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
      for (const origin of [
        'https://evil.example',
        'https://portal.example.evil.example',
        'http://portal.example',
        'null',
        '*',
      ]) {
        expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
      }
    } finally {
      await open.close();
    }
  });

  it('what is missing and what is forbidden cannot be told apart by whoever may read neither, at no call either way', async () => {
    const { instanceId } = sandbox.demo;
    const key = { accountId: sandbox.accountId, regionId: 'cn-hangzhou' };
    const ids = ['there', 'missing', 'elsewhere', 'nobody'] as const;
    const keys = {
      there: { ...key, instanceId },
      missing: { ...key, instanceId: `${instanceId.slice(0, -4)}zzzz` },
      elsewhere: { ...key, regionId: 'cn-nowhere', instanceId },
      nobody: { ...key, accountId: '6543210987654321', instanceId },
    };
    const said = new Set<string>();
    const before = sandbox.calls.count();
    for (const name of ids) {
      const one = keys[name];
      const backup = { ...one, clusterBackupId: 'cb-0000000000000000', startTime: 1_700_000_000 };
      const variables = {
        instance: one.instanceId,
        region: one.regionId,
        account: one.accountId,
        i: encodeGlobalId({ type: 'Instance', ...one }),
        b: encodeGlobalId({ type: 'ClusterBackup', ...backup }),
        s: encodeGlobalId({ type: 'ShardBackup', ...backup, backupId: '1' }),
        r: [
          { __typename: 'Instance', ...one },
          { __typename: 'ClusterBackup', id: encodeGlobalId({ type: 'ClusterBackup', ...backup }) },
        ],
      };
      const query = `query ($i: ID!, $b: ID!, $s: ID!, $r: [_Any!]!, $instance: String!, $region: String!, $account: String!) {
        a: node(id: $i) { ... on Instance { name tags { key } } }
        b: node(id: $b) { ... on ClusterBackup { status } }
        c: node(id: $s) { ... on ShardBackup { downloadUrl } }
        d: nodes(ids: [$i, $b, $s]) { ... on ClusterBackup { status } ... on Instance { name } }
        e: _entities(representations: $r) { ... on ClusterBackup { status } ... on Instance { name } }
        f: instance(instanceId: $instance, regionId: $region, accountId: $account) { name clusterBackups { totalCount } clusterBackup(clusterBackupId: "cb-1") { status } }
        g: clusterBackup(instanceId: $instance, regionId: $region, accountId: $account, clusterBackupId: "cb-1") { status }
      }`;
      const { text } = await ask(query, { token: guest, variables });
      const anonymous = text
        .replaceAll(one.instanceId, 'INSTANCE')
        .replaceAll(one.regionId, 'REGION')
        .replaceAll(one.accountId, 'ACCOUNT');
      said.add(anonymous);
      expect(text).toContain('FORBIDDEN');
      expect(text).not.toMatch(/NOT_FOUND|BAD_USER_INPUT|does not exist|unknown/);
    }
    expect([...said]).toHaveLength(1);
    // Without a call, and by the same steps, there is nothing that could take longer for one of them.
    expect(sandbox.calls.count()).toBe(before);
  });

  it('keys and tokens are in no line of the log', () => {
    const text = output.join('');
    expect(text).toContain('"msg":"request"');
    for (const secret of [sandbox.accessKeySecret, alice, alice.split('.')[2] as string])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"stack"|unexpected error/);
  });
});
