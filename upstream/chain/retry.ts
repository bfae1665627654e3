import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { PutRight } from '../put-right.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { Link } from './link.ts';
import { codeOf, type UpstreamObserver } from './observer.ts';
import { RefusedHere } from './refusals.ts';

/** Who hears of retries, and where time and chance come from. */
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
 * sooner than the upstream asks for, and only where an answer can still be there in time and somebody waits for it. What was
 * refused for something that has been put right since goes out again at once, and once.
 */
export function retries({ observer = {}, now = Date.now, random = Math.random }: RetryOptions = {}): Link {
  return async ({ call, flight }, next) => {
    let pauses = 0;
    let delayMs = 0;
    let wasPutRight = false;
    let failure: UpstreamError | undefined;
    const worthIt = (error: unknown): boolean => {
      if (!(error instanceof UpstreamError) || error instanceof RefusedHere) return false;
      failure = error;
      if (!error.retryable || !flight.awaited) return false;
      if (error instanceof PutRight) {
        if (wasPutRight) return false;
        wasPutRight = true;
        delayMs = 0;
      } else {
        delayMs = (error.retryAfterMs ?? 0) + random() * FIRST_PAUSE_MS * 2 ** pauses;
        pauses += 1;
      }
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
      if (!(error instanceof RefusedHere) || !failure || failure instanceof PutRight) throw error;
      // What the upstream said tells more than that a second attempt was not let through.
      throw failure;
    }
  };
}
