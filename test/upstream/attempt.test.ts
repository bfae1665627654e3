// Longer than most files: everything that can come back over one connection, told by one server that answers as it is told.

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { staticCredentials } from '../../upstream/credentials.ts';
import { onceMoreWhenPutRight, PutRight } from '../../upstream/put-right.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { answeringServer, answerJson, attemptAt, failureOf, forever, plainCall } from './answering-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server with an attempt at it, both gone after the test. */
async function talk(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  options: Parameters<typeof attemptAt>[1] = {},
) {
  let count = 0;
  const server = await answeringServer((request, response) => {
    count += 1;
    answer(request, response, count);
  });
  const attempt = attemptAt(server.url, options);
  cleanups.push(server.close, attempt.close);
  return { server, attempt, ask: (changes?: Parameters<typeof plainCall>[0]) => attempt(plainCall(changes), forever) };
}

const error = (code: string, more: object = {}) => ({ Code: code, Message: 'no', RequestId: 'A1-B2', ...more });

describe('a whole answer', () => {
  it('is parsed, also when it is compressed', async () => {
    const { ask, server } = await talk((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ value: '中文' })));
    });
    expect(await ask()).toEqual({ value: '中文' });
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip');
  });

  it('comes over connections that are used again', async () => {
    const { ask, server } = await talk((_request, response) => answerJson(response, 200, {}));
    for (let call = 0; call < 20; call += 1) await ask();
    expect(new Set(server.requests.map(({ socket }) => socket.remotePort)).size).toBeLessThanOrEqual(2);
  });

  it('comes over at most as many connections as allowed', async () => {
    const waiting: ServerResponse[] = [];
    const { ask, server } = await talk((_request, response) => void waiting.push(response), { connections: 3 });
    const calls = Array.from({ length: 9 }, () => ask());
    for (let answered = 0; answered < 9; answered += 1) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      answerJson(waiting.shift() as ServerResponse, 200, {});
    }
    await Promise.all(calls);
    expect(new Set(server.requests.map(({ socket }) => socket.remotePort)).size).toBe(3);
  });
});

describe('an answer that is not whole', () => {
  const html = '<html><body>bad gateway</body></html>';
  const cases: [name: string, status: number, body: string, expected: object][] = [
    ['HTML with 502', 502, html, { kind: 'unavailable', retryable: true, httpStatus: 502 }],
    ['nothing with 503', 503, '', { kind: 'unavailable', retryable: true, httpStatus: 503 }],
    ['HTML with 200', 200, html, { kind: 'unavailable', retryable: true, httpStatus: 200 }],
    ['nothing with 200', 200, '', { kind: 'unavailable', retryable: true, httpStatus: 200 }],
    ['half a JSON text with 200', 200, '{"ClusterBackups":[{"Cl', { kind: 'unavailable', retryable: true }],
    ['HTML with 403', 403, html, { kind: 'error', retryable: false, httpStatus: 403 }],
    ['HTML with 429', 429, html, { kind: 'throttled', retryable: true, retryAfterMs: 1000 }],
  ];
  for (const [name, status, body, expected] of cases) {
    it(`is classified: ${name}`, async () => {
      const { ask } = await talk((_request, response) => void response.writeHead(status).end(body));
      const failure = await failureOf(ask());
      expect(failure).toBeInstanceOf(UpstreamError);
      expect(failure).toMatchObject(expected);
      expect(failure.message).not.toContain('<');
      expect(JSON.stringify(failure.cause) ?? '').not.toContain('ClusterBackups');
    });
  }

  it('is unavailable when the connection ends before the announced length', async () => {
    const { ask } = await talk((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"a":');
      setImmediate(() => response.destroy());
    });
    expect(await failureOf(ask())).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  it('is unavailable when the compressed text is cut off', async () => {
    const { ask } = await talk((_request, response) => {
      const bytes = gzipSync(JSON.stringify({ list: Array.from({ length: 500 }, (_, index) => index) }));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes.subarray(0, bytes.length / 2));
    });
    expect(await failureOf(ask())).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  it('is an error when it is JSON but nothing that the operation can read', async () => {
    const { ask } = await talk((_request, response) => answerJson(response, 200, { RequestId: 'A1-B2' }));
    const parse = () => {
      throw new TypeError('http://secret.example/link');
    };
    const failure = await failureOf(ask({ parse }));
    expect(failure).toMatchObject({ kind: 'error', retryable: false, httpStatus: 200, requestId: 'A1-B2' });
    expect(failure.message).not.toContain('secret');
  });
});

describe('an answer that is too much', () => {
  const limit = 100_000;

  it('is refused by its length, and the connection dropped', async () => {
    let dropped: Promise<unknown> | undefined;
    const { ask } = await talk(
      (_request, response) => {
        dropped = once(response, 'close');
        response.writeHead(200, { 'content-length': String(50_000_000) });
        response.write(Buffer.alloc(200_000, ' '));
      },
      { maxBodyBytes: limit },
    );
    expect(await failureOf(ask())).toMatchObject({ kind: 'error', retryable: false });
    await dropped;
  });

  it('is one byte more than the most that is taken', async () => {
    const body = JSON.stringify({ value: '' });
    let length = limit;
    const { ask } = await talk(
      // In pieces and without a length, so that it is counted.
      (_request, response) => {
        response.write(body.replace('""', `"${'a'.repeat(length - body.length)}"`));
        response.end();
      },
      { maxBodyBytes: limit },
    );
    expect(await ask()).toEqual({ value: 'a'.repeat(limit - body.length) });
    length += 1;
    expect((await failureOf(ask())).message).toContain('larger than');
  });

  it('is refused when it never ends', async () => {
    const { ask } = await talk(
      (_request, response) => {
        const pour = () => {
          while (!response.destroyed && response.write(Buffer.alloc(16_384, ' ')));
        };
        response.on('drain', pour);
        pour();
      },
      { maxBodyBytes: limit },
    );
    expect((await failureOf(ask())).message).toContain('larger than');
  });

  it('is refused when it unpacks to too much', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    expect(bomb.length).toBeLessThan(limit);
    const { ask } = await talk(
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
      { maxBodyBytes: limit },
    );
    expect((await failureOf(ask())).message).toContain('larger than');
  });

  it('is refused in an encoding that was not asked for', async () => {
    for (const encoding of ['br', 'deflate', 'gzip, gzip']) {
      const { ask } = await talk(
        (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end('x'),
      );
      expect(await failureOf(ask())).toMatchObject({ kind: 'error', retryable: false });
    }
  });

  it('is refused when its headers alone are', async () => {
    const { ask } = await talk((_request, response) => answerJson(response, 200, {}, { big: 'x'.repeat(100_000) }));
    expect(await failureOf(ask())).toBeInstanceOf(UpstreamError);
  });
});

describe('an answer that leads elsewhere', () => {
  it('is not followed', async () => {
    const elsewhere = await answeringServer((_request, response) => answerJson(response, 200, { stolen: true }));
    cleanups.push(elsewhere.close);
    const { ask } = await talk((_request, response) => void response.writeHead(302, { location: elsewhere.url }).end());
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ kind: 'error', retryable: false, httpStatus: 302 });
    expect(failure.message).not.toContain('127.0.0.1');
    expect(elsewhere.requests).toHaveLength(0);
  });
});

describe('no answer', () => {
  it('in time is a timeout, and the connection is dropped', async () => {
    let dropped: Promise<unknown> | undefined;
    const { ask } = await talk(
      (_request, response) => {
        dropped = once(response, 'close');
      },
      { timeoutMs: 150 },
    );
    expect(await failureOf(ask())).toMatchObject({ kind: 'timeout', retryable: true, httpStatus: undefined });
    await dropped;
  });

  it('in time is a timeout too when the answer drips', async () => {
    const { ask } = await talk(
      (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      { timeoutMs: 200 },
    );
    expect(await failureOf(ask())).toMatchObject({ kind: 'timeout', retryable: true });
  });

  it('in time is a timeout when credentials take too long', async () => {
    const never = new Promise<never>(() => {});
    const { ask, server } = await talk((_request, response) => answerJson(response, 200, {}), {
      timeoutMs: 100,
      credentialsOf: () => ({ current: () => never, renewed: () => never }),
    });
    expect(await failureOf(ask())).toMatchObject({ kind: 'timeout' });
    expect(server.requests).toHaveLength(0);
  });

  it('because the connection was reset is unavailable', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const attempt = attemptAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanups.push(async () => server.close(), attempt.close);
    expect(await failureOf(attempt(plainCall(), forever))).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  it('because it is not HTTP is unavailable', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.end('SSH-2.0-nothing\r\n\r\n')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const attempt = attemptAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanups.push(async () => server.close(), attempt.close);
    expect(await failureOf(attempt(plainCall(), forever))).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  it('because nobody listens is unavailable, and the message names no host', async () => {
    const gone = await answeringServer(() => {});
    await gone.close();
    const attempt = attemptAt(gone.url);
    cleanups.push(attempt.close);
    const failure = await failureOf(attempt(plainCall(), forever));
    expect(failure).toMatchObject({ kind: 'unavailable', retryable: true, httpStatus: undefined });
    expect(failure.message).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  it('because the host has no address is unavailable', async () => {
    const attempt = attemptAt('http://nowhere.invalid');
    cleanups.push(attempt.close);
    const failure = await failureOf(attempt(plainCall(), forever));
    expect(failure).toMatchObject({ kind: 'unavailable', retryable: true });
    expect(failure.message).not.toContain('nowhere');
  });
});

describe('a caller that gives up', () => {
  it('gets its own reason back, and the connection is dropped', async () => {
    const controller = new AbortController();
    let dropped: Promise<unknown> | undefined;
    const { attempt } = await talk((_request, response) => {
      dropped = once(response, 'close');
      controller.abort(new Error('nobody waits'));
    });
    await expect(attempt(plainCall(), { signal: controller.signal })).rejects.toThrow('nobody waits');
    await dropped;
  });

  it('beforehand causes no request', async () => {
    const { attempt, server } = await talk((_request, response) => answerJson(response, 200, {}));
    const failure = await failureOf(attempt(plainCall(), { signal: AbortSignal.abort() }));
    expect(failure.name).toBe('AbortError');
    expect(server.requests).toHaveLength(0);
  });
});

describe('a call that cannot be right', () => {
  it('is refused before any request', async () => {
    const { ask, server } = await talk((_request, response) => answerJson(response, 200, {}), {
      credentialsOf: (id) =>
        id === 'mine' ? staticCredentials({ accessKeyId: 'a', accessKeySecret: 'b' }) : undefined,
    });
    expect(await failureOf(ask({ accountId: 'other' }))).toMatchObject({ kind: 'invalid', retryable: false });
    const foreign = ask({ accountId: 'mine', regionId: 'evil.example#' });
    expect(await failureOf(foreign)).toMatchObject({ kind: 'invalid', message: 'The region is not known.' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('when to ask again', () => {
  const cases: [name: string, headers: Record<string, string>, retryAfterMs: number][] = [
    ['x-acs-retry-after, in milliseconds, first', { 'x-acs-retry-after': '250', 'retry-after': '9' }, 250],
    ['Retry-After, in seconds', { 'retry-after': '3' }, 3_000],
    ['Retry-After, as a date', { 'retry-after': 'Mon, 01 Jul 2024 09:26:07 GMT' }, 7_000],
    ['the time left of the rate limit', { 'x-ratelimit-user-api': 'Limit:9,Remain:0,TimeLeft:1234,Reset:1' }, 1_234],
    ['a second when nothing readable is said', { 'x-acs-retry-after': 'soon' }, 1_000],
    ['an hour at most', { 'retry-after': '9999999' }, 3_600_000],
  ];
  for (const [name, headers, retryAfterMs] of cases) {
    it(`is ${name}`, async () => {
      const { ask } = await talk((_request, response) => answerJson(response, 400, error('Throttling.Api'), headers), {
        now: () => Date.UTC(2024, 6, 1, 9, 26),
      });
      expect(await failureOf(ask())).toMatchObject({ kind: 'throttled', code: 'Throttling.Api', retryAfterMs });
    });
  }
});

describe('the code of an answer', () => {
  const cases: [status: number, code: string, expected: object][] = [
    [500, 'Throttling.User', { kind: 'throttled', retryable: true }],
    [400, 'Rejected.Throttling', { kind: 'throttled', retryable: true }],
    [400, 'ServiceUnavailable', { kind: 'unavailable', retryable: true }],
    [500, 'UnknownError', { kind: 'unavailable', retryable: true }],
    [502, 'Something.New', { kind: 'unavailable', retryable: true }],
    [404, 'InvalidDBInstanceId.NotFound', { kind: 'not-found', retryable: false }],
    [404, 'InvalidClusterBackupId.NotFound', { kind: 'not-found', retryable: false }],
    [404, 'InvalidRegion.NotFound', { kind: 'error', retryable: false }],
    [404, 'InvalidVpcId.NotFound', { kind: 'error', retryable: false }],
    [404, 'Something.New', { kind: 'error', retryable: false }],
  ];
  for (const [status, code, expected] of cases) {
    it(`decides before the status: ${code} with ${status}`, async () => {
      const { ask } = await talk((_request, response) => answerJson(response, status, error(code)));
      expect(await failureOf(ask())).toMatchObject({ ...expected, code, httpStatus: status, requestId: 'A1-B2' });
    });
  }

  it('is read in lower case too, and the request id from the header', async () => {
    const { ask } = await talk((_request, response) =>
      answerJson(response, 400, { code: 'Throttling', message: 'no' }, { 'x-acs-request-id': 'C3-D4' }),
    );
    expect(await failureOf(ask())).toMatchObject({ kind: 'throttled', code: 'Throttling', requestId: 'C3-D4' });
  });

  it('decides with status 200 too, where the expected fields are missing', async () => {
    const { ask } = await talk((_request, response) => answerJson(response, 200, error('Throttling.User')));
    const parse = () => {
      throw new UpstreamError({ kind: 'error', message: 'no rows' });
    };
    expect(await failureOf(ask({ parse }))).toMatchObject({ kind: 'throttled', httpStatus: 200, requestId: 'A1-B2' });
  });

  it('is not shown when it is nothing like a code', async () => {
    const { ask } = await talk((_request, response) =>
      answerJson(response, 400, { Code: 'see http://x.example/?Signature=1', RequestId: '<script>' }),
    );
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ kind: 'error', code: undefined, requestId: undefined });
    expect(failure.message).toBe('The upstream did not accept this call (HTTP status 400).');
  });
});

describe('a clock that is wrong', () => {
  const theirs = Date.UTC(2024, 6, 1, 9, 26);
  const judging = (request: IncomingMessage, response: ServerResponse, count: number) => {
    const skew = Math.abs(Date.parse(String(request.headers['x-acs-date'])) - theirs);
    response.setHeader('date', new Date(theirs).toUTCString());
    if (skew > 15 * 60_000) return answerJson(response, 400, error('InvalidTimeStamp.Expired'));
    return answerJson(response, 200, { count });
  };

  it("is set right by the answer's date and stays right, and the call that says so is one request", async () => {
    const { ask, server } = await talk(judging, { now: () => theirs - 3_600_000 });
    const failure = await failureOf(ask());
    expect(failure).toBeInstanceOf(PutRight);
    expect(failure).toMatchObject({
      kind: 'error',
      code: 'InvalidTimeStamp.Expired',
      requestId: 'A1-B2',
      httpStatus: 400,
      retryable: true,
      message: "The upstream did not accept the gateway's clock (InvalidTimeStamp.Expired).",
    });
    expect(server.requests).toHaveLength(1);
    expect(await ask()).toEqual({ count: 2 });
    expect(await ask()).toEqual({ count: 3 });
    const nonces = server.requests.map(({ headers }) => headers['x-acs-signature-nonce']);
    expect(new Set(nonces).size).toBe(3);
  });

  it('is set right for all calls that were signed by it and are under way', async () => {
    const { ask } = await talk(judging, { now: () => theirs - 3_600_000 });
    const failures = await Promise.all(Array.from({ length: 8 }, () => failureOf(ask())));
    expect(failures.every((failure) => failure instanceof PutRight)).toBe(true);
    expect(await ask()).toEqual({ count: 9 });
  });

  it('is not what was wrong when it is right already: the refusal is final', async () => {
    const { ask, server } = await talk((_request, response) =>
      answerJson(response, 400, error('InvalidTimeStamp.Expired')),
    );
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ kind: 'error', code: 'InvalidTimeStamp.Expired', retryable: false });
    expect(failure).not.toBeInstanceOf(PutRight);
    expect(server.requests).toHaveLength(1);
  });

  it('stays as it is when the answer has no date', async () => {
    const { ask, server } = await talk((_request, response) => {
      response.sendDate = false;
      answerJson(response, 400, error('InvalidTimeStamp.Expired'));
    });
    expect(await failureOf(ask())).toMatchObject({ code: 'InvalidTimeStamp.Expired', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it('is no reason to fail for a call that goes out once more by itself, which it does once', async () => {
    const { attempt, server } = await talk(judging, { now: () => theirs - 3_600_000 });
    expect(await onceMoreWhenPutRight(attempt)(plainCall(), forever)).toEqual({ count: 2 });
    let asked = 0;
    const never = onceMoreWhenPutRight(async () => {
      asked += 1;
      throw new PutRight({ kind: 'error', message: 'no' });
    });
    expect(await failureOf(never(plainCall(), forever))).toBeInstanceOf(PutRight);
    expect([server.requests.length, asked]).toEqual([2, 2]);
  });
});

describe('credentials that have expired', () => {
  const key = { accessKeyId: 'id', accessKeySecret: 'secret' };
  const old = { ...key, securityToken: 'old' };
  const fresh = { ...key, securityToken: 'fresh' };
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    request.headers['x-acs-security-token'] === 'fresh'
      ? answerJson(response, 200, { ok: true })
      : answerJson(response, 403, error('InvalidSecurityToken.Expired'));

  it('are renewed, and the call that says so is one request', async () => {
    let held = old;
    const renewed = async () => {
      held = fresh;
      return held;
    };
    const { ask, server } = await talk(answer, { credentialsOf: () => ({ current: async () => held, renewed }) });
    const failure = await failureOf(ask());
    expect(failure).toBeInstanceOf(PutRight);
    expect(failure).toMatchObject({ kind: 'error', code: 'InvalidSecurityToken.Expired', retryable: true });
    expect(server.requests).toHaveLength(1);
    expect(await ask()).toEqual({ ok: true });
    expect(server.requests).toHaveLength(2);
  });

  it('are not tried again when there are no others', async () => {
    const { ask, server } = await talk(answer, { credentialsOf: () => staticCredentials(old) });
    expect(await failureOf(ask())).toMatchObject({
      kind: 'error',
      code: 'InvalidSecurityToken.Expired',
      message: "The upstream did not accept the gateway's credentials (InvalidSecurityToken.Expired).",
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('closing', () => {
  it('lets a call in flight finish', async () => {
    const responses: ServerResponse[] = [];
    const { attempt } = await talk((_request, response) => void responses.push(response));
    const call = attempt(plainCall(), forever);
    await expect.poll(() => responses.length).toBe(1);
    const closed = attempt.close();
    answerJson(responses[0] as ServerResponse, 200, { ok: true });
    expect(await call).toEqual({ ok: true });
    await closed;
  });
});
