import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { ConfigurationError } from '../../gateway/configuration/configuration.ts';
import { createPersistedDocuments } from '../../gateway/operation/persisted-documents.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const VIEWER = 'query Viewer { viewer { subject } }';
const REGION = 'query Key($regionId: String!) { instance(instanceId: "r-bp1", regionId: $regionId) { regionId } }';
const UNKNOWN = 'query Other { viewer { groups } }';
const PROGRESS = 'subscription { clusterBackupProgress(instanceId: "r-nowhere", regionId: "cn-hangzhou") { status } }';

const folder = mkdtempSync(join(tmpdir(), 'persisted-'));
const file = join(folder, 'documents.json');
// Both spellings that tools write.
writeFileSync(
  file,
  JSON.stringify({
    [sha256(VIEWER)]: VIEWER,
    [`sha256:${sha256(REGION)}`]: REGION,
    [`sha256:${sha256(PROGRESS)}`]: PROGRESS,
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const PLAIN = 'application/graphql-response+json';

/** A client that sends what a test says, and nothing more. */
function clientOf(running: () => RunningGateway) {
  let token: string;
  const headers = async (accept: string) => {
    token ??= await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });
    return { accept, authorization: `Bearer ${token}` };
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  const read = async (response: Response): Promise<{ status: number; body: any }> => ({
    status: response.status,
    body: await response.json(),
  });
  return {
    post: async (body: object, accept = PLAIN) =>
      read(
        await fetch(`${running().url}/graphql`, {
          method: 'POST',
          headers: { ...(await headers(accept)), 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    get: async (parameters: Record<string, string>, accept = PLAIN) =>
      read(
        await fetch(`${running().url}/graphql?${new URLSearchParams(parameters)}`, { headers: await headers(accept) }),
      ),
    events: async (body: object) => {
      const response = await fetch(`${running().url}/graphql`, {
        method: 'POST',
        headers: { ...(await headers('text/event-stream')), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return response.text();
    },
  };
}

const persistedQuery = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

describe('a persisted document', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway({ PERSISTED_DOCUMENTS: file });
  });
  afterAll(() => running[Symbol.asyncDispose]());
  const { post, get, events } = clientOf(() => running);

  for (const [prefix, named] of [
    ['', 'its SHA-256'],
    ['sha256:', 'its SHA-256 with its algorithm before it'],
  ] as const) {
    it(`runs by ${named}, in both spellings, over POST and GET`, async () => {
      const viewer = `${prefix}${sha256(VIEWER)}`;
      const key = `${prefix}${sha256(REGION)}`;
      const variables = { regionId: 'cn-hangzhou' };
      const answers = [
        await post({ documentId: viewer }),
        await post({ extensions: persistedQuery(viewer) }),
        await get({ documentId: viewer }),
        await get({ extensions: JSON.stringify(persistedQuery(viewer)) }),
      ];
      for (const answer of answers)
        expect(answer).toEqual({ status: 200, body: { data: { viewer: { subject: 'alice' } } } });
      const withVariables = [
        await post({ documentId: key, variables, operationName: 'Key' }),
        await post({ extensions: persistedQuery(key), variables }),
        await get({ documentId: key, variables: JSON.stringify(variables) }),
        await get({ extensions: JSON.stringify(persistedQuery(key)), variables: JSON.stringify(variables) }),
      ];
      for (const { body } of withVariables) expect(body).toEqual({ data: { instance: { regionId: 'cn-hangzhou' } } });
    });
  }

  it('may be a subscription', async () => {
    expect(await events({ documentId: sha256(PROGRESS) })).toMatch(/"code":"NOT_FOUND"/);
  });

  it('may be sent with its text, and not with another', async () => {
    const hash = sha256(VIEWER);
    expect((await post({ documentId: hash, query: VIEWER })).body.data).toEqual({ viewer: { subject: 'alice' } });
    for (const body of [
      { documentId: hash, query: UNKNOWN },
      { extensions: persistedQuery(hash), query: UNKNOWN },
      { extensions: persistedQuery(sha256(UNKNOWN)), query: VIEWER },
    ]) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
      expect(answer.body).not.toHaveProperty('data');
    }
  });

  it('is not found under a hash that nobody knows, and under one that is none', async () => {
    for (const answer of [
      await post({ documentId: sha256(UNKNOWN) }),
      await post({ extensions: persistedQuery(sha256(UNKNOWN)) }),
      await get({ documentId: sha256(UNKNOWN) }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0]).toMatchObject({
        message: 'PersistedQueryNotFound',
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
      });
    }
    for (const documentId of ['toString', '__proto__', `md5:${'0'.repeat(32)}`, sha256(VIEWER).toUpperCase(), '']) {
      const { status, body } = await post({ documentId });
      expect(status).toBe(400);
      expect(body.errors[0].extensions.code).toMatch(/BAD_USER_INPUT/);
    }
  });

  it('leaves other documents as they are', async () => {
    expect((await post({ query: UNKNOWN })).body).toEqual({ data: { viewer: { groups: [] } } });
  });

  it('may be registered by a client: unknown first, then run with its text, then by its hash alone', async () => {
    const text = `query Registered { viewer { subject groups } }`;
    const extensions = persistedQuery(sha256(text));
    const data = { viewer: { subject: 'alice', groups: [] } };
    // As Apollo Client does it: 200 under application/json, and the code decides.
    const first = await post({ operationName: 'Registered', variables: {}, extensions }, 'application/json');
    expect(first.status).toBe(200);
    expect(first.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await post({ query: text, extensions })).body).toEqual({ data });
    expect((await post({ extensions })).body).toEqual({ data });
    expect((await get({ extensions: JSON.stringify(extensions) })).body).toEqual({ data });
  });
});

describe('where only persisted documents run', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway({ PERSISTED_DOCUMENTS: file, PERSISTED_DOCUMENTS_ONLY: 'true' });
  });
  afterAll(() => running[Symbol.asyncDispose]());
  const { post, get, events } = clientOf(() => running);

  it('they run', async () => {
    const data = { viewer: { subject: 'alice' } };
    expect((await post({ documentId: sha256(VIEWER) })).body).toEqual({ data });
    expect((await post({ extensions: persistedQuery(sha256(VIEWER)), query: VIEWER })).body).toEqual({ data });
    expect((await get({ documentId: `sha256:${sha256(VIEWER)}` })).body).toEqual({ data });
  });

  it('nothing else does, introspection included, whether or not its hash is sent with it', async () => {
    const introspection = getIntrospectionQuery();
    const bodies = [
      {},
      { query: '' },
      { query: VIEWER },
      { query: UNKNOWN },
      { query: introspection },
      { query: '{ __typename }' },
      { query: '{ _service { sdl } }' },
      { query: introspection, extensions: persistedQuery(sha256(introspection)) },
      { query: UNKNOWN, documentId: sha256(UNKNOWN) },
      { extensions: persistedQuery(sha256(UNKNOWN)) },
      { extensions: { persistedQuery: 'nonsense' }, query: UNKNOWN },
    ];
    for (const body of bodies) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
      expect(answer.body).not.toHaveProperty('data');
    }
    const asked = await get({ query: UNKNOWN });
    expect(asked.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await events({ query: PROGRESS.replace('r-nowhere', 'r-bp1') })).toMatch(/PERSISTED_QUERY_NOT_FOUND/);
  });
});

describe('a file of persisted documents that is broken', () => {
  const path = join(folder, 'broken.json');

  it('ends the start with code 1 and one line', async () => {
    writeFileSync(path, '{ broken');
    const error = await startGatewayProcess({ PERSISTED_DOCUMENTS: path }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      message: `ended with code 1: PERSISTED_DOCUMENTS: got "${path}" (not JSON), takes the path of a JSON file { "SHA-256": "document" }\n`,
    });
  });

  it.each([
    ['is not an object', '["query"]', /\(not an object\)/],
    ['has something that is no hash', '{"abc":"{ __typename }"}', /"abc": expected a SHA-256 in hex/],
    ['has something that is no document', `{"${'0'.repeat(64)}":7}`, /"0{64}": .*string/],
  ])('is refused with the place of its fault when it %s', (_, content, why) => {
    writeFileSync(path, content);
    expect(() => createPersistedDocuments(path, false)).toThrow(ConfigurationError);
    expect(() => createPersistedDocuments(path, false)).toThrow(why);
  });
});
