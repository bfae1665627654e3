import type { Environment } from '../../upstream/credentials/default-chain.ts';
import type { Logger } from './logger.ts';
import type { Tracing } from './tracing/create-tracing.ts';

/**
 * Traces, sent over OTLP/HTTP as the standard `OTEL_*` variables say; undefined, and nothing that makes spans loaded, where they name no
 * endpoint or turn it off.
 */
export async function startTracing(environment: Environment, logger: Logger): Promise<Tracing | undefined> {
  const url = tracesUrl(environment);
  if (url === undefined) return undefined;
  const { createTracing } = await import('./tracing/create-tracing.ts');
  return createTracing(url, environment, logger);
}

/** Where spans are sent; undefined: nowhere. */
export function tracesUrl({
  OTEL_EXPORTER_OTLP_ENDPOINT: base,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
  OTEL_SDK_DISABLED: disabled,
  OTEL_TRACES_EXPORTER: exporter,
}: Environment): string | undefined {
  if (disabled?.toLowerCase() === 'true' || exporter === 'none') return undefined;
  if (own) return own;
  return base ? `${base.replace(/\/+$/, '')}/v1/traces` : undefined;
}
