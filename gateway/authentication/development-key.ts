import { type JSONWebKeySet, type JWK, SignJWT } from 'jose';

/** The audience of development tokens, and what the sandbox expects unless it is told otherwise. */
export const DEVELOPMENT_AUDIENCE = 'kvstore-gateway';

/**
 * The key pair that signs demo tokens. It is public on purpose: it must be the same in every process of every clone with
 * nothing written down, and it opens nothing, because only the sandbox accepts it, and the sandbox takes only an upstream
 * on the loopback interface and signs with its own credentials.
 */
const DEVELOPMENT_KEY = {
  kty: 'OKP',
  crv: 'Ed25519',
  kid: 'development',
  x: 'xu5PqqUWWNF6qePRwVsHQPjnc6eUXfwTsyaE5fJlfWU',
  d: 'MD8a7g77xPeEJ0uGi2iYPwYAL6amVUr0Eer4SJvXYAY',
} as const satisfies JWK;

/** The JWK Set, public half only, that verifies development tokens. */
export function developmentJwks(): JSONWebKeySet {
  const { d: _private, ...publicKey } = DEVELOPMENT_KEY;
  return { keys: [{ ...publicKey, use: 'sig', alg: 'EdDSA' }] };
}

export interface DevelopmentClaims {
  subject: string;
  groups: readonly string[];
  /** Seconds from now until the token expires. */
  ttlSeconds: number;
  /** Authentication methods (RFC 8176); `mfa` makes `acs:MFAPresent` true. */
  amr?: readonly string[];
}

/**
 * A bearer token of the sandbox: EdDSA, audience {@link DEVELOPMENT_AUDIENCE}, no issuer.
 *
 * @param now Epoch milliseconds.
 */
export function signDevelopmentToken(claims: DevelopmentClaims, now: () => number = Date.now): Promise<string> {
  const issuedAt = Math.floor(now() / 1_000);
  return new SignJWT({ groups: [...claims.groups], ...(claims.amr && { amr: [...claims.amr] }) })
    .setProtectedHeader({ alg: 'EdDSA', kid: DEVELOPMENT_KEY.kid, typ: 'JWT' })
    .setSubject(claims.subject)
    .setAudience(DEVELOPMENT_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.ttlSeconds)
    .sign(DEVELOPMENT_KEY);
}
