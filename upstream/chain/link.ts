import type { Attempt, Call } from '../call.ts';
import type { CallMeter, Priority } from '../rkvstore.ts';

/** A call under way, on behalf of everybody who is in it. */
export interface Flight {
  /** Aborted, with an `UpstreamError` for a reason, when nobody is left in it or its deadline has passed. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds: the latest deadline of those in it. */
  readonly deadline: number;
  /** The first in line of those in it. */
  readonly priority: Priority;
  /** Whether somebody still waits for the answer; who was given a stale copy in the meantime does not. */
  readonly awaited: boolean;
  /** Of the operation that started it. */
  readonly meter: CallMeter;
}

/** What a link sees of a call that passes through it. */
interface Passage<Value> {
  call: Call<Value>;
  flight: Flight;
  /** Ends what comes after this link: the flight's own signal, or a narrower one of a link before. */
  signal: AbortSignal;
}

/** One step of the chain: it may call `next` once, several times or not at all. */
export type Link = <Value>(passage: Passage<Value>, next: (signal: AbortSignal) => Promise<Value>) => Promise<Value>;

/** Sends a call that no cache and no flight has answered. Raises `UpstreamError`. */
export type Send = <Value>(call: Call<Value>, flight: Flight) => Promise<Value>;

/** Sends a call through the links, first to last, and then out. */
export function chain(links: readonly Link[], attempt: Attempt): Send {
  return <Value>(call: Call<Value>, flight: Flight): Promise<Value> => {
    const pass = (index: number, signal: AbortSignal): Promise<Value> => {
      const link = links[index];
      return link ? link({ call, flight, signal }, (inner) => pass(index + 1, inner)) : attempt(call, { signal });
    };
    return pass(0, flight.signal);
  };
}
