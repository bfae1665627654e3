import * as fc from 'fast-check';

const BODY = '{"query":"{ __typename viewer { subject } }"}';
const SEEDS = [
  `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
  'GET /graphql?query=%7B__typename%7D&variables=%7B%7D HTTP/1.1\r\nHost: x\r\nX-Requested-With: y\r\nAccept: application/graphql-response+json\r\n\r\n',
  'GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /ready HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'OPTIONS /graphql HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n',
];
const PIECES = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  ':',
  '\t',
  '\x0b',
  '\xff\xfe',
  '%00',
  '%',
  '?',
  '#',
  '//',
  '../',
  'HTTP/1.1',
  'HTTP/2.0',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity, chunked\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 99999999\r\n',
  'Content-Encoding: gzip\r\n',
  'Content-Type: application/json; charset=utf-16\r\n',
  'Expect: 100-continue\r\n',
  'Expect: x\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  'Connection: close\r\n',
  'Host: y\r\n',
  'Accept: */*;q=0, text/html\r\n',
  'Accept-Encoding: gzip;q=0\r\n',
  'Authorization: Basic eA==\r\n',
  `Authorization: Bearer ${'a.'.repeat(50)}\r\n`,
  'X-Forwarded-For: 1, 2, ::1%x\r\n',
  'Cache-Control: no-cache\r\n',
  'x-request-id: "\r\n',
  `x: ${'y'.repeat(20_000)}\r\n`,
  'ffffffffffffffff\r\n',
  '0\r\n\r\n',
  'CONNECT',
  'TRACE',
  'PRI',
];

/** What reaches a server from a network: requests, cut, mixed up and stuffed, or nothing of the kind. */
export function hostileBytes(): fc.Arbitrary<Buffer> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const change = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('put' as const), at: place, piece: fc.constantFrom(...PIECES) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.nat(60), times: fc.nat(40) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), at: place }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('noise' as const), at: place, noise: fc.uint8Array({ maxLength: 60 }) }),
    },
  );
  const mixedUp = fc
    .tuple(fc.constantFrom(...SEEDS), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) => changes.reduce(changed, Buffer.from(seed, 'latin1')));
  const noise = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 20, arbitrary: mixedUp }, { weight: 1, arbitrary: noise });
}

type Change =
  | { kind: 'put'; at: number; piece: string }
  | { kind: 'cut'; at: number; length: number }
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'repeat'; at: number; length: number; times: number }
  | { kind: 'end'; at: number }
  | { kind: 'noise'; at: number; noise: Uint8Array };

function changed(bytes: Buffer, change: Change): Buffer {
  const at = Math.floor(change.at * bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.kind) {
    case 'put':
      return Buffer.concat([before, Buffer.from(change.piece, 'latin1'), after]);
    case 'cut':
      return Buffer.concat([before, after.subarray(change.length)]);
    case 'flip': {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ (1 << change.bit);
      return flipped;
    }
    case 'repeat':
      return Buffer.concat([before, ...new Array<Buffer>(change.times).fill(after.subarray(0, change.length)), after]);
    case 'end':
      return before;
    case 'noise':
      return Buffer.concat([before, change.noise, after]);
  }
}

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset="utf-8"',
  'text/plain',
  'application/graphql',
  '',
  'application/x-www-form-urlencoded',
  'application/json; charset=latin1',
  ',',
  'a/b/c;;=;',
];
const ACCEPTS = [
  'application/json',
  'application/graphql-response+json',
  '*/*',
  'text/event-stream',
  'text/html',
  'application/*;q=0.5',
  'image/png',
  '',
  ',;q=',
  '__proto__',
  'application/json;q=x',
  'multipart/mixed',
];

/** Requests that are HTTP without a fault, with headers and bodies that may be anything. */
export interface HostileHttpRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

export function hostileHttpRequests(): fc.Arbitrary<HostileHttpRequest> {
  const headerText = fc.string({
    unit: fc.constantFrom(...' !"#$%&\'()*+,-./0Aa:;<=>?@[\\]^_`{|}~\x80\xff'),
    maxLength: 40,
  });
  const json = fc.oneof(
    fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
    fc
      .record(
        {
          query: fc.oneof(
            fc.constantFrom('{ __typename }', '{', '', 'query A { viewer { subject } } query B { __typename }'),
            fc.jsonValue(),
          ),
          variables: fc.jsonValue(),
          operationName: fc.oneof(fc.constantFrom('A', 'B', null), fc.jsonValue()),
          extensions: fc.oneof(
            fc.jsonValue(),
            fc.record({ persistedQuery: fc.record({ version: fc.jsonValue(), sha256Hash: fc.jsonValue() }) }),
          ),
          documentId: fc.oneof(
            fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      )
      .map((value) => Buffer.from(JSON.stringify(value))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  const query = fc.webQueryParameters().map((text) => `?${text}`);
  const asked = fc
    .dictionary(
      fc.constantFrom('query', 'variables', 'extensions', 'operationName', 'documentId', 'x'),
      fc.oneof(
        fc.json(),
        fc.string({ unit: 'binary' }).map((text) => text.replace(/[\ud800-\udfff]/g, '')),
        fc.constantFrom('{__typename}', '{viewer{subject}}'),
      ),
    )
    .map((values) => `?${new URLSearchParams(values)}`);
  return fc.record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'),
    path: fc
      .tuple(
        fc.constantFrom(
          '/graphql',
          '/graphql',
          '/graphql',
          '/graphql',
          '/health',
          '/ready',
          '/',
          '/metrics',
          '/assets/x',
          '/%2e%2e/x',
        ),
        fc.oneof(fc.constant(''), query, asked),
      )
      .map(([path, search]) => path + search),
    headers: fc
      .tuple(
        fc.constantFrom(...TYPES),
        fc.constantFrom(...ACCEPTS),
        fc.dictionary(
          fc.constantFrom(
            'authorization',
            'x-request-id',
            'traceparent',
            'x-forwarded-for',
            'x-forwarded-proto',
            'origin',
            'cache-control',
            'x-upstream-calls',
            'accept-encoding',
            'content-encoding',
            'user-agent',
            'x-requested-with',
            'if-none-match',
          ),
          headerText,
          { maxKeys: 4 },
        ),
      )
      .map(([type, accept, others]): Record<string, string> => ({ 'content-type': type, accept, ...others })),
    body: fc.option(json, { nil: undefined, freq: 10 }),
  });
}
