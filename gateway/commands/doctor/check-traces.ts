import { type Finding, networkAdvice, systemCode, well, wrong } from './finding.ts';

const TIMEOUT_MS = 6_000;

/** Sends an empty batch of spans; undefined where traces are off. */
export async function checkTraces(url: string | undefined): Promise<Finding | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"resourceSpans":[]}',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return well('traces', 'are taken');
    const advice =
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an OTLP/HTTP receiver; OTEL_EXPORTER_OTLP_HEADERS may have to hold its key';
    return wrong('traces', `the receiver answers with HTTP status ${response.status}`, advice);
  } catch (error) {
    return wrong('traces', `the receiver does not answer (${systemCode(error) ?? 'unknown'})`, networkAdvice(error));
  }
}
