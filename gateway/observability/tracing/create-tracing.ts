import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { RunBatch } from '../../../resolvers/loaders.ts';
import type { UpstreamObserver } from '../../../upstream/chain/observer.ts';
import type { Environment } from '../../../upstream/credentials/default-chain.ts';
import type { TraceParent } from '../../http/trace-parent.ts';
import type { OperationResult, RunOperation } from '../../operation/operation.ts';
import type { Logger } from '../logger.ts';
import { redact } from '../redaction.ts';
import { describeOperation } from './operation-attributes.ts';
import { createTracerProvider } from './otlp.ts';
import { watchRedis } from './redis-spans.ts';

/** What makes spans of what happens. */
export interface Tracing {
  /** One span for each operation, continuing the caller's trace. */
  traced(run: RunOperation): RunOperation;
  /** One span for each batch of a loader, below that of its operation. */
  readonly runBatch: RunBatch;
  /** One span for each call to the upstream, below that of the batch that began it. */
  readonly observer: UpstreamObserver;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

const FLUSH_MS = 2_000;

/** Spans below the one that is current in an operation's own asynchronous context. */
export function createTracing(url: string, environment: Environment, logger: Logger): Tracing {
  const provider = createTracerProvider(url, environment, logger);
  const tracer = provider.getTracer('kvstore-gateway');
  const current = new AsyncLocalStorage<Context>();
  const within = <Value>(span: Span, run: () => Value): Value => current.run(trace.setSpan(ROOT_CONTEXT, span), run);
  const redis = watchRedis(tracer, () => current.getStore());

  const traced = (run: RunOperation): RunOperation => {
    return async (request) => {
      const { report } = request;
      const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parentOf(request.traceParent));
      report.traceId = span.spanContext().traceId;
      const end = () => {
        describeOperation(span, report);
        span.end();
      };
      let result: OperationResult;
      try {
        result = await within(span, () => run(request));
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        throw error;
      }
      if (Symbol.asyncIterator in result) return eventsWithin(result, (next) => within(span, next), end);
      end();
      return result;
    };
  };

  return {
    traced,
    runBatch(loader, run) {
      const parent = current.getStore();
      if (parent === undefined) return run();
      const span = tracer.startSpan(`load ${loader}`, { kind: SpanKind.INTERNAL }, parent);
      const values = within(span, run);
      span.setAttribute('loader.keys', values.length);
      void Promise.allSettled(values).then(() => span.end());
      return values;
    },
    observer: {
      attempt({ accountId, regionId, action, code: given, durationMs }) {
        // The upstream chooses this text.
        const code = redact(given);
        const endTime = Date.now();
        const attributes = {
          'rpc.system': 'alibaba_cloud',
          'rpc.service': 'R-kvstore',
          'rpc.method': action,
          'cloud.account.id': accountId,
          'cloud.region': regionId,
          'upstream.code': code,
        };
        const options = { kind: SpanKind.CLIENT, startTime: endTime - durationMs, attributes };
        const span = tracer.startSpan(action, options, current.getStore() ?? ROOT_CONTEXT);
        if (code !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        span.end(endTime);
      },
    },
    async close() {
      redis.close();
      await Promise.race([provider.shutdown().catch(() => undefined), pause(FLUSH_MS, undefined, { ref: false })]);
    },
  };
}

function parentOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Asks for each event within the operation's context, whoever it is that asks. */
async function* eventsWithin<Event>(
  events: AsyncIterable<Event>,
  within: (next: () => Promise<IteratorResult<Event>>) => Promise<IteratorResult<Event>>,
  ended: () => void,
): AsyncGenerator<Event, void, void> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const event = await within(() => iterator.next());
      if (event.done === true) return;
      yield event.value;
    }
  } finally {
    await iterator.return?.();
    ended();
  }
}
