// Longer than most files: every way in which a token or a key can be wrong, asked of one authenticator with one set of signers.

import { createHmac, createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthenticationSettings, createAuthenticator } from '../../../gateway/authentication/authentication.ts';
import { type JwksServer, serveJwks } from './jwks-server.ts';

interface Signer {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

const silent = { info() {}, warn() {} };
const SECOND = 1_000;
let ec: Signer;
let rsa: Signer;
let other: Signer;

async function signer(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

const opened: (() => void | Promise<void>)[] = [];
afterAll(() => Promise.all(opened.map((close) => close())));

beforeAll(async () => {
  [ec, rsa, other] = await Promise.all([signer('ES256', 'ec'), signer('RS256', 'rsa'), signer('ES256', 'ec')]);
});

const inSeconds = (seconds: number, from = Date.now()) => Math.floor(from / SECOND) + seconds;

/** The claims of a good token; undefined takes one out. */
function claims(changed: Record<string, unknown> = {}): Record<string, unknown> {
  const all = { sub: 'alice', aud: 'portal', iss: 'https://issuer.example', exp: inSeconds(600), ...changed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function sign(by: Signer, payload: Record<string, unknown> = claims(), header: Record<string, unknown> = {}) {
  return new SignJWT(payload).setProtectedHeader({ alg: by.alg, kid: by.kid, ...header }).sign(by.privateKey);
}

/** A good token of exactly so many characters. Base64url has no text of every length, so the header is padded too. */
async function signOfLength(length: number): Promise<string> {
  for (const typ of ['J', 'JW', 'JWT']) {
    const around = (await sign(ec, claims({ padding: '' }), { typ })).length;
    const bytes = Math.floor(((length - around) * 3) / 4);
    for (const padding of [bytes - 1, bytes, bytes + 1]) {
      const token = await sign(ec, claims({ padding: 'p'.repeat(padding) }), { typ });
      if (token.length === length) return token;
    }
  }
  throw new Error(`Expected a token of ${length} characters, found none`);
}

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

interface StartOptions {
  now?: () => number;
  keys?: JWK[];
  answer?: JwksServer['answer'];
}

async function start(changed: Partial<AuthenticationSettings> = {}, options: StartOptions = {}) {
  const server = await serveJwks(options.keys ?? [ec.publicJwk, rsa.publicJwk]);
  server.answer = options.answer;
  const authenticator = createAuthenticator(
    {
      authJwks: { kind: 'url', url: server.url },
      authAudience: 'portal',
      authIssuer: 'https://issuer.example',
      authGroupsClaim: 'groups',
      ...changed,
    },
    { logger: silent, ...(options.now && { now: options.now }) },
  );
  opened.push(authenticator.close, server.close);
  const bearer = async (token: string) => authenticator.authenticate(`Bearer ${token}`);
  return { authenticator, server, bearer };
}

describe('a good token', () => {
  it('names its principal', async () => {
    const { bearer } = await start();
    const exp = inSeconds(600);
    const token = await sign(ec, claims({ exp, groups: ['sre', 'dba', 'sre'], amr: ['pwd', 'mfa'] }));
    expect(await bearer(token)).toEqual({
      kind: 'authenticated',
      principal: { subject: 'alice', groups: ['sre', 'dba'], mfaPresent: true, expiresAt: exp * SECOND },
    });
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
    'may be signed with %s',
    async (alg) => {
      const key = await signer(alg, alg);
      const { bearer } = await start({}, { keys: [key.publicJwk] });
      expect(await bearer(await sign(key))).toMatchObject({ kind: 'authenticated' });
    },
  );

  it.each<[string, unknown, boolean]>([
    ['has a second factor with "mfa" among its methods', ['pwd', 'mfa'], true],
    ['has none with other methods alone', ['pwd', 'otp'], false],
    ['has none with methods that are no list', 'mfa', false],
    ['has none without methods', undefined, false],
  ])('%s (`amr` is %j)', async (_, amr, mfaPresent) => {
    const { bearer } = await start();
    expect(await bearer(await sign(ec, claims({ amr })))).toMatchObject({ principal: { mfaPresent } });
  });

  it('has no groups where the claim is named like something that every object has', async () => {
    const { bearer } = await start({ authGroupsClaim: 'constructor' });
    expect(await bearer(await sign(ec))).toMatchObject({ kind: 'authenticated', principal: { groups: [] } });
  });

  it('may have its groups in another claim, and several audiences', async () => {
    const { bearer } = await start({ authGroupsClaim: 'https://portal.example/roles' });
    const token = await sign(ec, claims({ aud: ['other', 'portal'], 'https://portal.example/roles': ['sre'] }));
    expect(await bearer(token)).toMatchObject({ principal: { groups: ['sre'], mfaPresent: false } });
  });

  it('needs no audience where any is taken, and no issuer where none is expected', async () => {
    const { bearer } = await start({ authAudience: '*', authIssuer: undefined });
    expect(await bearer(await sign(ec, claims({ aud: undefined, iss: undefined })))).toMatchObject({
      kind: 'authenticated',
      principal: { groups: [] },
    });
  });

  it('has a subject of 256 characters at most', async () => {
    const { bearer } = await start();
    expect(await bearer(await sign(ec, claims({ sub: 's'.repeat(256) })))).toMatchObject({ kind: 'authenticated' });
    expect(await bearer(await sign(ec, claims({ sub: 's'.repeat(257) })))).toMatchObject({ kind: 'refused' });
  });

  it('has 8192 characters at most', async () => {
    const { bearer } = await start();
    expect(await bearer(await signOfLength(8_192))).toMatchObject({ kind: 'authenticated' });
    expect(await bearer(await signOfLength(8_193))).toMatchObject({
      kind: 'refused',
      reason: 'the token is longer than 8192 characters',
    });
  });

  it('without a key id may be signed by any of the first eight keys that fit, and no further one is tried', async () => {
    const keys = await Promise.all(Array.from({ length: 9 }, (_, index) => signer('ES256', `k${index}`)));
    const { bearer } = await start({}, { keys: keys.map(({ publicJwk }) => publicJwk) });
    const signedBy = async (index: number) => bearer(await sign(keys[index] as Signer, claims(), { kid: undefined }));
    expect(await signedBy(0)).toMatchObject({ kind: 'authenticated' });
    expect(await signedBy(7)).toMatchObject({ kind: 'authenticated' });
    expect(await signedBy(8)).toMatchObject({ kind: 'refused', reason: 'the signature does not match' });
  });

  it('may come with any case of the scheme', async () => {
    const { authenticator } = await start();
    expect(await authenticator.authenticate(`bEARER ${await sign(ec)}`)).toMatchObject({ kind: 'authenticated' });
  });

  it('is still taken within the clock tolerance of 60 s', async () => {
    const { bearer } = await start();
    expect(await bearer(await sign(ec, claims({ exp: inSeconds(-30) })))).toMatchObject({ kind: 'authenticated' });
    expect(await bearer(await sign(ec, claims({ nbf: inSeconds(30) })))).toMatchObject({ kind: 'authenticated' });
  });

  it('finds its key without an id', async () => {
    const keys = [other.publicJwk, ec.publicJwk, rsa.publicJwk].map(({ kid: _, ...key }) => key);
    const { bearer } = await start({}, { keys });
    expect(await bearer(await sign(ec, claims(), { kid: undefined }))).toMatchObject({ kind: 'authenticated' });
    expect(await bearer(await sign(await signer('ES256', 'x'), claims(), { kid: undefined }))).toMatchObject({
      reason: 'the signature does not match',
    });
  });
});

describe('no header', () => {
  it('is anonymous, and answered at once', async () => {
    const { authenticator } = await start();
    expect(authenticator.authenticate(undefined)).toEqual({ kind: 'anonymous' });
  });
});

describe('a bad token', () => {
  const swapped = (token: string, at: number, value: string) => token.split('.').with(at, value).join('.');

  const cases: [string, () => string | Promise<string>, string][] = [
    ['alg none', () => `${part({ alg: 'none' })}.${part(claims())}.`, 'the algorithm is not accepted'],
    [
      'alg None with a key id',
      () => `${part({ alg: 'None', kid: 'ec' })}.${part(claims())}.`,
      'the algorithm is not accepted',
    ],
    [
      'HMAC with the public key as its secret',
      async () => {
        const pem = createPublicKey({ key: rsa.publicJwk as JsonWebKey, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const signed = `${part({ alg: 'HS256', kid: 'rsa' })}.${part(claims())}`;
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      },
      'the algorithm is not accepted',
    ],
    ['expired', () => sign(ec, claims({ exp: inSeconds(-61) })), 'the token is expired'],
    ['without exp', () => sign(ec, claims({ exp: undefined })), 'the token has no "exp"'],
    ['with a text for exp', () => sign(ec, claims({ exp: '9999999999' })), '"exp" is not a time'],
    ['without sub', () => sign(ec, claims({ sub: undefined })), 'the token has no "sub"'],
    ['with an empty sub', () => sign(ec, claims({ sub: '' })), '"sub" is not a string of 1 to 256 characters'],
    ['with a number for sub', () => sign(ec, claims({ sub: 7 })), '"sub" is not a string of 1 to 256 characters'],
    [
      'with a long sub',
      () => sign(ec, claims({ sub: 'a'.repeat(257) })),
      '"sub" is not a string of 1 to 256 characters',
    ],
    ['of another issuer', () => sign(ec, claims({ iss: 'https://evil.example' })), 'the token is of another issuer'],
    ['without an issuer', () => sign(ec, claims({ iss: undefined })), 'the token has no "iss"'],
    ['for another audience', () => sign(ec, claims({ aud: 'billing' })), 'the token is for another audience'],
    ['without an audience', () => sign(ec, claims({ aud: undefined })), 'the token has no "aud"'],
    ['not valid yet', () => sign(ec, claims({ nbf: inSeconds(61) })), 'the token is not valid yet'],
    [
      'with a text for groups',
      () => sign(ec, claims({ groups: 'sre' })),
      'the claim of groups is not an array of strings',
    ],
    [
      'with numbers for groups',
      () => sign(ec, claims({ groups: [1] })),
      'the claim of groups is not an array of strings',
    ],
    [
      'with tampered claims',
      async () => swapped(await sign(ec), 1, part(claims({ sub: 'root' }))),
      'the signature does not match',
    ],
    ['with its signature cut off', async () => swapped(await sign(ec), 2, ''), 'the signature does not match'],
    ['of a foreign key under a known id', () => sign(other), 'the signature does not match'],
    ['of an unknown key', async () => sign(await signer('ES256', 'unknown')), 'the key is unknown'],
    ['with a path for a key id', () => sign(ec, claims(), { kid: '../../ec' }), 'the key is unknown'],
    ['with a property name for a key id', () => sign(ec, claims(), { kid: '__proto__' }), 'the key is unknown'],
    ['with a number for a key id', () => sign(ec, claims(), { kid: 1 }), 'the key is unknown'],
    [
      'with a known id and another kind of key',
      async () => sign({ ...(await signer('PS256', 'ec')) }),
      'the key is unknown',
    ],
    [
      'with a critical extension',
      () => `${part({ alg: 'ES256', kid: 'ec', crit: ['x'], x: 1 })}.${part(claims())}.AAAA`,
      'the token is malformed',
    ],
    ['whose header is no JSON', () => `${part('{')}.${part(claims())}.AAAA`, 'the token is malformed'],
    [
      'whose claims are no object',
      () => `${part({ alg: 'ES256', kid: 'ec' })}.${part('[]')}.AAAA`,
      'the signature does not match',
    ],
    ['of two parts', () => 'a.b', 'the token is malformed'],
    ['of five parts', () => 'a.b.c.d.e', 'the token is malformed'],
    ['with characters outside base64url', () => 'a.b+/=.c', 'the token is malformed'],
    ['that is empty', () => '', 'the token is malformed'],
    ['of a megabyte', () => `a.${'a'.repeat(1_000_000)}.c`, 'the token is longer than 8192 characters'],
    ['twice', async () => `${await sign(ec)}, Bearer ${await sign(ec)}`, 'several Authorization headers'],
  ];

  it.each(cases)('%s is refused, and says why', async (_name, make, reason) => {
    const { bearer } = await start();
    const result = await bearer(await make());
    expect(result).toEqual({
      kind: 'refused',
      reason,
      wwwAuthenticate: `Bearer error="invalid_token", error_description="${reason.replaceAll('"', "'")}"`,
    });
  });

  it.each(['Basic YWxpY2U6eA==', 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA', 'Bearer', '', 'Token a.b.c'])(
    'is what a header of another scheme is worth (%s)',
    async (header) => {
      const { authenticator } = await start();
      expect(authenticator.authenticate(header)).toMatchObject({ kind: 'refused', reason: 'the scheme is not Bearer' });
    },
  );

  it('never makes the gateway ask an address that it names itself', async () => {
    const { server, bearer } = await start();
    const evil = await serveJwks([other.publicJwk]);
    opened.push(evil.close);
    const header = { jku: evil.url, x5u: evil.url, jwk: other.publicJwk, kid: evil.url };
    expect(await bearer(await sign(other, claims(), header))).toMatchObject({ reason: 'the key is unknown' });
    expect(await bearer(await sign(other, claims(), { ...header, kid: 'ec' }))).toMatchObject({ kind: 'refused' });
    expect(evil.requests).toBe(0);
    expect(server.requests).toBe(1);
  });

  it('signed by a symmetric key in the set is refused', async () => {
    const { bearer } = await start({}, { keys: [{ kty: 'oct', kid: 'ec', alg: 'HS256', k: part('secret') }] });
    const signed = `${part({ alg: 'HS256', kid: 'ec' })}.${part(claims())}`;
    const token = `${signed}.${createHmac('sha256', 'secret').update(signed).digest('base64url')}`;
    expect(await bearer(token)).toMatchObject({ kind: 'refused' });
  });
});

describe('a key in the set that cannot be used', () => {
  it('is told from a malformed token, and leaves the other keys alone', async () => {
    const weak = { kty: 'RSA', kid: 'rsa', n: 'AQAB', e: 'AQAB' };
    const { bearer } = await start({}, { keys: [weak, ec.publicJwk] });
    expect(await bearer(await sign(rsa))).toMatchObject({ kind: 'refused', reason: 'the key cannot be used' });
    expect(await bearer(await sign(ec))).toMatchObject({ kind: 'authenticated' });
  });
});

describe('a remembered token', () => {
  it('is answered at once, and checked once however many ask at the same time', async () => {
    const { authenticator, bearer } = await start();
    await bearer(await sign(ec, claims({ sub: 'somebody else' })));
    const header = `Bearer ${await sign(ec)}`;
    const first = authenticator.authenticate(header);
    expect(first).toBeInstanceOf(Promise);
    expect(authenticator.authenticate(header)).toBe(first);
    const result = await first;
    expect(authenticator.authenticate(header)).toBe(result);
  });

  it('is refused once it expired', async () => {
    let now = Date.now();
    const { bearer } = await start({}, { now: () => now });
    const token = await sign(ec, claims({ exp: inSeconds(10) }));
    expect(await bearer(token)).toMatchObject({ kind: 'authenticated' });
    now += 69 * SECOND;
    expect(await bearer(token)).toMatchObject({ kind: 'authenticated' });
    now += 2 * SECOND;
    expect(await bearer(token)).toMatchObject({ kind: 'refused', reason: 'the token is expired' });
  });

  it('makes room for others', async () => {
    const { authenticator, bearer } = await start();
    const first = await sign(ec);
    await bearer(first);
    for (let batch = 0; batch < 100; batch++) {
      await Promise.all(Array.from({ length: 100 }, async () => bearer(await sign(ec, claims({ jti: randomUUID() })))));
    }
    expect(authenticator.authenticate(`Bearer ${first}`)).toBeInstanceOf(Promise);
  });
});

describe.concurrent('keys at a URL', () => {
  async function warmStart() {
    let now = Date.now();
    const started = await start({}, { now: () => now });
    const token = () => sign(ec, claims({ exp: inSeconds(86_400), jti: randomUUID() }));
    expect(await started.bearer(await token())).toMatchObject({ kind: 'authenticated' });
    const pass = (seconds: number) => {
      now += seconds * SECOND;
    };
    return { ...started, pass, token, now: () => now };
  }

  const flood = (bearer: (token: string) => Promise<unknown>) =>
    Promise.all(Array.from({ length: 50 }, async () => bearer(await sign(ec, claims(), { kid: randomUUID() }))));

  it('are read once in a cool-down, however many unknown key ids ask', async ({ expect }) => {
    const { server, bearer, pass } = await warmStart();
    await flood(bearer);
    expect(server.requests).toBe(1);
    pass(31);
    const results = await flood(bearer);
    expect(server.requests).toBe(2);
    expect(results).toEqual(Array(50).fill(expect.objectContaining({ reason: 'the key is unknown' })));
    expect(await bearer(await sign(ec))).toMatchObject({ kind: 'authenticated' });
  });

  it('take a new key when a token of it comes after the cool-down', async ({ expect }) => {
    const { server, bearer, pass } = await warmStart();
    const fresh = await signer('ES256', 'fresh');
    server.keys = [ec.publicJwk, fresh.publicJwk];
    expect(await bearer(await sign(fresh))).toMatchObject({ reason: 'the key is unknown' });
    pass(31);
    expect(await bearer(await sign(fresh))).toMatchObject({ kind: 'authenticated' });
  });

  it('forget a retired key by age, remembered tokens included', async ({ expect }) => {
    const { server, authenticator, bearer, token, pass } = await warmStart();
    const remembered = await token();
    await bearer(remembered);
    server.keys = [rsa.publicJwk];
    expect(await bearer(remembered)).toMatchObject({ kind: 'authenticated' });
    pass(600);
    await expect.poll(() => authenticator.state().keys).toBe(1);
    expect(await bearer(remembered)).toMatchObject({ kind: 'refused', reason: 'the key is unknown' });
    expect(await bearer(await token())).toMatchObject({ kind: 'refused' });
  });

  it.for<[string, (server: JwksServer) => void, string]>([
    ['answers 500', (server) => (server.answer = (response) => response.writeHead(500).end()), 'HTTP status 500'],
    [
      'redirects',
      (server) => (server.answer = (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()),
      'HTTP status 302',
    ],
    ['answers HTML', (server) => (server.answer = (response) => response.end('<html>')), 'not JSON'],
    [
      'answers another document',
      (server) => (server.answer = (response) => response.end('{"keys":{}}')),
      'not a JWK Set',
    ],
    [
      'answers without end',
      (server) => (server.answer = (response) => response.end(' '.repeat(9 * 1024 * 1024))),
      'larger than',
    ],
    ['is down', (server) => server.refuse(), 'cannot be read'],
  ])('go on working while it %s, and show the fault', async ([_name, spoil, fault], { expect }) => {
    const { server, authenticator, bearer, token, pass } = await warmStart();
    spoil(server);
    pass(600);
    await expect.poll(() => authenticator.state().fault).toContain(fault);
    expect(authenticator.state()).toMatchObject({ keys: 2 });
    expect(await bearer(await token())).toMatchObject({ kind: 'authenticated' });

    const asked = server.requests;
    await flood(bearer);
    expect(server.requests).toBe(asked);
  });

  it('give up on a URL that hangs, and answer meanwhile', async ({ expect }) => {
    const { server, authenticator, bearer, token, pass } = await warmStart();
    server.answer = () => {};
    pass(600);
    await expect.poll(() => server.requests).toBe(2);
    expect(await bearer(await token())).toMatchObject({ kind: 'authenticated' });
    await expect.poll(() => authenticator.state().fault).toContain('no answer');
  });

  it('come back by themselves after a fault', async ({ expect }) => {
    const { server, authenticator, pass } = await warmStart();
    server.answer = (response) => response.writeHead(503).end();
    pass(600);
    await expect.poll(() => authenticator.state().fault).toBeDefined();
    server.answer = undefined;
    pass(31);
    await expect.poll(() => authenticator.state().fault).toBeUndefined();
  });

  it('that cannot be read at the start refuse every token and say so, until they can', async ({ expect }) => {
    let now = Date.now();
    const { server, authenticator, bearer } = await start(
      {},
      { now: () => now, answer: (response) => response.writeHead(500).end() },
    );
    expect(await bearer(await sign(ec))).toEqual({
      kind: 'refused',
      reason: 'the keys that verify tokens are not available',
      wwwAuthenticate: expect.stringContaining('are not available'),
    });
    expect(authenticator.state()).toEqual({
      keys: 0,
      loadedAt: undefined,
      fault: 'JWK Set: HTTP status 500',
    });
    server.answer = undefined;
    now += 6 * SECOND;
    await expect.poll(() => authenticator.state().keys).toBe(2);
    expect(await bearer(await sign(ec))).toMatchObject({ kind: 'authenticated' });
  });

  it('may be ten thousand, and one of them still verifies', async ({ expect }) => {
    const keys = [
      ...Array.from({ length: 10_000 }, (_, index) => ({ ...other.publicJwk, kid: `k${index}` })),
      ec.publicJwk,
    ];
    const { bearer } = await start({}, { keys });
    expect(await bearer(await sign(ec))).toMatchObject({ kind: 'authenticated' });
  });
});
