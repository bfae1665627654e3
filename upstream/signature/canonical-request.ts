import { createHash } from 'node:crypto';
import { percentEncode } from './percent-encoding.ts';

/** What is signed of a request: everything but the `Authorization` header itself. */
export interface SignableRequest {
  method: string;
  /** Path of the URL; `/` for every R-KVStore operation. */
  path: string;
  /** Parameters as sent, decoded. */
  query: Readonly<Record<string, string>>;
  /** Headers as sent, any case; values are trimmed for signing. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A request as it is hashed. */
export interface CanonicalRequest {
  text: string;
  /** Names of the signed headers, lower case, sorted, joined with `;`. */
  signedHeaders: string;
}

/** Hex SHA-256 of no bytes: the payload of every call that carries its parameters in the query. */
export const EMPTY_PAYLOAD_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Lower-case hex SHA-256 of the UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return text === '' ? EMPTY_PAYLOAD_SHA256 : createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * The canonical request of ACS3: method, path, query, headers, names of the signed headers, payload hash, a line each.
 * Source: "V3 request structure and signature" of the Alibaba Cloud OpenAPI documentation, and `OpenApiUtil` of
 * `@alicloud/openapi-core` 1.0.8.
 */
export function canonicalRequest(request: SignableRequest): CanonicalRequest {
  const headers = signedHeadersOf(request.headers);
  const signedHeaders = headers.map(([name]) => name).join(';');
  const text = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    signedHeaders,
    sha256Hex(request.body),
  ].join('\n');
  return { text, signedHeaders };
}

/**
 * Parameters sorted by their raw names in code-unit order; values encoded. Names stay raw, as the SDK has it; the written
 * rule encodes them too, which is the same for every name that R-KVStore has.
 */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${name}=${percentEncode(query[name] ?? '')}`)
    .join('&');
}

function canonicalPath(path: string): string {
  return path.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
}

/** `host`, `content-type` and every `x-acs-*` header are signed, and nothing else. */
function signedHeadersOf(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .filter(([name]) => name.startsWith('x-acs-') || name === 'host' || name === 'content-type')
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
