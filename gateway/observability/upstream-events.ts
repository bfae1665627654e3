import type { UpstreamObserver } from '../../upstream/chain/observer.ts';
import type { UpstreamError } from '../../upstream/upstream-error.ts';
import type { Logger } from './logger.ts';

/** Writes what operators may want to read of the upstream: breakers, Redis lost and found, and at `debug` each call and retry. */
export function logsUpstream(logger: Logger): UpstreamObserver {
  return {
    attempt: (event) => logger.debug(event, 'upstream: call'),
    retry: (event) => logger.debug(event, 'upstream: again'),
    breaker(event) {
      if (event.state === 'closed') logger.info(event, 'upstream: breaker');
      else logger.warn(event, 'upstream: breaker');
    },
    sharing({ state, replicas, cause }) {
      if (state === 'shared') logger.info({ replicas }, 'Redis: shared with the other replicas');
      else logger.warn({ replicas, err: cause }, 'Redis: lost, each replica reckons for itself');
    },
  };
}

/** Writes that credentials could not be fetched: while older ones still serve nothing else says so. */
export function logsCredentials(logger: Logger): (accountId: string | undefined, failure: UpstreamError) => void {
  return (accountId, failure) => logger.warn({ accountId, err: failure }, 'credentials: not fetched');
}

/** Tells all of them of everything. */
export function observedBy(...observers: readonly UpstreamObserver[]): Required<UpstreamObserver> {
  return {
    attempt(event) {
      for (const observer of observers) observer.attempt?.(event);
    },
    retry(event) {
      for (const observer of observers) observer.retry?.(event);
    },
    cache(event) {
      for (const observer of observers) observer.cache?.(event);
    },
    breaker(event) {
      for (const observer of observers) observer.breaker?.(event);
    },
    quota(event) {
      for (const observer of observers) observer.quota?.(event);
    },
    sharing(event) {
      for (const observer of observers) observer.sharing?.(event);
    },
  };
}
