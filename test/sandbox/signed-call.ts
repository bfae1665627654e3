import { createHash, randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { authorization } from '../../upstream/signature/sign.ts';

export interface SignedCall {
  action?: string;
  version?: string;
  method?: string;
  parameters?: Record<string, string>;
  /** Sent as a urlencoded body. */
  form?: Record<string, string>;
  /** Epoch milliseconds of `x-acs-date`. */
  date?: number;
  nonce?: string;
  securityToken?: string;
  accessKeyId?: string;
  accessKeySecret?: string;
  /** Headers to sign beside the usual ones, or instead of them. */
  headers?: Record<string, string>;
  /** Changes what was signed, before it is sent. */
  tamper?: (sent: { headers: Record<string, string | string[]>; path: string; body: string }) => void;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is
  json: any;
}

/** One signed call over a socket of its own, with every part of it open to change. */
export async function signedCall(sandbox: Sandbox, call: SignedCall = {}): Promise<Reply> {
  const method = call.method ?? 'GET';
  const query = call.parameters ?? {};
  const body = call.form ? new URLSearchParams(call.form).toString() : '';
  const accessKeyId = call.accessKeyId ?? sandbox.accessKeyId;
  const signed: Record<string, string> = {
    host: `127.0.0.1:${sandbox.port}`,
    'x-acs-action': call.action ?? 'DescribeRegions',
    'x-acs-version': call.version ?? '2015-01-01',
    'x-acs-date': `${new Date(call.date ?? Date.now()).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': call.nonce ?? randomUUID(),
    'x-acs-content-sha256': createHash('sha256').update(body).digest('hex'),
    ...(call.form && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(call.securityToken && { 'x-acs-accesskey-id': accessKeyId, 'x-acs-security-token': call.securityToken }),
    ...call.headers,
  };
  const headers: Record<string, string | string[]> = {
    ...signed,
    accept: 'application/json',
    authorization: authorization(
      { method, path: '/', query, headers: signed, body },
      accessKeyId,
      call.accessKeySecret ?? sandbox.accessKeySecret,
    ),
  };
  const sent = { headers, path: `/?${new URLSearchParams(query)}`, body };
  call.tamper?.(sent);
  return exchange(sandbox, method, sent);
}

/** An unsigned exchange, for control and for what is not signed as it should be. */
export function exchange(
  { port }: Pick<Sandbox, 'port'>,
  method: string,
  { path, headers = {}, body = '' }: { path: string; headers?: Record<string, string | string[]>; body?: string },
): Promise<Reply> {
  // Node sends no length with the body of a GET
  const lengths = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers: { ...lengths, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
