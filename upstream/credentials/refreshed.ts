import type { CredentialSource, Credentials } from '../credentials.ts';
import { UpstreamError } from '../upstream-error.ts';

/** Credentials and until when they can be used. */
export interface Session {
  credentials: Credentials;
  /** Epoch milliseconds; undefined when nobody says. */
  expiresAt: number | undefined;
}

/** The clock, and who hears of failures. */
export interface RefreshOptions {
  /** Epoch milliseconds. */
  now?: () => number;
  /** Hears of each failed fetch, also while older credentials still serve. */
  report?: (failure: UpstreamError) => void;
}

/** As the official library does. */
const REFRESH_BEFORE_EXPIRY_MS = 15 * 60_000;
/** What does not say when it expires may have been replaced in its file since. */
const HOLD_UNDATED_MS = 5 * 60_000;
/** A call that is signed now must still be good when it arrives. */
const LAST_SECONDS_MS = 10_000;
/** STS and the metadata service throttle too; nobody asks them again sooner after an answer or a failure. */
const PAUSE_MS = 5_000;

/**
 * Holds the credentials that `fetch` gets. Concurrent callers share one fetch; credentials near their end are renewed
 * while they still serve; expired ones are never handed out. `fetch` must not return an older session when it fails.
 */
export function refreshedCredentials(
  fetch: () => Promise<Session>,
  { now = Date.now, report = () => {} }: RefreshOptions = {},
): CredentialSource {
  let held: (Session & { fetchedAt: number }) | undefined;
  let failed: { error: UpstreamError; at: number } | undefined;
  let fetching: Promise<Credentials> | undefined;

  const usable = () => held !== undefined && now() < (held.expiresAt ?? Number.POSITIVE_INFINITY) - LAST_SECONDS_MS;

  const load = async (): Promise<Credentials> => {
    try {
      const session = await fetch();
      if (session.expiresAt !== undefined && session.expiresAt <= now())
        throw noCredentials('they were already expired');
      held = { ...session, fetchedAt: now() };
      failed = undefined;
      return held.credentials;
    } catch (error) {
      const failure = error instanceof UpstreamError ? error : noCredentials('the fetch failed');
      failed = { error: failure, at: now() };
      report(failure);
      throw failure;
    }
  };

  const refresh = (): Promise<Credentials> => {
    if (fetching) return fetching;
    if (failed && now() - failed.at < PAUSE_MS) return Promise.reject(failed.error);
    fetching = load().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };

  return {
    async current() {
      if (!held || !usable()) return refresh();
      // Reported where it failed; the held ones still serve.
      if (now() >= refreshTime(held)) refresh().catch(() => {});
      return held.credentials;
    },
    async renewed(refused) {
      const isOther = held !== undefined && held.credentials.securityToken !== refused.securityToken;
      if (held && usable() && (isOther || now() - held.fetchedAt < PAUSE_MS)) return held.credentials;
      return refresh();
    },
  };
}

/** Sessions shorter than an hour are renewed in the last quarter of their time. */
function refreshTime({ expiresAt, fetchedAt }: Session & { fetchedAt: number }): number {
  if (expiresAt === undefined) return fetchedAt + HOLD_UNDATED_MS;
  return expiresAt - Math.min(REFRESH_BEFORE_EXPIRY_MS, (expiresAt - fetchedAt) / 4);
}

/** `reason` goes to the logs; it must not hold anything secret. */
export function noCredentials(reason: string, retryable = false): UpstreamError {
  return new UpstreamError({
    kind: 'error',
    message: 'The gateway has no valid credentials for this account.',
    retryable,
    ...(retryable ? { retryAfterMs: PAUSE_MS } : {}),
    cause: new Error(reason),
  });
}
