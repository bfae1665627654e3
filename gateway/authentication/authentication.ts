import { hash } from 'node:crypto';
import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { JWKSMultipleMatchingKeys, JWSSignatureVerificationFailed } from 'jose/errors';
import type { Logger } from 'pino';
import { developmentJwks } from './development-key.ts';
import type { VerificationKeysState } from './key-ring.ts';
import { RememberedTokens } from './remembered-tokens.ts';
import { ClaimError, refusalReason } from './token-refusal.ts';
import { fileKeys, fixedKeys, type JwksSource, remoteKeys, type VerificationKeys } from './verification-keys.ts';

/** Who a bearer token speaks for. */
export interface TokenPrincipal {
  /** The claim `sub`: 1 to 256 characters. */
  readonly subject: string;
  readonly groups: readonly string[];
  /** Whether `amr` has `mfa`. */
  readonly mfaPresent: boolean;
  /** Epoch milliseconds of the claim `exp`. New requests are accepted for 60 s more. */
  readonly expiresAt: number;
}

export type AuthenticationResult =
  | { readonly kind: 'authenticated'; readonly principal: TokenPrincipal }
  /** No `Authorization` header at all. */
  | { readonly kind: 'anonymous' }
  /** To be answered with HTTP 401 and nothing run. */
  | { readonly kind: 'refused'; readonly reason: string; readonly wwwAuthenticate: string };

export interface Authenticator {
  /**
   * Verifies an `Authorization` header. Answers at once when there is no header, when it cannot be right, and when the
   * token was verified before; otherwise with a promise that never rejects.
   *
   * @param authorizationHeader Several headers are given joined by commas, and refused; `node:http` keeps only the first
   *   of them in `headers`, so collect them all.
   */
  authenticate(authorizationHeader: string | undefined): AuthenticationResult | Promise<AuthenticationResult>;
  /** The keys, for `/ready` and metrics. */
  state(): VerificationKeysState;
  close(): void;
}

export interface AuthenticationSettings {
  readonly authJwks: JwksSource;
  /** The expected `aud`; `*` for any. */
  readonly authAudience: string;
  /** The expected `iss`; absent: not checked. */
  readonly authIssuer: string | undefined;
  readonly authGroupsClaim: string;
}

export interface AuthenticationOptions {
  logger: Pick<Logger, 'info' | 'warn'>;
  now?: () => number;
  fetch?: typeof globalThis.fetch;
}

const CLOCK_TOLERANCE_SECONDS = 60;
const MAX_TOKEN_LENGTH = 8_192;
const MAX_SUBJECT_LENGTH = 256;
/** A token without a key id is tried on this many keys and no more: each try costs a signature check. */
const MAX_KEYS_TRIED = 8;

const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const ANONYMOUS: AuthenticationResult = { kind: 'anonymous' };

/**
 * Verifies bearer tokens (RFC 6750, RFC 7519) by the keys of a JWK Set. A verified token is remembered by its digest until
 * it expires or the keys change, so that a client's next requests cost no signature check.
 *
 * @throws Error when the keys come from a file that cannot be used.
 */
export function createAuthenticator(settings: AuthenticationSettings, options: AuthenticationOptions): Authenticator {
  const { logger, now = Date.now, fetch = globalThis.fetch } = options;
  const keys = openKeys(settings.authJwks, { now, logger, fetch });
  const remembered = new RememberedTokens<AuthenticationResult>();
  const verifying = new Map<string, Promise<AuthenticationResult>>();

  const verify = async (token: string, digest: string): Promise<AuthenticationResult> => {
    const revision = keys.revision();
    try {
      const payload = await verifiedPayload(token, keys, settings, now());
      const principal = toPrincipal(payload, settings.authGroupsClaim);
      const result: AuthenticationResult = { kind: 'authenticated', principal };
      const until = principal.expiresAt + CLOCK_TOLERANCE_SECONDS * 1_000;
      remembered.add(digest, { result, until, revision });
      return result;
    } catch (error) {
      return refuse(refusalReason(error));
    } finally {
      verifying.delete(digest);
    }
  };

  return {
    authenticate(authorizationHeader) {
      if (authorizationHeader === undefined) return ANONYMOUS;
      const digest = hash('sha256', authorizationHeader, 'base64');
      const known = remembered.get(digest, keys.revision(), now()) ?? verifying.get(digest);
      if (known !== undefined) return known;
      const token = bearerToken(authorizationHeader);
      if (typeof token !== 'string') return token;
      const result = verify(token, digest);
      verifying.set(digest, result);
      return result;
    },
    state: keys.state,
    close: keys.close,
  };
}

function openKeys(source: JwksSource, options: Required<AuthenticationOptions>): VerificationKeys {
  if (source.kind === 'file') return fileKeys(source.path, options);
  if (source.kind === 'url') return remoteKeys(source.url, options);
  return fixedKeys(developmentJwks(), options);
}

function bearerToken(header: string): string | AuthenticationResult {
  const scheme = /^bearer +/i.exec(header);
  if (scheme === null) return refuse('the scheme is not Bearer');
  const token = header.slice(scheme[0].length);
  if (token.includes(',')) return refuse('several Authorization headers');
  if (token.length > MAX_TOKEN_LENGTH) return refuse(`the token is longer than ${MAX_TOKEN_LENGTH} characters`);
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return refuse('the token is malformed');
  return token;
}

/**
 * Claims of a token whose signature, times, audience and issuer are right. Only the key id chooses the key: `jku`, `x5u` and
 * `jwk` in the header are never looked at.
 */
async function verifiedPayload(
  token: string,
  keys: VerificationKeys,
  settings: AuthenticationSettings,
  at: number,
): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(at),
    ...(settings.authAudience !== '*' && { audience: settings.authAudience }),
    ...(settings.authIssuer !== undefined && { issuer: settings.authIssuer }),
  };
  try {
    return (await jwtVerify(token, keys.find, options)).payload;
  } catch (error) {
    if (!(error instanceof JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if (++tried > MAX_KEYS_TRIED) break;
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new JWSSignatureVerificationFailed();
  }
}

function toPrincipal(payload: JWTPayload, groupsClaim: string): TokenPrincipal {
  const { sub: subject, exp, amr } = payload;
  if (typeof subject !== 'string' || subject.length === 0 || subject.length > MAX_SUBJECT_LENGTH) {
    throw new ClaimError(`"sub" is not a string of 1 to ${MAX_SUBJECT_LENGTH} characters`);
  }
  if (!Number.isFinite(exp)) throw new ClaimError('"exp" is not a time');
  const groups = Object.hasOwn(payload, groupsClaim) ? payload[groupsClaim] : [];
  if (!isArrayOfStrings(groups)) throw new ClaimError('the claim of groups is not an array of strings');
  return Object.freeze({
    subject,
    groups: Object.freeze([...new Set(groups)]),
    mfaPresent: isArrayOfStrings(amr) && amr.includes('mfa'),
    expiresAt: Number(exp) * 1_000,
  });
}

function isArrayOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function refuse(reason: string): AuthenticationResult {
  const description = reason.replaceAll('"', "'");
  return {
    kind: 'refused',
    reason,
    wwwAuthenticate: `Bearer error="invalid_token", error_description="${description}"`,
  };
}
