import { tracingChannel } from 'node:diagnostics_channel';
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';

/** What `ioredis` publishes of a command; its arguments are not for traces. */
interface RedisCommand {
  command?: string;
}

/**
 * One span for each Redis command that an operation waits for. Heartbeats and the like belong to none, and have none.
 *
 * @param parent The context of the operation that runs now.
 */
export function watchRedis(tracer: Tracer, parent: () => Context | undefined): { close(): void } {
  const channel = tracingChannel<RedisCommand>('ioredis:command');
  const spans = new WeakMap<RedisCommand, Span>();
  const handlers = {
    start(message: RedisCommand) {
      const context = parent();
      if (context === undefined) return;
      const name = String(message.command ?? 'command').toUpperCase();
      const attributes = { 'db.system.name': 'redis', 'db.operation.name': name };
      spans.set(message, tracer.startSpan(`redis ${name}`, { kind: SpanKind.CLIENT, attributes }, context));
    },
    end() {},
    asyncStart() {},
    asyncEnd(message: RedisCommand) {
      spans.get(message)?.end();
    },
    error(message: RedisCommand) {
      spans.get(message)?.setStatus({ code: SpanStatusCode.ERROR });
    },
  };
  channel.subscribe(handlers);
  return { close: () => channel.unsubscribe(handlers) };
}
