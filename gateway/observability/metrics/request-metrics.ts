import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RequestReport } from '../../operation/request-report.ts';
import { boundedLabel, OTHER } from './bounded-label.ts';

/** More names than a set of front ends has operations; each costs a few dozen series. */
const MOST_OPERATIONS = 100;

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Requests, by the name of their operation and how they ended. Names are the clients' to choose, so only those of signed-in callers whose
 * operation ran are kept, a hundred at most.
 *
 * @param open What is being answered now.
 */
export function requestMetrics(
  registers: Registry[],
  open: () => { queries: number; subscriptions: number },
): (report: RequestReport) => void {
  const requests = new Counter({
    name: 'kvstore_gateway_requests_total',
    help: 'Requests to /graphql that have ended, by operation name and outcome (ok, partial, rejected, aborted).',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'kvstore_gateway_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer; subscriptions excepted.',
    labelNames: ['operation', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'kvstore_gateway_request_errors_total',
    help: 'Errors in answers, by extensions.code.',
    labelNames: ['code'],
    registers,
  });
  // There from the start, or Prometheus would not see the first one as an increase.
  errors.inc({ code: 'INTERNAL_SERVER_ERROR' }, 0);
  new Gauge({
    name: 'kvstore_gateway_requests_in_flight',
    help: 'Requests to /graphql that are being answered, subscriptions excepted.',
    registers,
    collect() {
      this.set(open().queries);
    },
  });
  new Gauge({
    name: 'kvstore_gateway_subscriptions_open',
    help: 'Subscriptions that are being served.',
    registers,
    collect() {
      this.set(open().subscriptions);
    },
  });

  const known = boundedLabel(MOST_OPERATIONS);
  const operationOf = ({ operationName, operationType, subject, outcome }: RequestReport): string => {
    if (operationType === undefined) return 'unknown';
    if (operationName === undefined) return 'unnamed';
    return subject === undefined || outcome === 'rejected' ? OTHER : known(operationName);
  };
  return (report) => {
    const labels = { operation: operationOf(report), outcome: report.outcome };
    requests.inc(labels);
    if (report.operationType !== 'subscription') durations.observe(labels, report.durationMs / 1_000);
    for (const [code, count] of report.codes) errors.inc({ code }, count);
  };
}
