import type { Attempt } from './call.ts';
import { UpstreamError } from './upstream-error.ts';

/**
 * The upstream refused a call for something of the gateway's own that has been put right since: its clock, or credentials that
 * had expired. The same call may be made again at once, but only once for this reason.
 */
export class PutRight extends UpstreamError {}

/** An attempt that does so itself, for calls that go through no chain: those of STS, which have no quota here. */
export function onceMoreWhenPutRight(attempt: Attempt): Attempt {
  return async (call, options) => {
    try {
      return await attempt(call, options);
    } catch (error) {
      if (error instanceof PutRight) return attempt(call, options);
      throw error;
    }
  };
}
