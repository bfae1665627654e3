import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { answerError, detailsOf, identify } from './answer-error.ts';
import type { Attempt, Call, Product } from './call.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import { type Answer, exchange } from './exchange.ts';
import { NotSent } from './not-sent.ts';
import { codeIn } from './operations/envelope.ts';
import { PutRight } from './put-right.ts';
import { EMPTY_PAYLOAD_SHA256 } from './signature/canonical-request.ts';
import { percentEncode } from './signature/percent-encoding.ts';
import { authorization } from './signature/sign.ts';
import { UpstreamError } from './upstream-error.ts';

/** Where calls go, who signs them, and what each may take. */
export interface AttemptOptions {
  endpoints: Endpoints;
  /** The credentials of an account; undefined for one that is not known. */
  credentialsOf(accountId: string): CredentialSource | undefined;
  /** `kvstore-gateway/1.2.3` */
  userAgent: string;
  /** For one attempt, everything included. */
  timeoutMs: number;
  /** Sockets to one origin. */
  connections?: number;
  /** The largest body that is read, in bytes, also after decompression. */
  maxBodyBytes?: number;
  /** Epoch milliseconds. */
  now?: () => number;
  nonce?: () => string;
}

/** An attempt over pooled connections; `close` ends them, letting calls in flight finish. */
export type PooledAttempt = Attempt & { close(): Promise<void> };

const VERSIONS: Readonly<Record<Product, string>> = { 'r-kvstore': '2015-01-01', sts: '2015-04-01' };

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Far less than the 15 minutes that the upstream allows: a clock so near to its own was not what it refused. */
const SAME_TIME_MS = 60_000;

/** One host: its connections, and how far its clock is ahead of ours. */
interface Origin {
  pool: Pool;
  clockOffsetMs: number;
}

/** An attempt over connections of its own: one pool, and one idea of the clock, for each host. */
export function createAttempt(options: AttemptOptions): PooledAttempt {
  const { endpoints, credentialsOf, timeoutMs, connections = 64, now = Date.now } = options;
  const origins = new Map<string, Origin>();
  let closing: Promise<void> | undefined;

  const originOf = (name: string): Origin => {
    let origin = origins.get(name);
    if (!origin) {
      const pool = new Pool(name, {
        connections,
        connect: { timeout: timeoutMs },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      origin = { pool, clockOffsetMs: 0 };
      origins.set(name, origin);
    }
    return origin;
  };

  const attempt: Attempt = async (call, { signal }) => {
    signal.throwIfAborted();
    const endpoint = endpoints(call.product ?? 'r-kvstore', call.regionId);
    const source = credentialsOf(call.accountId);
    if (!source) throw new NotSent({ kind: 'invalid', message: 'The account is not known.' });
    const origin = originOf(endpoint.origin);
    return withinTime(timeoutMs, signal, async (ended) => {
      const credentials = await source.current().catch(raiseNotSent);
      const { clockOffsetMs } = origin;
      const request = signed(call, endpoint, credentials, now() + clockOffsetMs, options);
      const maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
      const answer = await exchange(origin.pool, request, { signal: ended, maxBodyBytes });
      const code = answer.httpStatus === 200 ? undefined : codeIn(answer.body);
      const isPutRight =
        (code === 'InvalidTimeStamp.Expired' && setClock(origin, answer, now(), clockOffsetMs)) ||
        (code === 'InvalidSecurityToken.Expired' && (await renew(source, credentials)));
      if (isPutRight) throw new PutRight({ ...detailsOf({ ...answer, now: now() }), retryable: true });
      return valueIn(call, answer, now());
    });
  };

  return Object.assign(attempt, {
    close: () => {
      closing ??= Promise.all(Array.from(origins.values(), ({ pool }) => pool.close())).then(() => {});
      return closing;
    },
  });
}

function raiseNotSent(error: unknown): never {
  throw error instanceof UpstreamError ? new NotSent(error) : error;
}

/** Sets the clock by an answer's date. False when it has none, or the time that was signed already. */
function setClock(origin: Origin, { headers }: Answer, now: number, signedOffsetMs: number): boolean {
  const offsetMs = Date.parse(String(headers.date)) - now;
  if (Number.isNaN(offsetMs) || Math.abs(offsetMs - signedOffsetMs) < SAME_TIME_MS) return false;
  origin.clockOffsetMs = offsetMs;
  return true;
}

/** Has credentials renewed that have expired. False where there are no others. */
async function renew(source: CredentialSource, expired: Credentials): Promise<boolean> {
  return (await source.renewed(expired)).securityToken !== expired.securityToken;
}

function valueIn<Value>(call: Call<Value>, answer: Answer, now: number): Value {
  if (answer.httpStatus !== 200) throw answerError({ ...answer, now });
  if (answer.body === undefined) {
    throw new UpstreamError({
      kind: 'unavailable',
      message: "The upstream's answer is not whole, or not JSON.",
      httpStatus: 200,
      retryable: true,
    });
  }
  try {
    return call.parse(answer.body);
  } catch (error) {
    // An error body that came with status 200.
    if (codeIn(answer.body) !== undefined) throw answerError({ ...answer, now });
    const { requestId } = identify(answer.body, answer.headers);
    const message =
      error instanceof UpstreamError ? error.message : `The upstream's answer to ${call.action} makes no sense.`;
    throw new UpstreamError({ kind: 'error', message, httpStatus: 200, requestId, cause: error });
  }
}

function signed(
  call: Call<unknown>,
  endpoint: Endpoint,
  credentials: Credentials,
  time: number,
  { userAgent, nonce = randomUUID }: AttemptOptions,
) {
  const headers: Record<string, string> = {
    host: new URL(endpoint.origin).host,
    'x-acs-version': VERSIONS[call.product ?? 'r-kvstore'],
    'x-acs-action': call.action,
    'user-agent': userAgent,
    'x-acs-date': `${new Date(time).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce(),
    accept: 'application/json',
    'accept-encoding': 'gzip',
    'x-acs-content-sha256': EMPTY_PAYLOAD_SHA256,
  };
  if (credentials.securityToken) {
    headers['x-acs-accesskey-id'] = credentials.accessKeyId;
    headers['x-acs-security-token'] = credentials.securityToken;
  }
  headers.authorization = authorization(
    { method: call.method, path: endpoint.path, query: call.parameters, headers, body: '' },
    credentials.accessKeyId,
    credentials.accessKeySecret,
  );
  return { method: call.method, path: endpoint.path + queryText(call.parameters), headers };
}

/** Names and values encoded as they are signed, so that any decoder gives back what was signed. */
function queryText(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/**
 * Runs something that ends when the time is up or the caller's signal is aborted; then it is not waited for either, since
 * credentials that others share go on being fetched.
 */
async function withinTime<Value>(
  timeoutMs: number,
  signal: AbortSignal,
  run: (ended: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    controller.abort(reason);
  };
  const abort = () => end(signal.reason);
  const timer = setTimeout(() => {
    const message = `The upstream did not answer within ${timeoutMs} ms.`;
    end(new UpstreamError({ kind: 'timeout', message, retryable: true }));
  }, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([run(controller.signal), promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
