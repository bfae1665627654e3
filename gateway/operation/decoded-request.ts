import type { Connection } from '../http/client-address.ts';
import type { TraceParent } from '../http/trace-parent.ts';
import type { RequestReport } from './request-report.ts';

/** What a client sent to be run. */
export interface OperationParameters {
  query?: string | undefined;
  operationName?: string | undefined;
  variables?: Readonly<Record<string, unknown>> | undefined;
  extensions?: Readonly<Record<string, unknown>> | undefined;
  /** SHA-256 of a persisted document, with or without `sha256:` before it. */
  documentId?: string | undefined;
}

/** A request once it is decoded, however it came. */
export interface DecodedRequest {
  parameters: OperationParameters;
  /** Whether it came by GET, which must not change anything. */
  byGet: boolean;
  /** Several `Authorization` headers are joined by commas. */
  authorization: string | undefined;
  connection: Connection;
  requestId: string;
  /** Where the caller's trace stands; undefined without one. */
  traceParent: TraceParent | undefined;
  /** Whether `Cache-Control: no-cache` was sent. */
  readThrough: boolean;
  /** Whether `X-Upstream-Calls: 1` was sent. */
  wantsUpstreamCalls: boolean;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  /** Whether the client takes an event stream. */
  takesEvents: boolean;
  /** Filled in on the way. */
  report: RequestReport;
}
