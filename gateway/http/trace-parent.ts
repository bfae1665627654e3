/** Where a request stands in its caller's trace (W3C Trace Context). */
export interface TraceParent {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

const TRACE_PARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a `traceparent` header; undefined for one that is malformed, or not there. */
export function parseTraceParent(header: string | readonly string[] | undefined): TraceParent | undefined {
  const match = typeof header === 'string' && !header.startsWith('ff') ? TRACE_PARENT.exec(header) : null;
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
