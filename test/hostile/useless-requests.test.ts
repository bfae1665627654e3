import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { expectNothingInternal } from './both-decoders.ts';
import { everything, exchange, request } from './raw-http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const TYPENAME = '{"query":"{ __typename }"}';

describe('requests that are no use', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());
  const send = (bytes: Buffer) => exchange(running.url, bytes);

  it.each([
    ['PUT', '/graphql', 405],
    ['DELETE', '/graphql', 405],
    ['TRACE', '/graphql', 405],
    ['HEAD', '/graphql?query=%7B__typename%7D', 405],
    ['POST', '/health', 405],
    ['POST', '/', 405],
    ['GET', '/graphql/', 404],
    ['GET', '/Graphql', 404],
    ['GET', '//evil.example/graphql', 404],
    ['GET', '/../../etc/passwd', 404],
    ['GET', '/..%2f..%2fetc%2fpasswd', 404],
    ['GET', '/.env', 404],
    ['GET', '/graphql%00', 404],
  ])('%s %s gets %s', async (method, target, status) => {
    const answer = await send(request(method, target));
    expect(answer.status).toBe(status);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    if (status === 405) expect(answer.headers.allow).toContain('GET');
    expectNothingInternal(answer.text);
  });

  it('do not choose where the upstream is: hosts and endpoints in headers are ignored', async () => {
    const { demo } = running.sandbox;
    const token = running.gateway.principals[0]?.token as string;
    const query = `{ instance(instanceId: "${demo.instanceId}", regionId: "cn-hangzhou") { name } }`;
    const headers = {
      ...JSON_TYPE,
      host: 'evil.example',
      authorization: `Bearer ${token}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'host=evil.example',
      'x-upstream-endpoint': 'http://evil.example',
      'x-original-url': '/metrics',
      'x-rewrite-url': '/metrics',
    };
    const { status, text } = await send(request('POST', '/graphql', headers, JSON.stringify({ query })));
    expect(status).toBe(200);
    expect(JSON.parse(text).data.instance.name).toBe(demo.name);
  });

  it('from other origins get no permission to read, neither at first nor later', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:4000']) {
      const preflight = await send(
        request('OPTIONS', '/graphql', {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        }),
      );
      expect(preflight.status).toBe(204);
      const posted = await send(request('POST', '/graphql', { ...JSON_TYPE, origin }, TYPENAME));
      for (const { headers } of [preflight, posted]) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers.vary).toContain('Origin');
      }
    }
  });

  it('leave nothing for caches that others share', async () => {
    const token = running.gateway.principals[0]?.token as string;
    const query = JSON.stringify({ query: '{ viewer { subject } }' });
    for (const authorization of [`Bearer ${token}`, undefined]) {
      const { headers, text } = await send(request('POST', '/graphql', { ...JSON_TYPE, authorization }, query));
      expect(headers['cache-control']).toBe('private, no-store');
      expect(headers.vary).toMatch(/Authorization/);
      expect(JSON.parse(text).data.viewer.subject).toBe(authorization === undefined ? null : 'alice');
    }
  });

  it.each([
    ['with an algorithm that is none', `${part({ alg: 'none' })}.${part({ sub: 'alice', exp: 9e9 })}.`],
    ['signed with HMAC', `${part({ alg: 'HS256', kid: 'development' })}.${part({ sub: 'alice', exp: 9e9 })}.c2ln`],
    [
      'with a path for a key id',
      `${part({ alg: 'RS256', kid: '../../etc/passwd' })}.${part({ sub: 'alice', exp: 9e9 })}.c2ln`,
    ],
    [
      'with a place to find its key',
      `${part({ alg: 'RS256', jku: 'http://evil.example/', x5u: 'http://evil.example/' })}.${part({ sub: 'a' })}.c2ln`,
    ],
    ['that are no tokens', 'x'],
    ['with spaces', 'a b c'],
  ])('with tokens %s get 401 and run nothing', async (_, token) => {
    const query = JSON.stringify({ query: '{ __typename regions { regionId } }' });
    const before = running.sandbox.calls.count();
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const headers = { ...JSON_TYPE, accept, authorization: `Bearer ${token}` };
      const answer = await send(request('POST', '/graphql', headers, query));
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
      expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(JSON.parse(answer.text).data).toBeUndefined();
    }
    expect(running.sandbox.calls.count()).toBe(before);
  });

  it('with two Authorization headers get 401', async () => {
    const token = running.gateway.principals[0]?.token as string;
    const headers = { ...JSON_TYPE, authorization: `Bearer ${token}`, Authorization: `Bearer ${token}` };
    expect((await send(request('POST', '/graphql', headers, TYPENAME))).status).toBe(401);
  });

  it('cannot write lines of their own into the log', async () => {
    const evil = '\r\n{"level":"error","msg":"forged"}\x1b[31m';
    await running.ask(`query Evil { __typename }`, { headers: { 'user-agent': 'a\tb\x80"}' } });
    const body = JSON.stringify({ query: 'query A { __typename }', operationName: evil, variables: { a: evil } });
    for (const id of ['"}{"forged":1', 'a'.repeat(5_000), '\x1b[31m', '../x', 'a b']) {
      const { headers } = await send(request('POST', '/graphql', { ...JSON_TYPE, 'x-request-id': id }, body));
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
    await send(
      request('POST', '/graphql', JSON_TYPE, JSON.stringify({ query: `query ${'N'.repeat(50_000)} { __typename }` })),
    );
    const written = running.output
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    expect(written.length).toBeGreaterThan(5);
    for (const line of written) {
      expect(Object.keys(JSON.parse(line))).toContain('time');
      expect(line).not.toMatch(/forged|\p{Cc}/u);
      expect(line.length).toBeLessThan(10_000);
    }
  });

  it('may be sent in a row on one connection, answered in their order', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    const all = ids.map((id, index) =>
      request(
        'POST',
        '/graphql',
        { ...JSON_TYPE, 'x-request-id': id, connection: index === 19 ? 'close' : 'keep-alive' },
        TYPENAME,
      ),
    );
    const received = await everything(running.url, Buffer.concat(all));
    expect([...received.matchAll(/x-request-id: (\S+)/g)].map(([, id]) => id)).toEqual(ids);
  });
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
