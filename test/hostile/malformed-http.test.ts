import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { expectNothingInternal } from './both-decoders.ts';
import { everything, exchange, lines, type RawAnswer, request } from './raw-http.ts';

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
    ['2,500 headers', 431, lines('GET /health HTTP/1.1', 'host: x', ...Array(2_500).fill('a:b'))],
    ['101 headers', 431, lines('GET /health HTTP/1.1', 'host: x', ...Array(100).fill('a:b'))],
    ['a header of 32 kB', 431, lines('GET /health HTTP/1.1', 'host: x', `a: ${'b'.repeat(32_768)}`)],
    ['a target of 20 kB', 431, lines(`GET /graphql?query=${'a'.repeat(20_000)} HTTP/1.1`, 'host: x')],
    [
      'a token of 1 MB',
      431,
      lines('GET /graphql HTTP/1.1', 'host: x', `authorization: Bearer ${'a'.repeat(1_000_000)}`),
    ],
    [
      'a flood of chunk extensions',
      413,
      `${lines('POST /graphql HTTP/1.1', 'host: x', 'content-type: application/json', 'transfer-encoding: chunked')}1;${'a'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`,
    ],
    ['a tunnel', 405, lines('CONNECT evil.example:443 HTTP/1.1', 'host: x')],
    ['an expectation', 417, lines('POST /graphql HTTP/1.1', 'host: x', 'content-length: 1', 'expect: tea')],
  ])('%s gets %s', async (_, status, bytes) => {
    const answer = await send(bytes);
    expectRefused(answer, status);
    if (status === 431) {
      const { extensions } = JSON.parse(answer.text).errors[0];
      expect(extensions).toMatchObject(extensions.limitName === 'headers' ? { limit: 100 } : { limit: 16_384 });
    }
  });

  it('gets an answer with 100 headers', async () => {
    const answer = await send(lines('GET /health HTTP/1.1', 'host: x', ...Array(99).fill('a:b')));
    expect(answer.status).toBe(200);
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
    const token = running.gateway.principals[0]?.token as string;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, connection: 'keep-alive' };
    await everything(
      running.url,
      Buffer.concat([request('POST', '/graphql', headers, body), Buffer.from('\0garbage')]),
    );
    expect((await send(request('GET', '/health'))).text).toBe('ok\n');
  });
});

function expectRefused(answer: RawAnswer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/);
  expect(JSON.parse(answer.text).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  expectNothingInternal(answer.text);
}
