import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { developmentJwks, signDevelopmentToken } from '../../../gateway/authentication/development-key.ts';

describe('the development key', () => {
  it('signs tokens that its published half verifies', async () => {
    const token = await signDevelopmentToken({ subject: 'alice', groups: ['sre'], ttlSeconds: 60, amr: ['mfa'] });
    const { payload } = await jwtVerify(token, createLocalJWKSet(developmentJwks()), { audience: 'kvstore-gateway' });
    expect(payload).toMatchObject({ sub: 'alice', groups: ['sre'], amr: ['mfa'] });
    expect(payload.iss).toBeUndefined();
    expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
  });

  it('publishes no private half', () => {
    expect(JSON.stringify(developmentJwks())).not.toContain('"d"');
  });

  it('signs the same claims at the same time alike in every process', async () => {
    const sign = () => signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 60 }, () => 1_700_000_000_000);
    expect(await sign()).toBe(await sign());
  });
});
