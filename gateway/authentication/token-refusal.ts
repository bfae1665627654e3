import {
  JOSEAlgNotAllowed,
  JOSEError,
  JWKSNoMatchingKey,
  JWSSignatureVerificationFailed,
  JWTClaimValidationFailed,
  JWTExpired,
} from 'jose/errors';
import { KeysUnavailable } from './key-ring.ts';

/** A claim that `jose` does not check. */
export class ClaimError extends Error {}

/** Why a token was refused: what a client needs to know to get a better one, and nothing of the inside. */
export function refusalReason(error: unknown): string {
  if (error instanceof ClaimError) return error.message;
  if (error instanceof JWTExpired) return 'the token is expired';
  if (error instanceof JWTClaimValidationFailed) return CLAIM_FAULTS[error.claim]?.(error.reason) ?? 'a claim is wrong';
  if (error instanceof JOSEAlgNotAllowed) return 'the algorithm is not accepted';
  if (error instanceof JWKSNoMatchingKey) return 'the key is unknown';
  if (error instanceof JWSSignatureVerificationFailed) return 'the signature does not match';
  if (error instanceof KeysUnavailable) return error.message;
  if (error instanceof JOSEError) return 'the token is malformed';
  return 'the key cannot be used';
}

const CLAIM_FAULTS: Record<string, (reason: string) => string> = {
  exp: (reason) => (reason === 'missing' ? 'the token has no "exp"' : '"exp" is not a time'),
  sub: () => 'the token has no "sub"',
  aud: (reason) => (reason === 'missing' ? 'the token has no "aud"' : 'the token is for another audience'),
  iss: (reason) => (reason === 'missing' ? 'the token has no "iss"' : 'the token is of another issuer'),
  nbf: (reason) => (reason === 'check_failed' ? 'the token is not valid yet' : '"nbf" is not a time'),
};
