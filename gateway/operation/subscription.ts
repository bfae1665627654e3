import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { Unauthenticated } from '../../schema/access-errors.ts';
import { CheckedEvents } from '../../schema/checked-events.ts';
import type { Execution } from './execution.ts';

/** What of an execution is needed for an event. */
type EventExecution = Pick<Execution, 'context' | 'execute' | 'finish' | 'end'>;

export interface SubscriptionOptions {
  /** What there is to start. */
  source: Omit<ExecutionArgs, 'contextValue' | 'rootValue'>;
  /** An execution as of now: permissions, time and loaders are its own. */
  begin(): EventExecution;
  /** Epoch milliseconds at which the token expires; absent for a caller without one. */
  expiresAt: number | undefined;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  /** Called once, when nothing of the subscription is left. */
  ended(): void;
  now: () => number;
}

/** How often the checks of the start are made again, since policies may have changed. */
const CHECK_MS = 60_000;

/**
 * Runs a subscription: its start, then an execution for each event, checked and with a time of its own. It ends with its events or its client,
 * and with an error when it may not go on, when the token expires or when its events fail.
 */
export async function runSubscription(
  options: SubscriptionOptions,
): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> {
  const { source, begin, expiresAt, ended, now } = options;
  let runs = false;
  const execution = begin();
  try {
    if (expiresAt !== undefined && expiresAt <= now()) return execution.finish(failed(tokenExpired()));
    const events = await createSourceEventStream({ ...source, contextValue: execution.context });
    if (!(Symbol.asyncIterator in events)) return execution.finish(events);
    if (!(events instanceof CheckedEvents)) throw new TypeError('a subscription field must return CheckedEvents');
    runs = true;
    return resultsOf(events, options);
  } finally {
    execution.end();
    if (!runs) ended();
  }
}

function resultsOf(events: CheckedEvents<unknown>, options: SubscriptionOptions): AsyncIterable<ExecutionResult> {
  const { begin, expiresAt = Number.POSITIVE_INFINITY, signal, ended, now } = options;
  const source = events[Symbol.asyncIterator]();
  let ending: { reason?: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;

  // Not left to the generator below, which cannot be ended while nobody reads from it.
  const stop = (end: { reason?: unknown }) => {
    if (ending !== undefined) return;
    ending = end;
    clearTimeout(timer);
    signal.removeEventListener('abort', clientGone);
    void source.return?.();
    ended();
  };
  const clientGone = () => stop({});

  const checked = async <Value>(run: (execution: EventExecution) => Value | Promise<Value>): Promise<Value> => {
    const one = begin();
    try {
      await events.check(one.context);
      return await run(one);
    } finally {
      one.end();
    }
  };
  const keepChecking = () => {
    const again = () => {
      if (expiresAt <= now()) return stop({ reason: tokenExpired() });
      const fail = (reason: unknown) => stop({ reason });
      checked(() => {}).then(() => ending ?? keepChecking(), fail);
    };
    timer = setTimeout(again, Math.max(0, Math.min(CHECK_MS, expiresAt - now())));
  };

  async function* results(): AsyncGenerator<ExecutionResult, void, void> {
    try {
      for await (const event of source) {
        const result = await checked(async (execution) => execution.finish(await execution.execute(event)));
        if (ending !== undefined) break;
        yield result;
      }
    } catch (reason) {
      stop({ reason });
    } finally {
      stop({});
    }
    if (ending !== undefined && 'reason' in ending) yield begin().finish(failed(ending.reason, events.path));
  }

  signal.addEventListener('abort', clientGone);
  if (signal.aborted) clientGone();
  else keepChecking();
  return results();
}

function tokenExpired(): Unauthenticated {
  return new Unauthenticated('The token has expired: sign in again');
}

function failed(reason: unknown, path?: readonly (string | number)[]): ExecutionResult {
  const originalError = reason instanceof Error ? reason : new Error(String(reason));
  return { errors: [new GraphQLError(originalError.message, { originalError, path: path ?? null })] };
}
