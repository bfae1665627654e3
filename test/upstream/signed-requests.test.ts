import type { IncomingMessage } from 'node:http';
import { OpenApiUtil } from '@alicloud/openapi-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Credentials, staticCredentials } from '../../upstream/credentials.ts';
import {
  type AnsweringServer,
  answeringServer,
  answerJson,
  attemptAt,
  forever,
  plainCall,
} from './answering-server.ts';

/** What the server that received a request makes of it, with the official signing code. */
function verify(request: IncomingMessage, { accessKeyId, accessKeySecret }: Credentials) {
  const url = new URL(request.url ?? '', 'http://any');
  const sent = request.headers.authorization ?? '';
  const official = OpenApiUtil.getAuthorization(
    // The part of the SDK's request that the code reads.
    {
      method: request.method,
      pathname: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
    } as unknown as Parameters<typeof OpenApiUtil.getAuthorization>[0],
    'ACS3-HMAC-SHA256',
    request.headers['x-acs-content-sha256'] as string,
    accessKeyId,
    accessKeySecret,
  );
  return { accepted: sent === official, query: Object.fromEntries(url.searchParams) };
}

/** Anything that a header may hold; it arrives without the spaces around it. */
const headerText = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 300 })
  .filter((text) => text.trim() !== '');
const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'!\'()*~+%&=#?/ :;,"\\\t\r\n中é💾'), maxLength: 40 }),
);
/** Names as the API has them: the written rule and the SDK differ on any others. */
const parameterName = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,12}(\.\d{1,2}(\.(Key|Value))?)?$/);

describe('a signed request', () => {
  let server: AnsweringServer;
  beforeAll(async () => {
    server = await answeringServer((_request, response) => answerJson(response, 200, { ok: true }));
  });
  afterAll(() => server.close());

  async function received(
    credentials: Credentials,
    changes: Parameters<typeof plainCall>[0],
  ): Promise<IncomingMessage> {
    const attempt = attemptAt(server.url, { credentialsOf: () => staticCredentials(credentials) });
    await attempt(plainCall(changes), forever);
    await attempt.close();
    return server.requests.at(-1) as IncomingMessage;
  }

  it("is accepted by the official SDK's own signing code, whatever secrets, tokens and parameters hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accessKeyId: fc.stringMatching(/^[\w.]{1,30}$/),
          accessKeySecret: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
          securityToken: fc.option(headerText, { nil: undefined }),
        }),
        fc.dictionary(parameterName, oddText, { maxKeys: 12 }),
        fc.constantFrom('GET', 'POST'),
        async (credentials, parameters, method) => {
          const request = await received(credentials, { parameters, method });
          const { accepted, query } = verify(request, credentials);
          expect(query).toEqual(
            Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value.toWellFormed()])),
          );
          expect(accepted).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused by it when a parameter, a header, the path or the secret is another', async () => {
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'CAIS+x/y==' };
    const request = await received(credentials, { parameters: { InstanceId: 'r-1' } });
    expect(verify(request, credentials).accepted).toBe(true);
    const changed = (changes: object) => Object.assign(Object.create(request), changes) as IncomingMessage;
    expect(verify(request, { ...credentials, accessKeySecret: 'other' }).accepted).toBe(false);
    expect(verify(changed({ url: '/?InstanceId=r-2' }), credentials).accepted).toBe(false);
    expect(verify(changed({ url: '/x?InstanceId=r-1' }), credentials).accepted).toBe(false);
    for (const name of ['host', 'x-acs-action', 'x-acs-date', 'x-acs-security-token', 'x-acs-signature-nonce']) {
      const headers = { ...request.headers, [name]: 'other' };
      expect(verify(changed({ headers }), credentials).accepted, name).toBe(false);
    }
  });

  it('names the host with its port, the action, its version and the gateway, and asks for JSON', async () => {
    const request = await received({ accessKeyId: 'id', accessKeySecret: 'secret' }, { method: 'POST' });
    expect(request.method).toBe('POST');
    expect(request.headers).toMatchObject({
      host: new URL(server.url).host,
      accept: 'application/json',
      'content-length': '0',
      'user-agent': 'kvstore-gateway/test',
      'x-acs-action': 'DescribeClusterBackupList',
      'x-acs-version': '2015-01-01',
      'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(request.headers['x-acs-date']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(request.headers).not.toHaveProperty('x-acs-security-token');
    expect(request.headers).not.toHaveProperty('content-type');
  });

  it('has a nonce of its own each time, and the version of STS for STS', async () => {
    const first = await received({ accessKeyId: 'id', accessKeySecret: 'secret' }, {});
    const second = await received({ accessKeyId: 'id', accessKeySecret: 'secret' }, { product: 'sts' });
    expect(first.headers['x-acs-signature-nonce']).not.toBe(second.headers['x-acs-signature-nonce']);
    expect(second.headers['x-acs-version']).toBe('2015-04-01');
  });

  it('carries temporary credentials in signed headers', async () => {
    const credentials = {
      accessKeyId: 'STS.id',
      accessKeySecret: 'secret',
      securityToken: `CAIS+/=${'x'.repeat(8_000)}`,
    };
    const request = await received(credentials, {});
    expect(request.headers['x-acs-accesskey-id']).toBe('STS.id');
    expect(request.headers['x-acs-security-token']).toBe(credentials.securityToken);
    expect(request.headers.authorization).toContain('x-acs-accesskey-id;');
    expect(request.headers.authorization).toContain('x-acs-security-token;');
    expect(verify(request, credentials).accepted).toBe(true);
  });

  it('is not sent when the credentials hold what no header may, and the error does not repeat it', async () => {
    const attempt = attemptAt(server.url, {
      credentialsOf: () =>
        staticCredentials({ accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'token\r\nx-evil: 1' }),
    });
    const before = server.requests.length;
    await expect(attempt(plainCall(), forever)).rejects.toMatchObject({
      kind: 'error',
      retryable: false,
      message: "The gateway's credentials cannot be sent.",
    });
    expect(server.requests).toHaveLength(before);
    await attempt.close();
  });
});
