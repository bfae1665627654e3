import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { developmentJwks, signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

const MAIN = fileURLToPath(new URL('../../gateway/main.ts', import.meta.url));

describe('a start on a real account', () => {
  let folder: string;
  let sandbox: Sandbox;
  let gateway: GatewayProcess | undefined;
  let environment: Record<string, string>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    sandbox = await startSandbox();
    const policies = {
      policies: { all: { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
      attachments: [{ subject: 'alice', policies: ['all'] }],
    };
    writeFileSync(join(folder, 'policies.json'), JSON.stringify(policies));
    writeFileSync(join(folder, 'keys.json'), JSON.stringify(developmentJwks()));
    environment = {
      UPSTREAM: 'alibaba',
      UPSTREAM_ENDPOINT: sandbox.url,
      ALIBABA_CLOUD_ACCESS_KEY_ID: sandbox.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: sandbox.accessKeySecret,
      AUTH_AUDIENCE: 'kvstore-gateway',
      AUTH_JWKS: join(folder, 'keys.json'),
      RAM_POLICIES: join(folder, 'policies.json'),
    };
  });
  afterEach(async () => {
    await gateway?.[Symbol.asyncDispose]();
    gateway = undefined;
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const ready = async () => {
    const response = await fetch(`${gateway?.url}/ready`);
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
    return { status: response.status, body: (await response.json()) as any };
  };
  const ask = async () => {
    const { instanceId, regionId } = sandbox.demo;
    const token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 600 });
    const response = await fetch(`${gateway?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { accountId name } }`,
      }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
    return (await response.json()) as any;
  };

  it('asks STS once for the default account, and is ready then', async () => {
    gateway = await startGatewayProcess(environment);
    await expect.poll(async () => (await ready()).status).toBe(200);
    expect((await ask()).data.instance).toEqual({ accountId: '1234567890123456', name: 'orders-cluster' });
    expect(sandbox.calls.byAction()).toEqual({ GetCallerIdentity: 1, DescribeInstances: 1 });
    for (let index = 0; index < 5; index++) await ready();
    expect(sandbox.calls.count()).toBe(2);
  });

  it('asks nobody where the account is given', async () => {
    gateway = await startGatewayProcess({ ...environment, ALIBABA_CLOUD_ACCOUNT_ID: '1234567890123456' });
    expect((await ready()).status).toBe(200);
    expect(sandbox.calls.count()).toBe(0);
  });

  it('lives but is not ready while STS does not answer, says why, and is ready once it does', async () => {
    sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable', times: 2, action: 'GetCallerIdentity' });
    gateway = await startGatewayProcess(environment);
    await expect.poll(async () => (await ready()).body.defaultAccount.fault).toMatch(/ServiceUnavailable/);
    expect(await ready()).toMatchObject({ status: 503, body: { ready: false, state: 'starting' } });
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    const early = await ask();
    expect(early.errors[0]).toMatchObject({ path: ['instance'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    await expect.poll(() => gateway?.output()).toMatch(/not known yet: not ready/);
    await expect.poll(async () => (await ready()).status).toBe(200);
    expect((await ask()).data.instance.name).toBe('orders-cluster');
  });

  it('stays not ready with credentials that are wrong, without their being shown', async () => {
    gateway = await startGatewayProcess({ ...environment, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'not-the-right-secret' });
    await expect.poll(async () => (await ready()).body.defaultAccount.fault).toMatch(/gateway's signature/);
    expect((await ready()).status).toBe(503);
    expect(gateway.output()).not.toMatch(/not-the-right-secret/);
    expect((await gateway.end()).code).toBe(0);
  });

  it('is not ready before the keys that verify tokens were read', async () => {
    let answer: ((server: Server) => void) | undefined;
    const keys = createServer((_request, response) => {
      answer = () => response.end(JSON.stringify(developmentJwks()));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    gateway = await startGatewayProcess({ ...environment, AUTH_JWKS: url });
    await expect.poll(async () => (await ready()).body.defaultAccount.known).toBe(true);
    expect(await ready()).toMatchObject({ status: 503, body: { keys: { keys: 0, loadedAt: null } } });
    answer?.(keys);
    await expect.poll(async () => (await ready()).status).toBe(200);
    keys.close();
    keys.closeAllConnections();
  });

  it.each([
    ['a policy file that does not load', { RAM_POLICIES: 'broken.json' }, /^RAM_POLICIES: policies/m],
    ['a variable that is missing', { AUTH_AUDIENCE: '' }, /^AUTH_AUDIENCE: not set/m],
    ['a port that is taken', { PORT: 'taken' }, /^PORT: another process listens there/m],
    ['an account whose credentials make no sense', { ACCOUNTS: 'accounts.json' }, /^ACCOUNTS: /m],
  ])('does not start with %s: exit code 1 and one line that says so', async (_, changes, says) => {
    writeFileSync(join(folder, 'broken.json'), '{"policies":{"a":{"Version":"9","Statement":[]}},"attachments":[]}');
    writeFileSync(
      join(folder, 'accounts.json'),
      '[{"id":"2222222222222222","credentials":{"type":"access_key","accessKeySecret":"never-shown-secret"}}]',
    );
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const paths = Object.entries(changes as Record<string, string>).map(([name, value]) => [
      name,
      value === 'taken'
        ? `${(taken.address() as AddressInfo).port}`
        : value.includes('.')
          ? join(folder, value)
          : value,
    ]);
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        PORT: '0',
        ...environment,
        ...Object.fromEntries(paths),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
      });
    }
    await once(child, 'close');
    taken.close();
    expect(child.exitCode).toBe(1);
    expect(said).toMatch(says);
    expect(said).not.toMatch(/never-shown-secret|^ +at /m);
  });

  it('ends with 0 on a signal that comes while it starts', async () => {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, PORT: '0', ...environment },
    });
    // Not before node has begun to run it, which is when it asks STS.
    await expect.poll(() => sandbox.calls.count(), { interval: 1, timeout: 10_000 }).toBeGreaterThan(0);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
  });

  it('logs a rejection that nobody handles, and goes on', async () => {
    const script = `data:text/javascript,${encodeURIComponent('setTimeout(() => Promise.reject(new Error("nobody cares")), 1500)')}`;
    gateway = await startGatewayProcess(environment, { nodeArguments: ['--import', script] });
    await expect.poll(() => gateway?.output()).toMatch(/"msg":"unhandled rejection"/);
    expect(gateway.output()).toMatch(/nobody cares/);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    expect((await gateway.end()).code).toBe(0);
  });

  it('ends with 1 after an error that nobody caught, having said so', async () => {
    const script = `data:text/javascript,${encodeURIComponent('setTimeout(() => { throw new Error("out of order") }, 1500)')}`;
    gateway = await startGatewayProcess(environment, { nodeArguments: ['--import', script] });
    const [code] = await once(gateway.child, 'close');
    expect(code).toBe(1);
    expect(gateway.output()).toMatch(/"level":"fatal".*out of order/);
  });
});
