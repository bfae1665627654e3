import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import type { Link } from './link.ts';
import { noAnswerInTime } from './refusals.ts';

/** Ends one attempt after so many milliseconds, or with the flight it belongs to, whichever is first. */
export function deadline(attemptTimeoutMs: number): Link {
  const policy = timeout(attemptTimeoutMs, TimeoutStrategy.Aggressive);
  return async ({ signal }, next) => {
    if (signal.aborted) throw signal.reason;
    try {
      return await policy.execute((context) => next(context.signal), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw isCancelled(error) ? noAnswerInTime() : error;
    }
  };
}

/** The library's own error, or what an attempt raises whose signal the library has aborted. */
function isCancelled(error: unknown): boolean {
  return error instanceof TaskCancelledError || (error instanceof DOMException && error.name === 'AbortError');
}
