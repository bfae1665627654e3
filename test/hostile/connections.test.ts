import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { expectNothingInternal } from './both-decoders.ts';
import { exchange, type RawAnswer, request } from './raw-http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const TYPENAME = '{"query":"{ __typename }"}';
const NEWLINE = '\r\n';

/** Lines of a request, with the empty one at its end. */
const lines = (...all: string[]) => `${all.join(NEWLINE)}${NEWLINE}${NEWLINE}`;

function expectRefused(answer: RawAnswer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/);
  expect(JSON.parse(answer.text).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  expectNothingInternal(answer.text);
}

describe('bytes that are no proper HTTP/1.1', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());
  const send = (bytes: string | Buffer) => exchange(running.url, bytes);

  it.each([
    ['garbage', '\x00\x01\x02\xff GARBAGE\r\n\r\n'],
    ['a TLS hello', Buffer.from('160301002a0100002603034f', 'hex').toString('latin1').repeat(4)],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['an unknown version', lines('GET /health HTTP/3.7', 'host: x')],
    ['a header without a name', lines('GET /health HTTP/1.1', 'host: x', ': y')],
    ['a header with a NUL', lines('GET /health HTTP/1.1', 'host: x', 'a: b\0c')],
    ['a folded header', lines('GET /health HTTP/1.1', 'host: x', 'a: b', ' c')],
    ['a space before the colon', lines('GET /health HTTP/1.1', 'host : x')],
    ['no host', lines('GET /health HTTP/1.1')],
    ['two hosts', lines('GET /health HTTP/1.1', 'host: a', 'host: b')],
    ['a host with a space', lines('GET /graphql HTTP/1.1', 'host: a b')],
    ['a host with a path', lines('GET /graphql HTTP/1.1', 'host: a/b')],
    ['a host with a user', lines('GET /graphql HTTP/1.1', 'host: a@b')],
    ['an empty host', lines('GET /graphql HTTP/1.1', 'host: ')],
    ['an absolute target', lines('GET http://evil.example/graphql HTTP/1.1', 'host: x')],
    [
      'an absolute target to post to',
      lines('POST http://evil.example/graphql HTTP/1.1', 'host: x', 'content-length: 0'),
    ],
    ['a target that is no path', lines('OPTIONS * HTTP/1.1', 'host: x')],
    [
      'a length and chunks',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 4', 'transfer-encoding: chunked')}0\r\n\r\n`,
    ],
    ['two lengths', `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 4', 'content-length: 5')}abcde`],
    ['a length that is none', lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: -1')],
    ['a length in hex', lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 0x10')],
    ['a length that overflows', lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 99999999999999999999')],
    [
      'a coding that is not chunked',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'transfer-encoding: xchunked')}0\r\n\r\n`,
    ],
    ['chunks twice', `${lines('POST /graphql HTTP/1.1', 'host: x', 'transfer-encoding: chunked, chunked')}0\r\n\r\n`],
    [
      'a compressed transfer',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'transfer-encoding: gzip, chunked')}0\r\n\r\n`,
    ],
    [
      'a coding behind a vertical tab',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'transfer-encoding:\x0bchunked')}0\r\n\r\n`,
    ],
    [
      'a chunk that is none',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'transfer-encoding: chunked')}ZZ\r\n{\r\n0\r\n\r\n`,
    ],
    ['a line that ends in LF alone', 'GET /health HTTP/1.1\nhost: x\n\n'],
  ])('%s gets 400', async (_, bytes) => {
    expectRefused(await send(Buffer.from(bytes, 'latin1')), 400);
  });

  it.each([
    ['2,500 headers', lines('GET /health HTTP/1.1', 'host: x', ...Array(2_500).fill('a:b')), 431],
    ['101 headers', lines('GET /health HTTP/1.1', 'host: x', ...Array(100).fill('a:b')), 431],
    ['a header of 32 kB', lines('GET /health HTTP/1.1', 'host: x', `a: ${'b'.repeat(32_768)}`), 431],
    ['a target of 20 kB', lines(`GET /graphql?query=${'a'.repeat(20_000)} HTTP/1.1`, 'host: x'), 431],
    [
      'a token of 1 MB',
      lines('GET /graphql HTTP/1.1', 'host: x', `authorization: Bearer ${'a'.repeat(1_000_000)}`),
      431,
    ],
    [
      'a flood of chunk extensions',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'transfer-encoding: chunked')}1;${'a'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`,
      413,
    ],
    ['a tunnel', lines('CONNECT evil.example:443 HTTP/1.1', 'host: x'), 405],
    ['an expectation', lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 1', 'expect: tea'), 417],
  ])('%s gets %s%s', async (_, bytes, status) => {
    const answer = await send(bytes);
    expectRefused(answer, status);
    if (status === 431) {
      const { extensions } = JSON.parse(answer.text).errors[0];
      expect(extensions).toMatchObject(extensions.limitName === 'headers' ? { limit: 100 } : { limit: 16_384 });
    }
  });

  it('are the end of their connection: nothing smuggled behind them is answered', async () => {
    const smuggled = lines('GET /health HTTP/1.1', 'host: x', 'x-request-id: smuggled');
    for (const first of [
      lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 4', 'transfer-encoding: chunked'),
      lines('POST /graphql HTTP/1.1', 'host: x', 'transfer-encoding: xchunked'),
      lines('GET /health HTTP/1.1', 'host: a', 'host: b'),
    ]) {
      const received = await everything(running.url, first + smuggled);
      expect(received).not.toContain('smuggled');
      expect(received.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    }
  });

  it('in the middle of an answer end it, and nothing else', async () => {
    const body = JSON.stringify({ query: '{ instances(regionId: "cn-hangzhou", first: 40) { nodes { name } } }' });
    const token = await tokenOf(running);
    const headers = { ...JSON_TYPE, authorization: `Bearer ${token}`, connection: 'keep-alive' };
    await everything(
      running.url,
      Buffer.concat([request('POST', '/graphql', headers, body), Buffer.from('\0garbage')]),
    );
    expect((await send(request('GET', '/health'))).text).toBe('ok\n');
  });
});

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
    const token = await tokenOf(running);
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
    const token = await tokenOf(running);
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
    const token = await tokenOf(running);
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

describe('slow senders', () => {
  it('get 408, with the limit, when their headers or their body do not come in time', async () => {
    await using running = await runGateway({ HEADERS_TIMEOUT_MS: '300', RECEIVE_TIMEOUT_MS: '600' });
    const slow = [
      'GET /health HTTP/1.1\r\nhost: x\r\na',
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'content-length: 100')}{"query`,
    ];
    const answers = await Promise.all(slow.map((bytes) => exchange(running.url, bytes)));
    expect(answers.map(({ text }) => JSON.parse(text).errors[0].extensions)).toEqual([
      { code: 'BAD_USER_INPUT', limitName: 'headersTimeoutMs', limit: 300 },
      { code: 'BAD_USER_INPUT', limitName: 'receiveTimeoutMs', limit: 600 },
    ]);
    for (const { status } of answers) expect(status).toBe(408);
  });

  it('do not keep an honest client from its answer, 200 of them at a time', async () => {
    await using running = await runGateway();
    const { instanceId } = running.sandbox.demo;
    const honest = `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { name clusterBackups(first: 20) { nodes { id } } } }`;
    const { hostname, port } = new URL(running.url);
    const token = await tokenOf(running);
    const starts = [
      'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\n',
      `${lines('POST /graphql HTTP/1.1', 'host: x', `authorization: Bearer ${token}`, 'content-type: application/json', 'content-length: 90000')}`,
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'transfer-encoding: chunked')}1\r\n`,
      '',
    ];
    let refused = 0;
    const sockets = Array.from({ length: 200 }, (_, index) => {
      const socket = connect(Number(port), hostname, () => socket.write(starts[index % starts.length] as string));
      return socket.on('error', () => {}).on('close', () => (refused += 1));
    });
    const dripping = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x');
    }, 50);
    try {
      await Promise.all(
        sockets.map(
          (socket) => new Promise((resolve) => (socket.connecting ? socket.once('connect', resolve) : resolve(0))),
        ),
      );
      for (let round = 0; round < 10; round += 1) {
        const { status, body } = await running.ask(honest);
        expect(status).toBe(200);
        expect(body.data.instance.clusterBackups.nodes).toHaveLength(20);
        await pause(20);
      }
      expect(sockets.length - refused).toBeGreaterThan(90);
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    }
  });

  it('that never read their answers do not hold up others', async () => {
    await using running = await runGateway();
    const { instanceId } = running.sandbox.demo;
    const token = await tokenOf(running);
    const query = `{ instance(instanceId: "${instanceId}", regionId: "cn-hangzhou") { ${Array.from({ length: 10 }, (_, index) => `a${index}: clusterBackups(first: 30) { nodes { shardBackups { nodes { id name status startTime } } } }`).join(' ')} } }`;
    const bytes = request(
      'POST',
      '/graphql',
      { ...JSON_TYPE, authorization: `Bearer ${token}`, connection: 'keep-alive' },
      JSON.stringify({ query }),
    );
    const { hostname, port } = new URL(running.url);
    const sockets = Array.from({ length: 30 }, () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      socket.pause();
      for (let index = 0; index < 20; index += 1) socket.write(bytes);
      return socket;
    });
    try {
      const { body } = await running.ask('{ viewer { subject } }');
      expect(body.data.viewer.subject).toBe('alice');
      expect(process.memoryUsage().rss).toBeLessThan(1_500_000_000);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function tokenOf({ gateway }: RunningGateway): Promise<string> {
  return gateway.principals[0]?.token as string;
}

/** Everything that comes back until the server closes. */
function everything(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(new Error('not closed in time')), 15_000);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}
