import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createAuthenticator } from '../../../gateway/authentication/authentication.ts';
import { parseJwkSet } from '../../../gateway/authentication/jwk-set.ts';

const keys: { privateKey: CryptoKey; publicJwk: JWK; privateJwk: JWK }[] = [];

beforeAll(async () => {
  for (const kid of ['old', 'new']) {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const privateJwk = { ...(await exportJWK(privateKey)), kid };
    keys.push({ privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid }, privateJwk });
  }
});

const jwks = (...which: number[]) => JSON.stringify({ keys: which.map((index) => keys[index]?.publicJwk) });

async function token(which: number): Promise<string> {
  const { privateKey, publicJwk } = keys[which] as (typeof keys)[number];
  return new SignJWT({ sub: 'alice' })
    .setProtectedHeader({ alg: 'ES256', kid: String(publicJwk.kid) })
    .setExpirationTime('1h')
    .sign(privateKey);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  return () => rmSync(folder, { recursive: true });
});

function open(path: string) {
  const warnings: unknown[] = [];
  const authenticator = createAuthenticator(
    { authJwks: { kind: 'file', path }, authAudience: '*', authIssuer: undefined, authGroupsClaim: 'groups' },
    { logger: { info() {}, warn: (...line: unknown[]) => void warnings.push(line) } },
  );
  onTestFinished(() => authenticator.close());
  const outcome = async (bearer: string) => (await authenticator.authenticate(`Bearer ${bearer}`)).kind;
  return { authenticator, warnings, outcome };
}

describe('keys in a file', () => {
  it('follow the file within two seconds, and take remembered tokens with them', async () => {
    const path = join(folder, 'jwks.json');
    writeFileSync(path, jwks(0));
    const { authenticator, outcome } = open(path);
    const [old, fresh] = [await token(0), await token(1)];
    expect([await outcome(old), await outcome(fresh)]).toEqual(['authenticated', 'refused']);
    expect(authenticator.authenticate(`Bearer ${old}`)).not.toBeInstanceOf(Promise);

    writeFileSync(path, jwks(1));
    await expect.poll(() => outcome(fresh)).toBe('authenticated');
    expect(await outcome(old)).toBe('refused');
  });

  it('follow a symlink that is swapped the way Kubernetes does', async () => {
    for (const [index, name] of ['..first', '..second'].entries()) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'jwks.json'), jwks(index));
    }
    symlinkSync('..first', join(folder, '..data'));
    symlinkSync('..data/jwks.json', join(folder, 'jwks.json'));
    const { outcome } = open(join(folder, 'jwks.json'));
    expect(await outcome(await token(0))).toBe('authenticated');

    symlinkSync('..second', join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
    await expect.poll(async () => outcome(await token(1))).toBe('authenticated');
  });

  it('stay when the file breaks, which is logged and shown, and recover with it', async () => {
    const path = join(folder, 'jwks.json');
    writeFileSync(path, jwks(0));
    const { authenticator, warnings, outcome } = open(path);

    writeFileSync(path, '{"keys": [');
    await expect.poll(() => authenticator.state().fault).toBe('JWK Set: not JSON');
    expect(warnings).toHaveLength(1);
    expect(await outcome(await token(0))).toBe('authenticated');

    rmSync(path);
    await expect.poll(() => authenticator.state().fault).toBe('JWK Set: cannot be read');
    expect(await outcome(await token(0))).toBe('authenticated');

    writeFileSync(path, jwks(0, 1));
    await expect.poll(() => authenticator.state()).toMatchObject({ keys: 2, fault: undefined });
  });

  it('that cannot be read at the start raise an error', () => {
    expect(() => open(join(folder, 'missing.json'))).toThrow(/ENOENT/);
  });
});

describe('a JWK Set', () => {
  it('gives only the public halves of asymmetric keys', () => {
    const symmetric = { kty: 'oct', k: 'c2VjcmV0' };
    const parsed = parseJwkSet(JSON.stringify({ keys: [symmetric, { ...keys[0]?.privateJwk, key_ops: ['sign'] }] }));
    expect(parsed).toEqual([keys[0]?.publicJwk]);
  });

  it.each(['', '{"keys":', 'null', '[]', '{}', '{"keys":{}}', '{"keys":[1]}', '{"keys":[[]]}'])(
    'is not what %j is',
    (text) => {
      expect(() => parseJwkSet(text)).toThrow(/^not /);
    },
  );
});
