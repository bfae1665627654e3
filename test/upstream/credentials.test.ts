import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultCredentials, type Environment } from '../../upstream/credentials/default-chain.ts';
import { credentialsConfig, explicitCredentials } from '../../upstream/credentials/explicit.ts';
import { refreshedCredentials } from '../../upstream/credentials/refreshed.ts';
import { staticCredentials } from '../../upstream/credentials.ts';
import type { UpstreamError } from '../../upstream/upstream-error.ts';
import { type AnsweringServer, answeringServer, answerJson, failureOf } from './answering-server.ts';

const none = staticCredentials({ accessKeyId: '', accessKeySecret: '' });
const pem = (name: string) => readFileSync(new URL(`data/tls/loopback-${name}.pem`, import.meta.url), 'utf8');

let home: string;
let now: number;
const clock = { now: () => now };

beforeEach(() => {
  now = Date.UTC(2024, 6, 1, 9, 26);
  home = mkdtempSync(join(tmpdir(), 'credentials-'));
  // The library looks for its files in the process's own home.
  for (const name of Object.keys(process.env)) if (name.startsWith('ALIBABA_CLOUD_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

/** Nothing of the machine is asked: no metadata service, no file outside of the temporary home. */
const alone: Environment = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
const session = (token: string, minutes: number) => ({
  Code: 'Success',
  AccessKeyId: 'STS.id',
  AccessKeySecret: 'temporary-secret',
  SecurityToken: token,
  Expiration: new Date(now + minutes * 60_000).toISOString().replace('.000Z', 'Z'),
});
const temporary = (securityToken: string) => ({
  accessKeyId: 'STS.id',
  accessKeySecret: 'temporary-secret',
  securityToken,
});

function writeHome(path: string, content: string): void {
  mkdirSync(join(home, path, '..'), { recursive: true });
  writeFileSync(join(home, path), content);
}
const cause = (error: UpstreamError) => (error.cause as Error).message;

describe('credentials of variables', () => {
  it('come first, with their token', async () => {
    writeHome('.aliyun/config.json', '{}');
    const source = defaultCredentials({
      ...alone,
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'token',
    });
    expect(await source.current()).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'token' });
  });

  it('are those that were passed in, not those of the process', async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'of-the-process');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'of-the-process');
    expect(await failureOf(defaultCredentials(alone).current())).toMatchObject({ kind: 'error' });
  });
});

describe('credentials of profiles', () => {
  it('come from the current profile of the CLI, or from the one that is named', async () => {
    const key = (name: string) => ({ name, mode: 'AK', access_key_id: `id-${name}`, access_key_secret: 'secret' });
    writeHome('.aliyun/config.json', JSON.stringify({ current: 'b', profiles: [key('a'), key('b')] }));
    expect(await defaultCredentials(alone).current()).toEqual({ accessKeyId: 'id-b', accessKeySecret: 'secret' });
    const named = defaultCredentials({ ...alone, ALIBABA_CLOUD_PROFILE: 'a' });
    expect(await named.current()).toEqual({ accessKeyId: 'id-a', accessKeySecret: 'secret' });
  });

  it('come from the credentials file where the CLI has none or is switched off', async () => {
    writeHome('.alibabacloud/credentials', '[default]\ntype=access_key\naccess_key_id=ini\naccess_key_secret=secret\n');
    expect(await defaultCredentials(alone).current()).toMatchObject({ accessKeyId: 'ini' });
    const profile = { name: 'a', mode: 'AK', access_key_id: 'cli', access_key_secret: 'secret' };
    writeHome('.aliyun/config.json', JSON.stringify({ current: 'a', profiles: [profile] }));
    expect(await defaultCredentials(alone).current()).toMatchObject({ accessKeyId: 'cli' });
    const off = defaultCredentials({ ...alone, ALIBABA_CLOUD_CLI_PROFILE_DISABLED: 'TRUE' });
    expect(await off.current()).toMatchObject({ accessKeyId: 'ini' });
  });

  it('that cannot be parsed are not quoted, in the error or in its cause', async () => {
    writeHome('.aliyun/config.json', '{"profiles":[{"access_key_id":"LTAI-secret-id","access_key_secret":"top-secret"');
    const failure = await failureOf(defaultCredentials(alone).current());
    expect(failure.message).toBe('The gateway has no valid credentials for this account.');
    expect(inspect(failure, { depth: 9 })).not.toMatch(/LTAI-secret-id|top-secret/);
    expect(cause(failure)).toBe('CLI profile: not set up, or not readable; credentials file: ENOENT');
  });
});

describe('the chain', () => {
  it('asks no URI where there is none', async () => {
    const connect = vi.spyOn(net.Socket.prototype, 'connect');
    const failure = await failureOf(defaultCredentials(alone).current());
    expect(failure).toMatchObject({ kind: 'error', retryable: false });
    expect(connect).not.toHaveBeenCalled();
  });

  it('is walked anew after it failed as a whole, but not at once', async () => {
    const source = defaultCredentials(alone, clock);
    await failureOf(source.current());
    writeHome(
      '.alibabacloud/credentials',
      '[default]\ntype=access_key\naccess_key_id=late\naccess_key_secret=secret\n',
    );
    await failureOf(source.current());
    now += 5_000;
    expect(await source.current()).toMatchObject({ accessKeyId: 'late' });
  });

  it('keeps to the link that succeeded, so that the process never changes who it is', async () => {
    const ini = (id: string) => `[default]\ntype=access_key\naccess_key_id=${id}\naccess_key_secret=secret\n`;
    writeHome('.alibabacloud/credentials', ini('file'));
    const source = defaultCredentials(alone, clock);
    expect(await source.current()).toMatchObject({ accessKeyId: 'file' });
    const profile = { name: 'a', mode: 'AK', access_key_id: 'cli', access_key_secret: 'secret' };
    writeHome('.aliyun/config.json', JSON.stringify({ current: 'a', profiles: [profile] }));
    writeHome('.alibabacloud/credentials', ini('file-rotated'));
    now += 3_600_000;
    await expect.poll(async () => (await source.current()).accessKeyId).toBe('file-rotated');
  });

  it('sees a key that was replaced in its file', async () => {
    const ini = (id: string) => `[default]\ntype=access_key\naccess_key_id=${id}\naccess_key_secret=secret\n`;
    writeHome('.alibabacloud/credentials', ini('old'));
    const source = defaultCredentials(alone, clock);
    expect(await source.current()).toMatchObject({ accessKeyId: 'old' });
    writeHome('.alibabacloud/credentials', ini('new'));
    now += 5 * 60_000;
    await expect.poll(async () => (await source.current()).accessKeyId).toBe('new');
  });
});

describe('credentials that a URI gives', () => {
  let server: AnsweringServer;
  let answer: (response: ServerResponse) => void;
  beforeEach(async () => {
    answer = (response) => answerJson(response, 200, session('token', 60));
    server = await answeringServer((_request, response) => answer(response));
  });
  afterEach(() => server.close());

  const byUri = (options = {}) => defaultCredentials({ ...alone, ALIBABA_CLOUD_CREDENTIALS_URI: server.url }, options);

  it('are the last of the chain', async () => {
    expect(await byUri(clock).current()).toEqual(temporary('token'));
  });

  it('are asked for once by all who need them at the same time', async () => {
    const source = byUri(clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => source.current()));
    expect(all).toEqual(Array.from({ length: 20 }, () => temporary('token')));
    await source.current();
    expect(server.requests).toHaveLength(1);
  });

  it('are renewed in the background before they end, once for all', async () => {
    const source = byUri(clock);
    await source.current();
    now += 46 * 60_000;
    answer = (response) => answerJson(response, 200, session('next', 60));
    const meanwhile = await Promise.all(Array.from({ length: 10 }, () => source.current()));
    expect(meanwhile[0]).toEqual(temporary('token'));
    await expect.poll(() => source.current()).toEqual(temporary('next'));
    expect(server.requests).toHaveLength(2);
  });

  it('still serve while a renewal fails, and never once they have ended', async () => {
    const failures: UpstreamError[] = [];
    const source = byUri({ ...clock, report: (failure: UpstreamError) => failures.push(failure) });
    await source.current();
    answer = (response) => void response.writeHead(500).end('{"AccessKeySecret":"leaked"}');
    now += 50 * 60_000;
    expect(await source.current()).toEqual(temporary('token'));
    await expect.poll(() => failures.length).toBe(1);
    expect(await source.current()).toEqual(temporary('token'));
    expect(server.requests).toHaveLength(2);
    now += 10 * 60_000;
    const failure = await failureOf(source.current());
    expect(failure).toMatchObject({ kind: 'error', retryable: true, retryAfterMs: 5_000 });
    expect(inspect(failure, { depth: 9 })).not.toContain('leaked');
    expect(cause(failure)).toBe('HTTP status 500');
    answer = (response) => answerJson(response, 200, session('back', 60));
    now += 5_000;
    expect(await source.current()).toEqual(temporary('back'));
  });

  it('are refused when they come already expired', async () => {
    answer = (response) => answerJson(response, 200, session('old', -1));
    const source = explicitCredentials({ type: 'credentials_uri', credentialsURI: server.url }, none, clock);
    expect(cause(await failureOf(source.current()))).toBe('they were already expired');
  });

  it('are not asked for at each call when they are short-lived', async () => {
    answer = (response) => answerJson(response, 200, session('short', 10));
    const source = byUri(clock);
    for (let call = 0; call < 5; call += 1) await source.current();
    now += 5 * 60_000;
    await source.current();
    expect(server.requests).toHaveLength(1);
  });

  it('are replaced when the upstream takes them for expired, once for all who were refused', async () => {
    const source = byUri(clock);
    const refused = await source.current();
    answer = (response) => answerJson(response, 200, session('next', 60));
    now += 60_000;
    const renewed = await Promise.all([source.renewed(refused), source.renewed(refused)]);
    expect(renewed).toEqual([temporary('next'), temporary('next')]);
    expect(await source.renewed(refused)).toEqual(temporary('next'));
    expect(server.requests).toHaveLength(2);
  });
});

describe('a fetch that throws what it likes', () => {
  it('becomes an error without it', async () => {
    const source = refreshedCredentials(async () => Promise.reject(new Error('secret inside')));
    const failure = await failureOf(source.current());
    expect(failure).toMatchObject({ kind: 'error' });
    expect(inspect(failure, { depth: 9 })).not.toContain('secret inside');
  });
});

describe('credentials of a role', () => {
  const requests: { request: IncomingMessage; form: URLSearchParams }[] = [];
  let answer: (response: ServerResponse) => void;
  const trusted = tls.getCACertificates('default');
  const server = createServer({ key: pem('key'), cert: pem('cert') }, async (request, response) => {
    requests.push({ request, form: new URLSearchParams(await text(request)) });
    answer(response);
  });
  let stsEndpoint: string;
  const roleArn = 'acs:ram::1234567890123456:role/backup-reader';

  beforeAll(async () => {
    // The library speaks to STS over TLS only.
    tls.setDefaultCACertificates([...trusted, pem('cert')]);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stsEndpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    requests.length = 0;
    answer = (response) => answerJson(response, 200, { Credentials: session('assumed', 60) });
  });

  it('are asked for with the keys of the account', async () => {
    const config = credentialsConfig.parse({
      type: 'ram_role_arn',
      accessKeyId: 'own-id',
      accessKeySecret: 'own-secret',
      roleArn,
      roleSessionName: 'gateway',
      externalId: 'ext',
      stsEndpoint,
    });
    expect(await explicitCredentials(config, none, clock).current()).toEqual(temporary('assumed'));
    const [{ request, form } = { request: undefined, form: undefined }] = requests;
    expect(request?.url).toContain('Action=AssumeRole&');
    expect(request?.url).toContain('AccessKeyId=own-id');
    expect(request?.url).not.toContain('SecurityToken');
    expect(Object.fromEntries(form ?? [])).toEqual({
      RoleArn: roleArn,
      RoleSessionName: 'gateway',
      ExternalId: 'ext',
      DurationSeconds: '3600',
    });
  });

  it("are asked for with the default account's credentials where the account has none of its own", async () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', 'of-the-process');
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'of-the-process');
    const base = staticCredentials({ accessKeyId: 'base-id', accessKeySecret: 'base', securityToken: 'base+token' });
    const config = credentialsConfig.parse({ type: 'ram_role_arn', roleArn, stsEndpoint });
    expect(await explicitCredentials(config, base, clock).current()).toEqual(temporary('assumed'));
    const url = requests[0]?.request.url ?? '';
    expect(url).toContain('AccessKeyId=base-id');
    expect(url).toContain('SecurityToken=base%2Btoken');
  });

  it('are asked for with a token file, read at each refresh', async () => {
    const oidcTokenFilePath = join(home, 'token');
    writeFileSync(oidcTokenFilePath, 'first-token');
    const config = credentialsConfig.parse({
      type: 'oidc_role_arn',
      roleArn,
      oidcProviderArn: 'acs:ram::1234567890123456:oidc-provider/ack',
      oidcTokenFilePath,
      stsEndpoint,
    });
    const source = explicitCredentials(config, none, clock);
    const held = await source.current();
    writeFileSync(oidcTokenFilePath, 'second-token');
    now += 60_000;
    await source.renewed(held);
    expect(requests.map(({ form }) => form.get('OIDCToken'))).toEqual(['first-token', 'second-token']);
  });

  it('that are refused give the code of the refusal, to the logs alone', async () => {
    answer = (response) => answerJson(response, 403, { Code: 'NoPermission', Message: 'secret string to sign' });
    const config = credentialsConfig.parse({ type: 'ram_role_arn', roleArn, stsEndpoint });
    const base = staticCredentials({ accessKeyId: 'id', accessKeySecret: 'secret' });
    const failure = await failureOf(explicitCredentials(config, base, clock).current());
    expect(failure).toMatchObject({ kind: 'error', retryable: false });
    expect(cause(failure)).toBe('NoPermission');
    expect(inspect(failure, { depth: 9 })).not.toContain('secret string');
  });
});

describe('credentials of an ECS instance', () => {
  it('come from the metadata service, by its second version', async () => {
    const seen: string[] = [];
    const metadata = await answeringServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['x-aliyun-ecs-metadata-token'] ?? ''}`.trim());
      if (request.method === 'PUT') return void response.end('metadata-token');
      if (request.url?.endsWith('/')) return void response.end('backup-role\n');
      return answerJson(response, 200, session('of-the-role', 360));
    });
    // The one address that the library knows, led to the loopback.
    const connect = http.Agent.prototype.createConnection;
    vi.spyOn(http.Agent.prototype, 'createConnection').mockImplementation(function (this: http.Agent, options, done) {
      expect(options.host).toBe('100.100.100.200');
      return connect.call(this, { ...options, host: '127.0.0.1', port: Number(new URL(metadata.url).port) }, done);
    });
    const source = defaultCredentials({ ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' }, clock);
    expect(await source.current()).toEqual(temporary('of-the-role'));
    const path = 'GET /latest/meta-data/ram/security-credentials/';
    expect(seen.filter((line) => line.startsWith('GET'))).toEqual([
      `${path} metadata-token`,
      `${path}backup-role metadata-token`,
    ]);
    await metadata.close();
  });
});

describe('a Config object', () => {
  it('of static keys needs nothing else', async () => {
    const key = { accessKeyId: 'id', accessKeySecret: 'secret' };
    const plain = credentialsConfig.parse({ type: 'access_key', ...key });
    expect(await explicitCredentials(plain, none).current()).toEqual(key);
    const sts = credentialsConfig.parse({ type: 'sts', ...key, securityToken: 'token' });
    expect(await explicitCredentials(sts, none).current()).toEqual({ ...key, securityToken: 'token' });
  });

  it('may have more fields than are used here', () => {
    const config = { type: 'ecs_ram_role', roleName: 'r', asyncCredentialUpdateEnabled: true, enableIMDSv2: true };
    expect(credentialsConfig.safeParse(config).success).toBe(true);
  });

  it('is refused where the library would fill it with the keys of the process, or cannot sign', () => {
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'of-the-process');
    const refused = [
      { type: 'access_key', accessKeyId: 'id' },
      { type: 'access_key', accessKeyId: 'id', accessKeySecret: '' },
      { type: 'sts', accessKeyId: 'id', accessKeySecret: 'secret' },
      { type: 'ram_role_arn', accessKeyId: 'id', accessKeySecret: 'secret' },
      { type: 'ram_role_arn', accessKeyId: 'id', roleArn: 'acs:ram::1:role/r' },
      { type: 'oidc_role_arn', roleArn: 'acs:ram::1:role/r' },
      { type: 'credentials_uri', credentialsURI: 'file:///etc/passwd' },
      { type: 'bearer', bearerToken: 'token' },
      { type: 'rsa_key_pair', publicKeyId: 'id', privateKeyFile: 'key' },
      { accessKeyId: 'id', accessKeySecret: 'secret' },
    ];
    for (const config of refused) {
      const { error } = credentialsConfig.safeParse(config);
      expect(error, JSON.stringify(config)).toBeDefined();
      expect(error?.message).not.toContain('secret"');
    }
  });
});
