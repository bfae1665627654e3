/** What metrics, logs and traces may want to know of the chain. Callbacks are synchronous, quick and must not throw. */
export interface UpstreamObserver {
  attempt?(event: AttemptEvent): void;
  retry?(event: RetryEvent): void;
  cache?(event: CacheEvent): void;
  breaker?(event: BreakerEvent): void;
  quota?(event: QuotaEvent): void;
  sharing?(event: SharingEvent): void;
}

/** A call to the upstream has ended. */
interface AttemptEvent {
  accountId: string;
  regionId: string;
  action: string;
  /** `OK`, the upstream's own code (`Throttling.User`), or the kind of the error where it sent none. */
  code: string;
  durationMs: number;
}

/** A call failed and will be made again after `delayMs`. */
interface RetryEvent {
  accountId: string;
  regionId: string;
  action: string;
  code: string;
  delayMs: number;
}

/**
 * Where an answer came from: this process's memory, the Redis that replicas share, a call that was under way already, a call
 * of its own, or a copy past its time.
 */
export type CacheOutcome = 'memory' | 'shared' | 'joined' | 'call' | 'stale';

/** A read has its answer. */
export interface CacheEvent {
  accountId: string;
  action: string;
  outcome: CacheOutcome;
}

/** A breaker has changed. */
export interface BreakerEvent {
  accountId: string;
  endpoint: string;
  state: 'closed' | 'open' | 'half-open';
}

/** A call asked for its place in the quota. */
interface QuotaEvent {
  accountId: string;
  action: string;
  granted: boolean;
  /** Calls that may still be made now, by those first in line: others are refused while some are left. */
  left: number;
}

/** This replica found or lost the Redis that it shares with the others. */
export interface SharingEvent {
  state: 'shared' | 'alone';
  /** Why it is alone, for a log; it may name a host. */
  cause?: unknown;
  /** Replicas, this one included, when they were last seen. */
  replicas: number;
}

/** What an error is called in events: the upstream's code, else what it means. */
export function codeOf(error: unknown): string {
  const { code, kind } = error as { code?: string; kind?: string };
  return code ?? kind ?? 'unknown';
}
