import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { UpstreamError } from '../upstream-error.ts';
import type { Link } from './link.ts';
import { codeOf, type UpstreamObserver } from './observer.ts';
import { RefusedHere } from './refusals.ts';

export interface RetryOptions {
  observer?: UpstreamObserver;
  now?: () => number;
  /** From 0 to 1. */
  random?: () => number;
}

const MOST_ATTEMPTS = 3;
/** The longest first pause, in milliseconds; it doubles with each attempt. */
const FIRST_PAUSE_MS = 200;
/** An attempt that has less than this before the deadline is not begun. */
const LEAST_ATTEMPT_MS = 100;

/**
 * Makes a call again that failed in passing: at most three attempts, after a pause of exponential growth and full jitter, no
 * sooner than the upstream asks for, and only where an answer can still be there in time and somebody waits for it.
 */
export function retries({ observer = {}, now = Date.now, random = Math.random }: RetryOptions = {}): Link {
  return async ({ call, flight }, next) => {
    let attempts = 0;
    let delayMs = 0;
    let failure: UpstreamError | undefined;
    const worthIt = (error: unknown): boolean => {
      if (!(error instanceof UpstreamError) || error instanceof RefusedHere) return false;
      failure = error;
      if (!error.retryable || !flight.awaited) return false;
      attempts += 1;
      delayMs = (error.retryAfterMs ?? 0) + random() * FIRST_PAUSE_MS * 2 ** (attempts - 1);
      return now() + delayMs + LEAST_ATTEMPT_MS <= flight.deadline;
    };
    // A pause alone keeps no process alive; whoever waits for the answer does.
    const policy = retry(handleWhen(worthIt), {
      maxAttempts: MOST_ATTEMPTS - 1,
      backoff: new DelegateBackoff(() => delayMs),
    }).dangerouslyUnref();
    policy.onRetry(() => {
      const { accountId, regionId, action } = call;
      observer.retry?.({ accountId, regionId, action, code: codeOf(failure), delayMs });
    });
    try {
      return await policy.execute(() => next(flight.signal), flight.signal);
    } catch (error) {
      // What the upstream said tells more than that a second attempt was not let through.
      throw error instanceof RefusedHere && failure ? failure : error;
    }
  };
}
