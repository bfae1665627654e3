import { type CallMeter, PRIORITIES, type Priority } from '../rkvstore.ts';
import type { Flight } from './link.ts';
import { abandoned, noAnswerInTime } from './refusals.ts';

/** Somebody who needs an answer. */
export interface Waiter {
  signal: AbortSignal;
  /** Epoch milliseconds until which the call may go on. */
  deadline: number;
  /** Epoch milliseconds until which this one waits, where that is earlier. */
  patience: number;
  priority: Priority;
  meter: CallMeter;
}

/** A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Lets everybody who needs the same answer share one call. A waiter leaves at once when its own signal is aborted or its
 * patience ends; the call is cancelled when all who were in it are gone, or the last of their deadlines has passed.
 */
export class SingleFlight {
  readonly #flights = new Map<string, SharedFlight<unknown>>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  inAir(key: string): boolean {
    return this.#flights.has(key);
  }

  /** The answer of the flight under this key, which `start` begins when there is none. */
  join<Value>(key: string, waiter: Waiter, start: (flight: Flight) => Promise<Value>): Promise<Value> {
    if (waiter.signal.aborted) return Promise.reject(abandoned(waiter.signal.reason));
    const present = this.#flights.get(key) as SharedFlight<Value> | undefined;
    if (present) return present.wait(waiter);
    const flight = new SharedFlight<Value>(waiter.meter, this.#now, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight as SharedFlight<unknown>);
    const answer = flight.wait(waiter);
    flight.begin(start);
    return answer;
  }

  /** Ends every flight. */
  close(): void {
    for (const flight of this.#flights.values()) flight.end(abandoned());
  }
}

class SharedFlight<Value> implements Flight {
  readonly meter: CallMeter;
  deadline = 0;
  priority: Priority = 'refresh';
  readonly #controller = new AbortController();
  readonly #outcome = Promise.withResolvers<Value>();
  readonly #now: () => number;
  readonly #landed: () => void;
  #members = 0;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(meter: CallMeter, now: () => number, landed: () => void) {
    this.meter = meter;
    this.#now = now;
    this.#landed = landed;
    // Everybody may have left before it ends.
    this.#outcome.promise.catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get awaited(): boolean {
    return this.#waiting > 0;
  }

  begin(start: (flight: Flight) => Promise<Value>): void {
    start(this)
      .finally(() => {
        clearTimeout(this.#timer);
        this.#landed();
      })
      .then(this.#outcome.resolve, this.#outcome.reject);
  }

  wait(waiter: Waiter): Promise<Value> {
    this.#admit(waiter);
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    let waits = true;
    const stopWaiting = () => {
      if (waits) this.#waiting -= 1;
      waits = false;
      clearTimeout(timer);
    };
    const leave = () => {
      stopWaiting();
      reject(abandoned(waiter.signal.reason));
      this.#members -= 1;
      if (this.#members === 0) this.end(abandoned());
    };
    const timer = setTimeout(() => {
      stopWaiting();
      reject(noAnswerInTime());
    }, this.#until(waiter.patience));
    waiter.signal.addEventListener('abort', leave, { once: true });
    const settled = () => {
      stopWaiting();
      waiter.signal.removeEventListener('abort', leave);
    };
    this.#outcome.promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
    return promise;
  }

  /** Cancels the call; whoever comes next starts another one. */
  end(reason: Error): void {
    clearTimeout(this.#timer);
    this.#landed();
    this.#outcome.reject(reason);
    this.#controller.abort(reason);
  }

  #admit(waiter: Waiter): void {
    this.#members += 1;
    this.#waiting += 1;
    if (PRIORITIES.indexOf(waiter.priority) < PRIORITIES.indexOf(this.priority)) this.priority = waiter.priority;
    if (waiter.deadline <= this.deadline) return;
    this.deadline = waiter.deadline;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(noAnswerInTime()), this.#until(this.deadline));
  }

  #until(time: number): number {
    return Math.min(LONGEST_TIMER_MS, Math.max(0, time - this.#now()));
  }
}
