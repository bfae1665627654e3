import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Environment } from '../../../upstream/credentials/default-chain.ts';
import { VERSION } from '../../version.ts';
import type { Logger } from '../logger.ts';

/** Spans in batches over OTLP/HTTP. The exporter itself reads `OTEL_EXPORTER_OTLP_HEADERS`, `_TIMEOUT` and their like. */
export function createTracerProvider(url: string, environment: Environment, logger: Logger): TracerProvider {
  const own = resourceFromAttributes({ 'service.name': 'kvstore-gateway', 'service.version': VERSION });
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = reportingExporter(new OTLPTraceExporter({ url }), logger);
  const delay = Number(environment.OTEL_BSP_SCHEDULE_DELAY);
  const scheduledDelayMillis = delay > 0 ? { scheduledDelayMillis: delay } : {};
  return new TracerProvider({
    resource,
    sampler: samplerOf(environment),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...scheduledDelayMillis })],
  });
}

/** Says in the log when spans could not be sent; they are dropped. */
function reportingExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined) logger.warn({ err: result.error, spans: spans.length }, 'traces: not sent');
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

/** `OTEL_TRACES_SAMPLER` and its argument; by default what the caller decided, and everything that has no caller. */
function samplerOf({ OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: argument = '1' }: Environment): Sampler {
  const ratio = Number(argument);
  const root = name.endsWith('always_off')
    ? new AlwaysOffSampler()
    : name.endsWith('traceidratio') && ratio >= 0 && ratio <= 1
      ? new TraceIdRatioBasedSampler(ratio)
      : new AlwaysOnSampler();
  return name === '' || name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
