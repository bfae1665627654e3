import { NotSent } from '../not-sent.ts';
import { UpstreamError } from '../upstream-error.ts';

/** Refused by the chain itself, with no call made: trying again at once cannot help. */
export class RefusedHere extends NotSent {}

/** Ended because nobody waits any more; says nothing about the upstream. */
export class Abandoned extends UpstreamError {}

/** For a call that nobody waits for; `cause` is why they left. */
export function abandoned(cause?: unknown): Abandoned {
  return new Abandoned({ kind: 'timeout', message: 'The request ended before the upstream answered.', cause });
}

/** For a call whose time is up. */
export function noAnswerInTime(): UpstreamError {
  return new UpstreamError({ kind: 'timeout', message: 'The upstream did not answer in time.', retryable: true });
}
