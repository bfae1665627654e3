import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { RequestReport } from '../../operation/request-report.ts';
import { redact } from '../redaction.ts';

/** Says on a span what the report of its request says. */
export function describeOperation(span: Span, report: RequestReport): void {
  const { operationName, operationType, documentHash, requestId, subject, estimated, meter, codes, outcome } = report;
  if (operationType !== undefined) span.updateName(redact([operationType, operationName].filter(Boolean).join(' ')));
  const attributes: Record<string, string | number | string[] | undefined> = {
    'graphql.operation.name': operationName,
    'graphql.operation.type': operationType,
    'graphql.document.hash': documentHash,
    'enduser.id': subject,
    'request.id': requestId,
    'request.outcome': outcome,
    'request.codes': codes.size === 0 ? undefined : [...codes.keys()],
    'upstream.calls.estimated': estimated,
    'upstream.calls.made': meter.made,
    'upstream.calls.cached': meter.cached,
  };
  for (const [name, value] of Object.entries(attributes)) {
    // Names and ids are the client's to choose.
    if (value !== undefined) span.setAttribute(name, typeof value === 'string' ? redact(value) : value);
  }
  if (codes.has('INTERNAL_SERVER_ERROR')) span.setStatus({ code: SpanStatusCode.ERROR });
}
