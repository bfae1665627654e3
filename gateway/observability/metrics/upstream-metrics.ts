import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { UpstreamObserver } from '../../../upstream/chain/observer.ts';
import { boundedLabel } from './bounded-label.ts';

export interface UpstreamMetricsOptions {
  /** Quota of each account and action. */
  callsPerMinute: number;
  /** The host behind a region. */
  endpointOf(regionId: string): string;
  now?: () => number;
}

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
/** The upstream has a few dozen codes; odd answers must not fill the memory with more. */
const MOST_CODES = 100;
/** Milliseconds without a call after which none counts any more. */
const QUOTA_WINDOW_MS = 65_000;

const BREAKER_VALUES = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Calls to the upstream and what stands between them and the reads that need them. */
export function upstreamMetrics(registers: Registry[], options: UpstreamMetricsOptions): UpstreamObserver {
  const { callsPerMinute, endpointOf, now = Date.now } = options;
  const call = ['account', 'region', 'action'] as const;
  const calls = new Counter({
    name: 'kvstore_gateway_upstream_calls_total',
    help: 'Calls to the upstream, each attempt for itself; code is OK, the code it answered with, or what happened instead.',
    labelNames: [...call, 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'kvstore_gateway_upstream_call_duration_seconds',
    help: 'How long calls to the upstream took.',
    labelNames: ['region', 'action'],
    buckets: BUCKETS,
    registers,
  });
  const retries = new Counter({
    name: 'kvstore_gateway_upstream_retries_total',
    help: 'Calls that were made again, by the code of the attempt that failed.',
    labelNames: [...call, 'code'],
    registers,
  });
  const reads = new Counter({
    name: 'kvstore_gateway_cache_reads_total',
    help: 'Reads by where their answer came from: memory, shared (Redis), joined (a call under way), call (one of its own), stale.',
    labelNames: ['account', 'action', 'outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'kvstore_gateway_upstream_quota_refusals_total',
    help: 'Calls that were not made since the quota was used up.',
    labelNames: ['account', 'action'],
    registers,
  });
  const breakers = new Gauge({
    name: 'kvstore_gateway_upstream_breaker_state',
    help: 'Circuit breaker of an account at an endpoint: 0 closed, 1 half-open, 2 open.',
    labelNames: ['account', 'endpoint'],
    registers,
  });
  const opened = new Counter({
    name: 'kvstore_gateway_upstream_breaker_opened_total',
    help: 'How often a circuit breaker has opened.',
    labelNames: ['account', 'endpoint'],
    registers,
  });
  new Gauge({
    name: 'kvstore_gateway_upstream_quota_limit_calls',
    help: 'Calls for each account and action within a minute, all replicas together (UPSTREAM_CALLS_PER_MINUTE).',
    registers,
  }).set(callsPerMinute);
  const quotas = new Map<string, { account: string; action: string; left: number; at: number }>();
  new Gauge({
    name: 'kvstore_gateway_upstream_quota_left_calls',
    help: 'Calls that were left after the latest one; all of them again a minute after it.',
    labelNames: ['account', 'action'],
    registers,
    collect() {
      for (const { account, action, left, at } of quotas.values()) {
        this.set({ account, action }, now() - at > QUOTA_WINDOW_MS ? callsPerMinute : left);
      }
    },
  });
  const codeOf = boundedLabel(MOST_CODES);
  const seen = new Set<string>();
  let redis: ReturnType<typeof redisMetrics> | undefined;
  const meet = (account: string, endpoint: string) => {
    const key = `${account} ${endpoint}`;
    if (seen.has(key)) return;
    seen.add(key);
    breakers.set({ account, endpoint }, BREAKER_VALUES.closed);
    opened.inc({ account, endpoint }, 0);
  };
  return {
    attempt({ accountId: account, regionId: region, action, code, durationMs }) {
      calls.inc({ account, region, action, code: codeOf(code) });
      durations.observe({ region, action }, durationMs / 1_000);
      meet(account, endpointOf(region));
    },
    retry({ accountId: account, regionId: region, action, code }) {
      retries.inc({ account, region, action, code: codeOf(code) });
    },
    cache({ accountId: account, action, outcome }) {
      reads.inc({ account, action, outcome });
    },
    breaker({ accountId: account, endpoint, state }) {
      meet(account, endpoint);
      breakers.set({ account, endpoint }, BREAKER_VALUES[state]);
      if (state === 'open') opened.inc({ account, endpoint });
    },
    quota({ accountId: account, action, granted, left }) {
      quotas.set(`${account} ${action}`, { account, action, left, at: now() });
      if (!granted) refusals.inc({ account, action });
    },
    sharing({ state, replicas }) {
      redis ??= redisMetrics(registers);
      redis.shared.set(Number(state === 'shared'));
      redis.replicas.set(replicas);
    },
  };
}

/** Made when Redis is first heard of, so that they are absent where there is none. */
function redisMetrics(registers: Registry[]) {
  const shared = new Gauge({
    name: 'kvstore_gateway_redis_shared',
    help: '1 while Redis is shared with the other replicas, 0 while this one reckons for itself.',
    registers,
  });
  const replicas = new Gauge({
    name: 'kvstore_gateway_redis_replicas',
    help: 'Replicas that share Redis, this one included, when they were last seen.',
    registers,
  });
  return { shared, replicas };
}
