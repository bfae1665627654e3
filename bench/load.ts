import { ownLoad } from './client.ts';
import type { Run, Target } from './target.ts';
import { wrkIsThere, wrkLoad } from './wrk.ts';

export interface LoadOptions {
  seconds: number;
  connections?: number;
  /**
   * About so many requests a second, fewer by what the answers take: each connection rests between an answer and its next request for a time by
   * chance, of milliseconds. Without it none rests.
   */
  perSecond?: number;
}

/** A load as it is sent. */
export interface SentLoad {
  seconds: number;
  connections: number;
  /** What a connection rests at most, milliseconds, twice of what it rests on average; 0: none rests. */
  restMs: number;
}

const byWrk = wrkIsThere();

/** What sends the requests of a load. */
export const LOAD_GENERATOR = byWrk ? 'wrk' : 'a client of its own in a Node process';

/** Requests of connections that each wait for an answer before the next, as many as the server takes. Raises when an answer is not 200. */
export function load(target: Target, { seconds, connections = 32, perSecond }: LoadOptions): Promise<Run> {
  const sent = { seconds, connections, restMs: perSecond === undefined ? 0 : (2 * 1_000 * connections) / perSecond };
  return byWrk ? wrkLoad(target, sent) : ownLoad(target, sent);
}
