import type { CombinedError } from '@urql/core';

/** Why something is not shown, in the terms that somebody in front of the page can act on. */
export type Failure =
  | { kind: 'denied'; action: string; resource: string }
  /** The upstream's quota, or the gateway's for one principal, is used up. */
  | { kind: 'quota'; retryAfterSeconds: number }
  | { kind: 'missing' }
  | { kind: 'signed-out' }
  /** The upstream does not answer, or not in time; `requestId` is what its support asks for. */
  | { kind: 'upstream'; code: string; requestId: string | undefined; retryable: boolean }
  | { kind: 'unreachable' }
  | { kind: 'refused'; code: string; message: string };

/** A failure, and the place in the answer that is null because of it. */
export interface PlacedFailure {
  path: readonly (string | number)[];
  failure: Failure;
}

const DEFAULT_RETRY_AFTER_SECONDS = 10;
const UPSTREAM_CODES = ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_ERROR'];

/** Every failure of an answer; one with an empty path is about the whole of it. */
export function failuresOf(error: CombinedError | undefined): PlacedFailure[] {
  if (error === undefined) return [];
  if (error.graphQLErrors.length === 0) return [{ path: [], failure: ofTransport(error) }];
  return error.graphQLErrors.map(({ path, message, extensions }) => ({
    path: path ?? [],
    failure: ofExtensions(extensions ?? {}, message),
  }));
}

/** The first failure at a place or around it: `['nodes', 3]` is also failed by a failure at `['nodes']`. */
export function failureAt(
  failures: readonly PlacedFailure[],
  ...place: readonly (string | number)[]
): Failure | undefined {
  return failures.find(({ path }) => path.every((step, index) => place[index] === step))?.failure;
}

/** The first failure at a place, around it or in it. */
export function failureWithin(
  failures: readonly PlacedFailure[],
  ...place: readonly (string | number)[]
): Failure | undefined {
  const within = ({ path }: PlacedFailure) => place.every((step, index) => path[index] === step);
  return failureAt(failures, ...place) ?? failures.find(within)?.failure;
}

function ofTransport({ response, networkError }: CombinedError): Failure {
  const status: unknown = response?.status;
  if (status === 401) return { kind: 'signed-out' };
  if (status === 429) return { kind: 'quota', retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { kind: 'refused', code: `HTTP ${status}`, message: networkError?.message ?? '' };
  }
  return { kind: 'unreachable' };
}

function ofExtensions(extensions: Readonly<Record<string, unknown>>, message: string): Failure {
  const code = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
  if (code === 'FORBIDDEN') {
    return { kind: 'denied', action: String(extensions.action ?? ''), resource: String(extensions.resource ?? '') };
  }
  if (code === 'RATE_LIMITED') {
    const seconds = Number(extensions.retryAfterSeconds);
    return { kind: 'quota', retryAfterSeconds: seconds > 0 ? seconds : DEFAULT_RETRY_AFTER_SECONDS };
  }
  if (code === 'NOT_FOUND') return { kind: 'missing' };
  if (code === 'UNAUTHENTICATED') return { kind: 'signed-out' };
  if (UPSTREAM_CODES.includes(code)) {
    const upstream = extensions.upstream as { requestId?: unknown } | null | undefined;
    const requestId = typeof upstream?.requestId === 'string' ? upstream.requestId : undefined;
    return { kind: 'upstream', code, requestId, retryable: extensions.retryable !== false };
  }
  return { kind: 'refused', code, message };
}
