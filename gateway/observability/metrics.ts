import { collectDefaultMetrics, Registry } from 'prom-client';
import type { UpstreamObserver } from '../../upstream/chain/observer.ts';
import type { RequestReport } from '../operation/request-report.ts';
import { requestMetrics } from './metrics/request-metrics.ts';
import { type ProcessState, stateMetrics } from './metrics/state-metrics.ts';
import { type UpstreamMetricsOptions, upstreamMetrics } from './metrics/upstream-metrics.ts';

/** What is measured, as Prometheus reads it. */
export interface Metrics {
  /** Counts a request that has ended. */
  ended(report: RequestReport): void;
  /** Counts what happens between a read and the upstream. */
  readonly observer: UpstreamObserver;
  /** The body of `/metrics` and its content type. */
  read(): Promise<{ type: string; text: string }>;
}

export interface MetricsOptions {
  upstream: UpstreamMetricsOptions;
  state: ProcessState;
  open: () => { queries: number; subscriptions: number };
}

/** Gauges of the library whose names say that they are counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Metrics of one gateway, in a registry of its own. */
export function createMetrics({ upstream, state, open }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  stateMetrics(registers, state);
  return {
    ended: requestMetrics(registers, open),
    observer: upstreamMetrics(registers, upstream),
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
