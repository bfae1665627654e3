import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type AnsweringServer, answeringServer } from '../upstream/answering-server.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const OTHER = '2222222222222222';
const REFUSED = '3333333333333333';
const WITHOUT = '5555555555555555';

describe('several accounts', () => {
  let folder: string;
  let sandbox: Sandbox;
  let credentials: AnsweringServer;
  let running: RunningGateway;
  beforeAll(async () => {
    sandbox = await startSandbox({
      accounts: [{ accountId: OTHER, accessKeys: [{ accessKeyId: 'other', accessKeySecret: 'other-secret' }] }],
    });
    credentials = await answeringServer((_request, response) => void response.writeHead(404).end('leaked'));
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    writeFileSync(
      join(folder, 'accounts.json'),
      JSON.stringify([
        {
          id: OTHER,
          regions: ['cn-hangzhou'],
          credentials: { type: 'access_key', accessKeyId: 'other', accessKeySecret: 'other-secret' },
        },
        { id: REFUSED, credentials: { type: 'access_key', accessKeyId: 'nobody', accessKeySecret: 'wrong' } },
        { id: WITHOUT, credentials: { type: 'credentials_uri', credentialsURI: credentials.url } },
      ]),
    );
    running = await runGateway({
      ACCOUNTS: join(folder, 'accounts.json'),
      UPSTREAM_ENDPOINT: sandbox.url,
      UPSTREAM_CALLS_PER_MINUTE: '6',
    });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await sandbox.close();
    await credentials.close();
    rmSync(folder, { recursive: true });
  });

  const names = async (accountId: string | undefined, regionId = 'cn-hangzhou') => {
    const account = accountId === undefined ? '' : `accountId: "${accountId}", `;
    const { body } = await running.ask(
      `{ instances(${account}regionId: "${regionId}", first: 3) { nodes { accountId instanceId name } } }`,
    );
    return body;
  };

  it('each see their own instances, asked for with their own credentials', async () => {
    const [own, other] = [await names(undefined), await names(OTHER)];
    expect(own.data.instances.nodes.map(({ accountId }: { accountId: string }) => accountId)).toEqual(
      Array(3).fill('1234567890123456'),
    );
    expect(other.data.instances.nodes.map(({ accountId }: { accountId: string }) => accountId)).toEqual(
      Array(3).fill(OTHER),
    );
    expect(own.data.instances.nodes).not.toEqual(other.data.instances.nodes);
    expect(sandbox.calls.recent('DescribeInstances').map(({ accountId }) => accountId)).toEqual([
      '1234567890123456',
      OTHER,
    ]);
  });

  it('fail by themselves: wrong credentials of one are nothing to the others, and say no more than their code', async () => {
    const refused = await names(REFUSED);
    expect(refused.data.instances).toBeNull();
    expect(refused.errors[0].extensions).toMatchObject({
      code: 'UPSTREAM_ERROR',
      upstream: { code: 'InvalidAccessKeyId.NotFound' },
    });
    expect(JSON.stringify(refused)).not.toMatch(/nobody|wrong/);
    expect((await names(undefined)).errors).toBeUndefined();
  });

  it('whose credentials cannot be fetched are named in the log, with the reason and nothing else', async () => {
    const before = sandbox.calls.count();
    const { errors } = await names(WITHOUT);
    expect(errors[0].extensions.code).toBe('UPSTREAM_ERROR');
    expect(sandbox.calls.count()).toBe(before);
    const lines = running.output.filter((line) => line.includes('credentials: not fetched'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'warn',
      accountId: WITHOUT,
      err: { cause: { message: 'HTTP status 404' } },
    });
    expect(JSON.stringify([errors, running.output])).not.toContain('leaked');
  });

  it('have quotas of their own', async () => {
    for (let index = 0; index < 8; index++) {
      await running.ask(`{ instances(regionId: "cn-hangzhou", first: ${index + 5}) { nodes { name } } }`);
    }
    const spent = await running.ask('{ instances(regionId: "cn-hangzhou", first: 40) { nodes { name } } }');
    expect(spent.body.errors[0].extensions.code).toBe('RATE_LIMITED');
    const { body } = await running.ask(
      `{ instances(accountId: "${OTHER}", regionId: "cn-hangzhou", first: 40) { nodes { name } } }`,
    );
    expect(body.errors).toBeUndefined();
  });

  it('are asked in their own regions only', async () => {
    const { errors } = await names(OTHER, 'cn-shanghai');
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('that the gateway does not know are refused before any call', async () => {
    const before = sandbox.calls.count();
    const { errors } = await names('4444444444444444');
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(sandbox.calls.count()).toBe(before);
  });
});
