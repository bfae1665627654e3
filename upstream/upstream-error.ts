/**
 * What a failed call means to whoever asked for it:
 * - `throttled`: the upstream, or our own quota below it, refused for now
 * - `not-found`: the upstream does not know the instance
 * - `timeout`: no answer within the attempt's or the request's time
 * - `unavailable`: unreachable, reset, 5xx, or an open breaker
 * - `invalid`: refused before any call, because the request itself cannot be right (an unknown region or account)
 * - `error`: everything else, a refusal of the gateway's own rights and an answer that makes no sense included
 */
export type UpstreamErrorKind = 'throttled' | 'not-found' | 'timeout' | 'unavailable' | 'invalid' | 'error';

/** What is known of a failed call. */
export interface UpstreamErrorDetails {
  kind: UpstreamErrorKind;
  /** Text that may be shown to clients: never a host, key, token, signature or link. */
  message: string;
  /** The upstream's own code (`Throttling.User`); absent when no answer carried one. */
  code?: string | undefined;
  requestId?: string | undefined;
  /** HTTP status of the upstream's answer; absent when there was none. */
  httpStatus?: number | undefined;
  /** Whether the same call may succeed later without anybody changing anything. */
  retryable?: boolean | undefined;
  /** Milliseconds after which it is worth asking again; always present for `throttled`. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** The one error that `upstream/` raises. */
export class UpstreamError extends Error {
  readonly kind: UpstreamErrorKind;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly httpStatus: number | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(details: UpstreamErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'UpstreamError';
    this.kind = details.kind;
    this.code = details.code;
    this.requestId = details.requestId;
    this.httpStatus = details.httpStatus;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}
