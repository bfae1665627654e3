import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { developmentJwks } from '../../../gateway/authentication/development-key.ts';
import {
  ConfigurationError,
  readConfiguration,
  SANDBOX_ACCOUNT_ID,
} from '../../../gateway/configuration/configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The lines that the process would end with; empty when it would start. */
function faults(env: Record<string, string>): readonly string[] {
  try {
    readConfiguration(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
}

const jwks = file('jwks.json', developmentJwks());
const policies = file('policies.json', '{}');
const alibaba = { UPSTREAM: 'alibaba', AUTH_JWKS: jwks, AUTH_AUDIENCE: 'portal', RAM_POLICIES: policies };

describe('an empty environment', () => {
  it('is the sandbox with the documented defaults', () => {
    expect(readConfiguration({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      upstream: 'sandbox',
      upstreamEndpoint: undefined,
      upstreamNetwork: 'public',
      upstreamTimeoutMs: 3000,
      requestTimeoutMs: 8000,
      upstreamCallsPerMinute: 200,
      upstreamConcurrency: 16,
      accessKey: undefined,
      accountId: '1234567890123456',
      accounts: [],
      authJwks: { kind: 'development' },
      authAudience: 'kvstore-gateway',
      authIssuer: undefined,
      authGroupsClaim: 'groups',
      ramPolicies: undefined,
      redisUrl: undefined,
      corsOrigins: [],
      trustProxy: 0,
      auditLog: undefined,
      requestsPerMinute: undefined,
      maxUpstreamCalls: 150,
      limits: {
        document: {
          tokens: 2000,
          nesting: 100,
          depth: 12,
          introspectionDepth: 20,
          aliases: 100,
          directives: 50,
          rootFields: 100,
          fields: 5000,
          listItems: 100,
        },
        connection: {
          headerBytes: 16_384,
          headers: 100,
          headersTimeoutMs: 10_000,
          receiveTimeoutMs: 30_000,
          idleTimeoutMs: 120_000,
          connections: 4096,
        },
        bodyBytes: 100_000,
        answer: { fields: 500_000, errors: 10_000 },
        subscriptions: 20,
      },
      persistedDocuments: undefined,
      persistedDocumentsOnly: false,
      introspection: true,
      graphiql: true,
      logLevel: 'info',
    });
  });

  it('is what empty texts and unknown variables are worth', () => {
    expect(readConfiguration({ PORT: '', UPSTREAM: '', AUTH_JWKS: '', PATH: '/bin', PORTT: 'x' })).toEqual(
      readConfiguration({}),
    );
  });

  it('gives a configuration that nobody can change', () => {
    const configuration = readConfiguration({});
    expect(Object.isFrozen(configuration)).toBe(true);
    expect(Object.isFrozen(configuration.corsOrigins)).toBe(true);
  });
});

describe('right values', () => {
  it('are read into their types', () => {
    const accounts = [{ id: '2222222222222222', credentials: { type: 'access_key' }, regions: ['cn-beijing'] }];
    const configuration = readConfiguration({
      ...alibaba,
      NODE_ENV: 'production',
      PORT: '0',
      HOST: '::',
      UPSTREAM_ENDPOINT: 'https://proxy.example/kvstore/',
      UPSTREAM_NETWORK: 'vpc',
      UPSTREAM_TIMEOUT_MS: '250',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'key-id',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'odd sécret &=%',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'CAIS+/=',
      ALIBABA_CLOUD_ACCOUNT_ID: '3333333333333333',
      ACCOUNTS: file('accounts.json', accounts),
      AUTH_ISSUER: 'https://issuer.example',
      REDIS_URL: 'rediss://:secret@redis.example:6380/1',
      CORS_ORIGINS: 'https://a.example, http://localhost:3000,https://a.example',
      TRUST_PROXY: '2',
      AUDIT_LOG: join(folder, 'audit.log'),
      GRAPHIQL: '1',
      LOG_LEVEL: 'silent',
    });
    expect(configuration).toMatchObject({
      port: 0,
      host: '::',
      upstreamEndpoint: 'https://proxy.example/kvstore',
      upstreamNetwork: 'vpc',
      upstreamTimeoutMs: 250,
      accessKey: { accessKeyId: 'key-id', accessKeySecret: 'odd sécret &=%', securityToken: 'CAIS+/=' },
      accountId: '3333333333333333',
      accounts,
      authJwks: { kind: 'file', path: jwks },
      authAudience: 'portal',
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      trustProxy: 2,
      introspection: false,
      graphiql: true,
      logLevel: 'silent',
    });
  });

  it.each(['http://127.0.0.1:4100', 'http://localhost:4100', 'http://[::1]:4100', 'https://127.8.9.1'])(
    'take %s for an upstream on loopback',
    (endpoint) => {
      expect(readConfiguration({ UPSTREAM_ENDPOINT: endpoint }).upstreamEndpoint).toBe(endpoint);
    },
  );

  it('leave the cloud out of the sandbox, whatever the environment has of it', () => {
    const configuration = readConfiguration({
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'real',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'real\n',
      ALIBABA_CLOUD_ACCOUNT_ID: 'wrong',
    });
    expect(configuration.accessKey).toBeUndefined();
    expect(configuration.accountId).toBe(SANDBOX_ACCOUNT_ID);
  });
});

describe('a wrong value', () => {
  it.each([
    ['PORT', '70000'],
    ['PORT', '4e3'],
    ['PORT', ' 4000'],
    ['HOST', 'not a host'],
    ['UPSTREAM', 'aws'],
    ['UPSTREAM_ENDPOINT', 'ftp://127.0.0.1'],
    ['UPSTREAM_ENDPOINT', 'http://127.0.0.1.evil.example'],
    ['UPSTREAM_ENDPOINT', 'http://localhost.evil.example'],
    ['UPSTREAM_ENDPOINT', 'https://r-kvstore.aliyuncs.com'],
    ['UPSTREAM_ENDPOINT', 'http://user@127.0.0.1'],
    ['UPSTREAM_ENDPOINT', 'http://127.0.0.1@evil.example'],
    ['UPSTREAM_ENDPOINT', 'http://127.0.0.1/?a=b'],
    ['UPSTREAM_NETWORK', 'private'],
    ['UPSTREAM_TIMEOUT_MS', '0'],
    ['REQUEST_TIMEOUT_MS', '-1'],
    ['UPSTREAM_CALLS_PER_MINUTE', '1.5'],
    ['UPSTREAM_CONCURRENCY', 'many'],
    ['ACCOUNTS', '/nowhere/accounts.json'],
    ['AUTH_JWKS', 'http://issuer.example/jwks'],
    ['AUTH_JWKS', 'file:///etc/passwd'],
    ['AUTH_JWKS', '/nowhere/jwks.json'],
    ['AUTH_GROUPS_CLAIM', ' '],
    ['RAM_POLICIES', '/nowhere/policies.json'],
    ['RAM_POLICIES', tmpdir()],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example,'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGINS', 'null'],
    ['TRUST_PROXY', 'true'],
    ['AUDIT_LOG', '/nowhere/audit.log'],
    ['AUDIT_LOG', tmpdir()],
    ['REQUESTS_PER_MINUTE', '0'],
    ['MAX_UPSTREAM_CALLS', 'none'],
    ['PERSISTED_DOCUMENTS', '/nowhere/documents.json'],
    ['INTROSPECTION', 'yes'],
    ['GRAPHIQL', 'TRUE'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost'],
    ['LOG_LEVEL', 'loud'],
  ])('of %s (%s) is one line with its name, what it got and what it takes', (name, value) => {
    const lines = faults({ [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name}: got .+takes .+`));
  });

  it('is reported beside all the others, one line for each variable', () => {
    const lines = faults({ NODE_ENV: 'production', PORT: 'x', TRUST_PROXY: 'y', PERSISTED_DOCUMENTS_ONLY: 'true' });
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
      'PERSISTED_DOCUMENTS',
      'PORT',
      'TRUST_PROXY',
      'UPSTREAM',
    ]);
    expect(lines.join('')).not.toContain('\n');
  });

  it('keeps control characters out of the terminal', () => {
    expect(faults({ LOG_LEVEL: 'a\u001b[31m\nPORT: fine' })[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe('what one variable asks of another', () => {
  it('is an upstream chosen on purpose in production', () => {
    expect(faults({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^UPSTREAM: not set, takes/)]);
    expect(faults({ NODE_ENV: 'production', UPSTREAM: 'sandbox' })).toEqual([]);
  });

  it('is keys, audience and policies on a real account', () => {
    const names = faults({ UPSTREAM: 'alibaba' }).map((line) => line.split(':')[0]);
    expect(names).toEqual(['AUTH_JWKS', 'AUTH_AUDIENCE', 'RAM_POLICIES']);
    expect(faults(alibaba)).toEqual([]);
  });

  it('is both halves of an AccessKey', () => {
    expect(faults({ ...alibaba, ALIBABA_CLOUD_ACCESS_KEY_ID: 'a' })[0]).toMatch(/^ALIBABA_CLOUD_ACCESS_KEY_SECRET:/);
    expect(faults({ ...alibaba, ALIBABA_CLOUD_SECURITY_TOKEN: 'a' })[0]).toMatch(/^ALIBABA_CLOUD_ACCESS_KEY_ID:/);
  });
});

describe('a secret', () => {
  it.each([
    ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'hush hush'],
    ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'hush\r'],
    ['ALIBABA_CLOUD_SECURITY_TOKEN', 'hush\n'],
    ['REDIS_URL', 'http://:hush@redis:6379'],
    ['REDIS_URL', 'http://user:hu/hush@redis:6379'],
    ['REDIS_URL', 'http://redis:6379?password=hush'],
    ['REDIS_URL', 'hush'],
    ['ACCOUNTS', '[{"credentials":"hush"}]'],
    ['ACCOUNTS', file('text.json', 'hush')],
    ['ACCOUNTS', file('object.json', { hush: 'hush' })],
    ['ACCOUNTS', file('entry.json', [{ id: 'hush', credentials: 'hush', hush: 'hush' }])],
    ['ACCOUNTS', file('keys.json', [{ id: '2222222222222222', credentials: {}, hush: 'hush' }])],
    ['AUTH_JWKS', file('private.json', '{"keys": "hush"}')],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://user:hush@collector'],
  ])('in a wrong %s is never shown', (name, value) => {
    const [line, ...rest] = faults({
      ...alibaba,
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's',
      [name]: value,
    });
    expect(rest).toEqual([]);
    expect(line).toMatch(new RegExp(`^${name}: got `));
    expect(line).not.toContain('hush');
  });
});

describe('the ACCOUNTS file', () => {
  it.each([
    ['an account id that is a number', [{ id: 1234567890123456, credentials: {} }], /entry 1: id/],
    ['a misspelt key', [{ id: '2222222222222222', credentials: {}, region: [] }], /entry 1: not exactly/],
    ['no credentials', [{ id: '2222222222222222' }], /entry 1: credentials/],
    [
      'regions that are a text',
      [{ id: '2222222222222222', credentials: {}, regions: 'cn-beijing' }],
      /entry 1: regions/,
    ],
    ['one account twice', [1, 2].map(() => ({ id: '2222222222222222', credentials: {} })), /twice/],
    ['an object', {}, /not an array/],
  ])('is refused with %s', (name, content, reason) => {
    expect(faults({ ACCOUNTS: file(`${name}.json`, content) })[0]).toMatch(reason);
  });
});
