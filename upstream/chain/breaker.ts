import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { Call } from '../call.ts';
import { NotSent } from '../not-sent.ts';
import { UpstreamError } from '../upstream-error.ts';
import type { Link } from './link.ts';
import type { BreakerEvent, UpstreamObserver } from './observer.ts';
import { Abandoned, RefusedHere } from './refusals.ts';

/** When it opens, and for how long. */
export interface BreakerOptions {
  /** What fails together: the host behind a region. */
  endpointOf(regionId: string): string;
  /** Failures in a row after which it opens. */
  failures?: number;
  /** Milliseconds after which one call may try again. */
  halfOpenAfterMs?: number;
  observer?: UpstreamObserver;
}

/**
 * Keeps calls from an endpoint that does not answer; one breaker for each account and endpoint. `gate` turns away what would
 * only wait in line for a refusal, `breaker` counts what the upstream did with a call: timeouts, resets and 5xx are failures; an
 * answer, an error among them, ends the row; a call that nobody waits for any more, or that never went out, says nothing.
 */
export function breaker(options: BreakerOptions): { gate: Link; breaker: Link } {
  const circuits = new Map<string, Circuit>();
  const circuitOf = ({ accountId, regionId }: Call<unknown>): Circuit => {
    const endpoint = options.endpointOf(regionId);
    const key = `${accountId} ${endpoint}`;
    let circuit = circuits.get(key);
    if (!circuit) {
      circuit = new Circuit(accountId, endpoint, options);
      circuits.set(key, circuit);
    }
    return circuit;
  };
  return {
    gate: async ({ call, signal }, next) => {
      circuitOf(call).turnAway();
      return next(signal);
    },
    breaker: ({ call, signal }, next) => circuitOf(call).pass(() => next(signal)),
  };
}

type Outcome<Value> = { value: Value } | { error: unknown };

const STATES: Readonly<Partial<Record<CircuitState, BreakerEvent['state']>>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

class Circuit {
  readonly #policy;
  readonly #halfOpenAfterMs: number;
  #openedAt = 0;

  constructor(accountId: string, endpoint: string, options: BreakerOptions) {
    const { failures = 5, halfOpenAfterMs = 5_000, observer = {} } = options;
    this.#halfOpenAfterMs = halfOpenAfterMs;
    // A trial call that was given up on, or never sent, proved nothing, and the library would take it for a success.
    const failed = (error: unknown) => !saysNothing(error) || this.#policy.state === CircuitState.HalfOpen;
    this.#policy = circuitBreaker(handleWhen(failed), {
      halfOpenAfter: halfOpenAfterMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    this.#policy.onStateChange((changed) => {
      if (changed === CircuitState.Open) this.#openedAt = Date.now();
      const state = STATES[changed];
      if (state) observer.breaker?.({ accountId, endpoint, state });
    });
  }

  /** Throws while calls are kept back: those beside a trial call too, which the library would let wait for its end. */
  turnAway(): void {
    const trialInMs = this.#openedAt + this.#halfOpenAfterMs - Date.now();
    const { state } = this.#policy;
    if (state === CircuitState.HalfOpen || (state === CircuitState.Open && trialInMs > 0)) {
      throw new RefusedHere({
        kind: 'unavailable',
        message: 'The upstream has failed repeatedly and is not asked for the moment.',
        retryable: true,
        retryAfterMs: Math.max(1_000, trialInMs),
      });
    }
  }

  async pass<Value>(next: () => Promise<Value>): Promise<Value> {
    this.turnAway();
    const outcome = await this.#policy.execute(() => outcomeOf(next()));
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

/** An error that the upstream answered with is an outcome; what is thrown on is a failure. */
async function outcomeOf<Value>(answer: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await answer };
  } catch (error) {
    const isAnswer = error instanceof UpstreamError && error.kind !== 'timeout' && error.kind !== 'unavailable';
    if (!isAnswer || saysNothing(error)) throw error;
    return { error };
  }
}

/** About the upstream, that is. */
function saysNothing(error: unknown): boolean {
  return error instanceof Abandoned || error instanceof NotSent;
}
