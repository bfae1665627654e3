import { createHash, timingSafeEqual } from 'node:crypto';
import { canonicalRequest } from '../../upstream/signature/canonical-request.ts';
import { ALGORITHM, signatureOf, stringToSign } from '../../upstream/signature/sign.ts';
import { type AccessKey, type Account, findAccessKey } from '../accounts.ts';
import { ApiError } from './api-error.ts';
import type { ApiRequest } from './api-request.ts';
import type { Nonces } from './nonces.ts';

export interface Caller {
  account: Account;
  accessKey: AccessKey;
}

export interface AuthenticationContext {
  accounts: readonly Account[];
  nonces: Nonces;
  /** The server's clock, epoch milliseconds. */
  now: number;
  /** Status of `InvalidSecurityToken.Expired`. */
  tokenExpiredStatus: number;
}

/** How far a request's date may be off, either way. */
const CLOCK_WINDOW = 15 * 60_000;

const MUST_BE_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
];

/**
 * Verifies an ACS3-HMAC-SHA256 signature as the upstream's gateway does, and says who signed. Raises `ApiError`.
 * The nonce is used up by a right signature only, so that nobody can use up another's.
 */
export function authenticate(request: ApiRequest, context: AuthenticationContext): Caller {
  const { accessKeyId, signedHeaders, signature } = readAuthorization(request);
  checkSignedHeaders(request, signedHeaders);
  const caller = findAccessKey(context.accounts, accessKeyId);
  if (!caller) throw new ApiError('InvalidAccessKeyId.NotFound');
  if (caller.accessKey.inactive) throw new ApiError('InvalidAccessKeyId.Inactive');
  checkDate(request.headers['x-acs-date'] ?? '', context.now);
  checkSignature(request, signedHeaders, signature, caller.accessKey.accessKeySecret);
  checkSecurityToken(request, caller.accessKey, context);
  if (!context.nonces.use(accessKeyId, request.headers['x-acs-signature-nonce'] ?? '', context.now)) {
    throw new ApiError('SignatureNonceUsed');
  }
  return caller;
}

interface Authorization {
  accessKeyId: string;
  signedHeaders: string[];
  signature: string;
}

function readAuthorization(request: ApiRequest): Authorization {
  const header = request.headers.authorization;
  if (header === undefined) {
    const { Signature, SignatureVersion, AccessKeyId } = request.parameters;
    if (Signature ?? SignatureVersion ?? AccessKeyId)
      throw signatureMethod(`The older signature (version ${SignatureVersion ?? '1.0'})`);
    throw new ApiError('IncompleteSignature', { message: 'The Authorization header is missing.' });
  }
  const [algorithm, credentials] = header.split(/ +(.*)/s, 2);
  if (algorithm !== ALGORITHM) throw signatureMethod(`The signature method ${algorithm || 'given'}`);
  const match = /^Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(credentials ?? '');
  const [, accessKeyId, signedHeaders, signature] = match ?? [];
  if (!accessKeyId || !signedHeaders || !signature) throw new ApiError('IncompleteSignature');
  return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
}

function signatureMethod(what: string): ApiError {
  return new ApiError('InvalidSignatureMethod', {
    message: `${what} is not supported here. Sign with ${ALGORITHM} in the Authorization header (version 3).`,
  });
}

function checkSignedHeaders(request: ApiRequest, signedHeaders: readonly string[]): void {
  const needed = [...MUST_BE_SIGNED, ...Object.keys(request.headers).filter((name) => name.startsWith('x-acs-'))];
  for (const name of [...needed, ...signedHeaders]) {
    if (!request.headers[name])
      throw new ApiError('IncompleteSignature', { message: `The header ${name} is missing.` });
  }
  for (const name of needed) {
    if (!signedHeaders.includes(name))
      throw new ApiError('IncompleteSignature', { message: `The header ${name} is not signed.` });
  }
  for (const name of signedHeaders) {
    if (!needed.includes(name) && name !== 'content-type') {
      throw new ApiError('IncompleteSignature', { message: `The header ${name} cannot be signed.` });
    }
  }
}

function checkDate(date: string, now: number): void {
  const time = Date.parse(date);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(date) || Number.isNaN(time))
    throw new ApiError('InvalidTimeStamp.Format');
  if (Math.abs(now - time) > CLOCK_WINDOW) throw new ApiError('InvalidTimeStamp.Expired');
}

function checkSignature(
  request: ApiRequest,
  signedHeaders: readonly string[],
  signature: string,
  secret: string,
): void {
  const payloadHash = createHash('sha256').update(request.body).digest('hex');
  if (!equal(request.headers['x-acs-content-sha256'] ?? '', payloadHash)) {
    throw new ApiError('SignatureDoesNotMatch', {
      message: 'x-acs-content-sha256 is not the hash of the request body.',
    });
  }
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    query: request.query,
    headers: Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? ''])),
    body: request.body.toString('utf8'),
  });
  const toSign = stringToSign(canonical.text);
  if (equal(signature, signatureOf(toSign, secret))) return;
  throw new ApiError('SignatureDoesNotMatch', {
    message: `Specified signature does not match our calculation. server StringToSign is [${toSign}], server CanonicalRequest is [${canonical.text}]`,
  });
}

function checkSecurityToken(request: ApiRequest, key: AccessKey, context: AuthenticationContext): void {
  const token = request.headers['x-acs-security-token'];
  if (token === undefined) {
    if (key.securityToken !== undefined) throw new ApiError('MissingSecurityToken');
    return;
  }
  if (!/^[\w+/=.-]+$/.test(token)) throw new ApiError('InvalidSecurityToken.Malformed');
  if (key.securityToken === undefined || !equal(token, key.securityToken)) {
    throw new ApiError('InvalidSecurityToken.MismatchWithAccessKey');
  }
  if (key.expiresAt !== undefined && context.now > key.expiresAt) {
    throw new ApiError('InvalidSecurityToken.Expired', { status: context.tokenExpiredStatus });
  }
}

/** Compares in a time that does not depend on where texts differ. */
function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
