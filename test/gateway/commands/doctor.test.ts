import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { developmentJwks } from '../../../gateway/authentication/development-key.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { startOtlpReceiver } from '../../end-to-end/otlp-receiver.ts';
import { REDIS_SERVER, startRedis } from '../../upstream/chain/redis-server.ts';

const DOCTOR = fileURLToPath(new URL('../../../gateway/commands/doctor.ts', import.meta.url));
const SECRET = 'a-very-secret-secret';
const OTHER_ACCOUNT = '2222222222222222';

describe('npm run doctor', () => {
  let folder: string;
  let sandbox: Sandbox;
  let environment: Record<string, string>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    sandbox = await startSandbox({
      accounts: [
        {
          accountId: OTHER_ACCOUNT,
          accessKeys: [{ accessKeyId: 'LTAIotherOtherOther1', accessKeySecret: SECRET }],
        },
      ],
    });
    environment = {
      UPSTREAM: 'alibaba',
      UPSTREAM_ENDPOINT: sandbox.url,
      ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.accessKeySecret,
      AUTH_AUDIENCE: '*',
      AUTH_JWKS: file('keys.json', JSON.stringify(developmentJwks())),
      RAM_POLICIES: file('policies.json', '{"policies":{},"attachments":[]}'),
      ACCOUNTS: accounts(SECRET),
    };
  });
  afterEach(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const accounts = (accessKeySecret: string, id = OTHER_ACCOUNT) =>
    file(
      'accounts.json',
      JSON.stringify([
        { id, credentials: { type: 'access_key', accessKeyId: 'LTAIotherOtherOther1', accessKeySecret } },
      ]),
    );

  it('finds nothing wrong where all is well, and names what it looked at', async () => {
    const { code, said } = await doctor(environment);
    expect(said).toMatch(/All is well/);
    expect(said).not.toMatch(/WRONG/);
    for (const check of [
      'configuration',
      'policies',
      'keys',
      'audit log',
      'endpoint',
      'clock',
      'credentials',
      'rights',
    ]) {
      expect(said).toMatch(new RegExp(`^ok {4} ${check}`, 'm'));
    }
    expect(said).toMatch(/belong to account 1234567890123456/);
    expect(said).toMatch(/belong to account 2222222222222222/);
    expect(code).toBe(0);
  });

  it('is content with the default start', async () => {
    expect(await doctor({})).toMatchObject({ code: 0, said: expect.stringMatching(/sandbox, inside of the gateway/) });
  });

  const broken: Record<string, [change: () => void, says: RegExp, advice: RegExp]> = {
    'a variable that is missing': [
      () => delete environment.AUTH_JWKS,
      /configuration: AUTH_JWKS: not set/,
      /set the variable/,
    ],
    'a policy file that does not load': [
      () => file('policies.json', '{"policies":{"a":{"Version":"2"}},"attachments":[]}'),
      /policies: policies\.a/,
      /RAM_POLICIES/,
    ],
    'a JWK Set without a key': [() => file('keys.json', '{"keys":[]}'), /keys: /, /JWK Set/],
    'an AccessKey that does not exist': [
      () => Object.assign(environment, { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAInobodyKnowsThis1' }),
      /credentials: .*InvalidAccessKeyId/,
      /AccessKey does not exist/,
    ],
    'a secret of another AccessKey': [
      () => Object.assign(environment, { ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRET }),
      /credentials: .*SignatureDoesNotMatch|credentials: .*IncompleteSignature/,
      /secret does not belong/,
    ],
    'the secret of a further account': [
      () => Object.assign(environment, { ACCOUNTS: accounts(`${SECRET}-wrong`) }),
      /credentials of 2222222222222222: /,
      /secret does not belong/,
    ],
    'the id of a further account': [
      () => Object.assign(environment, { ACCOUNTS: accounts(SECRET, '3333333333333333') }),
      /belong to account 2222222222222222, not 3333333333333333/,
      /id in ACCOUNTS/,
    ],
    'credentials of a type that there is not': [
      () =>
        Object.assign(environment, {
          ACCOUNTS: file('accounts.json', `[{"id":"${OTHER_ACCOUNT}","credentials":{"type":"magic"}}]`),
        }),
      /accounts: ACCOUNTS holds an account/,
      /Config objects/,
    ],
    'the id of the default account': [
      () => Object.assign(environment, { ALIBABA_CLOUD_ACCOUNT_ID: '9999999999999999' }),
      /not 9999999999999999/,
      /leave it out/,
    ],
    'a right that the RAM user lacks': [
      () => sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM', action: 'DescribeInstances' }),
      /rights of 1234567890123456: .*Forbidden\.RAM/,
      /AliyunKvstoreReadOnlyAccess/,
    ],
    'a clock that is wrong': [
      () => sandbox.faults.add({ kind: 'clock-skew', ms: -300_000 }),
      /clock: 30\d s ahead/,
      /NTP/,
    ],
    'an endpoint where nothing listens': [
      () => Object.assign(environment, { UPSTREAM_ENDPOINT: 'http://127.0.0.1:9' }),
      /endpoint: http:\/\/127\.0\.0\.1:9 does not answer/,
      /UPSTREAM_ENDPOINT/,
    ],
    'a Redis that is not there': [
      () => Object.assign(environment, { REDIS_URL: 'redis://:hunter2hunter2@127.0.0.1:9' }),
      /Redis: does not answer \(ECONNREFUSED\)/,
      /nothing listens there/,
    ],
    'a receiver of traces that is not there': [
      () => Object.assign(environment, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }),
      /traces: the receiver does not answer/,
      /nothing listens there|look at/,
    ],
    'an audit log that may not be written': [
      () => Object.assign(environment, { AUDIT_LOG: '/proc/audit.log' }),
      /audit log: cannot be written/,
      /may append to/,
    ],
  };
  it.each(Object.entries(broken))('finds %s, and says what to do', async (_, [change, says, advice]) => {
    change();
    const { code, said } = await doctor(environment);
    expect(
      said
        .split('\n')
        .filter((line) => line.startsWith('WRONG'))
        .join('\n'),
    ).toMatch(says);
    expect(said).toMatch(advice);
    expect(code).toBe(1);
    expect(said).not.toMatch(/a-very-secret|sandbox-secret|hunter2|LTAI/);
    expect(said).not.toMatch(/^ +at .*:\d+:\d+/m);
  });

  it('finds a URL of keys that answers with something else', async () => {
    const server = createServer((_request, response) => void response.writeHead(500).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    environment.AUTH_JWKS = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const { code, said } = await doctor(environment);
    expect(said).toMatch(/WRONG {2}keys: JWK Set: HTTP status 500/);
    expect(code).toBe(1);
    server.close();
  });

  it.skipIf(!REDIS_SERVER)('is content with a Redis and a receiver that answer', async () => {
    await using redis = await startRedis();
    await using receiver = await startOtlpReceiver();
    const { code, said } = await doctor({
      ...environment,
      REDIS_URL: redis.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
    expect(said).toMatch(/ok {4} Redis: answers/);
    expect(said).toMatch(/ok {4} traces: are taken/);
    expect(code).toBe(0);
  });
});

async function doctor(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [DOCTOR], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: '/nonexistent',
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, said };
}
