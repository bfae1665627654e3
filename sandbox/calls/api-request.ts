import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** A request as it came, and its parameters as the action reads them. */
export interface ApiRequest {
  method: string;
  path: string;
  /** The `Host` header as received, port included: that is what was signed. */
  host: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Parameters of the query alone, decoded: what the signature covers beside the body. */
  query: Readonly<Record<string, string>>;
  body: Buffer;
  /** Query and urlencoded form body together. */
  parameters: Readonly<Record<string, string>>;
  /** `x-acs-action`, or `Action` where the older signature puts it; empty when there is none. */
  action: string;
  version: string;
}

const MAX_BODY_BYTES = 1_000_000;

/** Reads a whole request. A repeated `x-acs-*` header, and a body over 1 MB, are errors. */
export async function readApiRequest(message: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(message.url ?? '/', 'http://sandbox');
  const headers = headersOf(message);
  const body = await bodyOf(message);
  const query = Object.fromEntries(url.searchParams);
  const form = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
    ? Object.fromEntries(new URLSearchParams(body.toString('utf8')))
    : {};
  const parameters = { ...form, ...query };
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    host: headers.host ?? '',
    headers,
    query,
    body,
    parameters,
    action: headers['x-acs-action'] ?? parameters.Action ?? '',
    version: headers['x-acs-version'] ?? parameters.Version ?? '',
  };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (!values) continue;
    if (values.length > 1 && name.startsWith('x-acs-')) {
      throw new ApiError('IncompleteSignature', { message: `The header ${name} is given more than once.` });
    }
    headers[name] = values.join(',');
  }
  return headers;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES)
      throw new ApiError('InvalidParameter', { status: 413, message: 'The request body is too large.' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
