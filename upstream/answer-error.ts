import { UpstreamError, type UpstreamErrorDetails } from './upstream-error.ts';

/** What came back over HTTP in place of what was asked for. */
export interface FailedAnswer {
  httpStatus: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON; undefined when the body was none. */
  body: unknown;
  /** Epoch milliseconds. */
  now: number;
}

const DEFAULT_RETRY_AFTER_MS = 1_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Code, request id and what they mean; the upstream's own messages may hold signatures, and are never passed on. */
export function detailsOf(answer: FailedAnswer): UpstreamErrorDetails {
  const { code, requestId } = identify(answer.body, answer.headers);
  return {
    ...meaningOf(code, answer),
    httpStatus: answer.httpStatus,
    ...(code === undefined ? {} : { code }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The error for an answer that is none. */
export function answerError(answer: FailedAnswer): UpstreamError {
  return new UpstreamError(detailsOf(answer));
}

/** The upstream's code and request id, from the body or the headers, unless they are nothing that may be shown. */
export function identify(
  body: unknown,
  headers: FailedAnswer['headers'],
): { code: string | undefined; requestId: string | undefined } {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return {
    code: shown(fields.Code ?? fields.code),
    requestId: shown(fields.RequestId ?? fields.requestId) ?? shown(headers['x-acs-request-id']),
  };
}

function shown(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\w.:-]{1,100}$/.test(text) ? text : undefined;
}

/**
 * The code decides, then the status: throttling is HTTP 400 here, and an unknown access key is 404.
 * Source: the tables of common error codes of the Alibaba Cloud OpenAPI, and the retry rules of its Terraform provider.
 */
function meaningOf(code: string | undefined, answer: FailedAnswer): UpstreamErrorDetails {
  const { httpStatus } = answer;
  const named = code === undefined ? `HTTP status ${httpStatus}` : code;
  if (code?.includes('Throttling') || (code === undefined && httpStatus === 429)) {
    const retryAfterMs = retryAfter(answer) ?? DEFAULT_RETRY_AFTER_MS;
    return {
      kind: 'throttled',
      message: `The upstream refuses calls for now (${named}).`,
      retryable: true,
      retryAfterMs,
    };
  }
  if (code !== undefined && /(Instance|Backup)\w*\.NotFound$/i.test(code)) {
    return { kind: 'not-found', message: `The upstream does not know this instance or backup (${named}).` };
  }
  if (httpStatus >= 500 || (code !== undefined && /^(ServiceUnavailable|InternalError|UnknownError)\b/.test(code))) {
    const retryAfterMs = retryAfter(answer);
    const message = `The upstream cannot answer at the moment (${named}).`;
    return { kind: 'unavailable', message, retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  // The next attempt has a nonce of its own.
  if (code === 'SignatureNonceUsed') return { kind: 'error', message: refusal('this request', named), retryable: true };
  return { kind: 'error', message: refusal(refused(code), named) };
}

function refusal(what: string, named: string): string {
  return `The upstream did not accept ${what} (${named}).`;
}

function refused(code = ''): string {
  if (/^(Forbidden\.RAM|NoPermission)/.test(code)) return "this call from the gateway's own account";
  if (/AccessKey|SecurityToken/.test(code)) return "the gateway's credentials";
  if (/Signature/.test(code)) return "the gateway's signature";
  if (/TimeStamp/i.test(code)) return "the gateway's clock";
  return 'this call';
}

/** Milliseconds, from what the SDK reads first (`x-acs-retry-after`, milliseconds) to what older SDKs did. */
function retryAfter({ headers, now }: FailedAnswer): number | undefined {
  const milliseconds =
    whole(headers['x-acs-retry-after'], 1) ??
    whole(headers['retry-after'], 1_000) ??
    untilDate(headers['retry-after'], now) ??
    timeLeft(headers['x-ratelimit-user-api']) ??
    timeLeft(headers['x-ratelimit-user']);
  return milliseconds === undefined ? undefined : Math.min(milliseconds, LONGEST_RETRY_AFTER_MS);
}

function whole(header: string | string[] | undefined, unit: number): number | undefined {
  return typeof header === 'string' && /^\d+$/.test(header.trim()) ? Number(header) * unit : undefined;
}

function untilDate(header: string | string[] | undefined, now: number): number | undefined {
  const time = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/** `Limit:100,Remain:0,TimeLeft:20000,Reset:1` */
function timeLeft(header: string | string[] | undefined): number | undefined {
  const match = typeof header === 'string' ? /\bTimeLeft:(\d+)/.exec(header) : null;
  return match ? Number(match[1]) : undefined;
}
