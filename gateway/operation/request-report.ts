import type { ExecutionResult } from 'graphql';
import type { CallMeter } from '../../upstream/rkvstore.ts';

/**
 * How a request ended: `ok` with data alone, `partial` with data and errors, `rejected` with errors alone, so that nothing ran, `aborted`
 * when the client left before it had its answer.
 */
export type RequestOutcome = 'ok' | 'partial' | 'rejected' | 'aborted';

/**
 * What there is to say of one request to `/graphql`: filled in on its way, and read at its end by the log, the metrics and the traces. It
 * never holds variables, documents, tokens or answers.
 */
export interface RequestReport {
  readonly requestId: string;
  /** Of the client's `traceparent`, or of the span of this request. */
  traceId: string | undefined;
  /** Absent when the request was refused before its operation was known, and for an operation without a name. */
  operationName: string | undefined;
  operationType: 'query' | 'mutation' | 'subscription' | undefined;
  /** SHA-256 of the document in hex: the id that it has among persisted documents. */
  documentHash: string | undefined;
  /** Absent for the anonymous principal. */
  subject: string | undefined;
  /** The most upstream calls that it could cost. */
  estimated: number;
  readonly meter: CallMeter;
  /** Every `extensions.code` that it was answered with, and how often. */
  codes: ReadonlyMap<string, number>;
  /** Answers sent: events of a subscription, else one at most. */
  results: number;
  outcome: RequestOutcome;
  /** HTTP status; 0 when the client left before there was one. */
  status: number;
  durationMs: number;
}

const NO_CODES: ReadonlyMap<string, number> = new Map();

/** The report of a request that has just begun. */
export function newRequestReport(requestId: string, traceId?: string): RequestReport {
  return {
    requestId,
    traceId,
    operationName: undefined,
    operationType: undefined,
    documentHash: undefined,
    subject: undefined,
    estimated: 0,
    meter: { made: 0, cached: 0 },
    codes: NO_CODES,
    results: 0,
    outcome: 'rejected',
    status: 0,
    durationMs: 0,
  };
}

/** Takes note of an answer, or of one event of a subscription. */
export function noteResult(report: RequestReport, { data, errors }: ExecutionResult): void {
  report.results += 1;
  if (errors === undefined) {
    if (report.outcome === 'rejected') report.outcome = 'ok';
    return;
  }
  report.outcome = data === undefined ? 'rejected' : 'partial';
  for (const { extensions } of errors) noteCode(report, String(extensions.code));
}

export function noteCode(report: RequestReport, code: string): void {
  report.codes = new Map([...report.codes, [code, (report.codes.get(code) ?? 0) + 1]]);
}
