import type { RequestReport } from '../operation/request-report.ts';
import type { WriteLine } from './logger.ts';

/** Writes one line for each request that has ended. */
export function logsRequests(write: WriteLine): (report: RequestReport) => void {
  return (report) => {
    const { requestId, traceId, operationName, operationType, documentHash, subject, codes } = report;
    const { estimated, meter, results, outcome, status, durationMs } = report;
    const fields: Record<string, unknown> = {
      operationName,
      operationType,
      documentHash,
      subject,
      status,
      outcome,
      durationMs: Math.round(durationMs * 100) / 100,
      upstreamCalls: { estimated, made: meter.made, cached: meter.cached },
    };
    if (codes.size > 0) fields.codes = Object.fromEntries(codes);
    if (operationType === 'subscription') fields.events = results;
    write(codes.has('INTERNAL_SERVER_ERROR') ? 'error' : 'info', { requestId, traceId }, fields, 'request');
  };
}
