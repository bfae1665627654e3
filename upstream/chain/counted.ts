import { NotSent } from '../not-sent.ts';
import type { Link } from './link.ts';
import { codeOf, type UpstreamObserver } from './observer.ts';

/** Counts each call that goes out, for the operation that caused it and for whoever observes. */
export function counted(observer: UpstreamObserver = {}): Link {
  return async ({ call, flight, signal }, next) => {
    const { accountId, regionId, action } = call;
    const startedAt = performance.now();
    const report = (code: string) => {
      observer.attempt?.({ accountId, regionId, action, code, durationMs: performance.now() - startedAt });
    };
    flight.meter.made += 1;
    try {
      const value = await next(signal);
      report('OK');
      return value;
    } catch (error) {
      if (error instanceof NotSent) flight.meter.made -= 1;
      report(codeOf(error));
      throw error;
    }
  };
}
