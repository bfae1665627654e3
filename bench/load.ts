import { ownLoad } from './client.ts';
import type { Run, Target } from './target.ts';
import { wrkIsThere, wrkLoad } from './wrk.ts';

export interface LoadOptions {
  seconds: number;
  connections?: number;
}

const byWrk = wrkIsThere();

/** What sends the requests of a full load. */
export const LOAD_GENERATOR = byWrk ? 'wrk' : 'a client of its own in a Node process';

/** As many requests as the server takes, each connection sending the next when its last one is answered. Raises when an answer is not 200. */
export function fullLoad(target: Target, { seconds, connections = 32 }: LoadOptions): Promise<Run> {
  return byWrk ? wrkLoad(target, { seconds, connections }) : ownLoad(target, { seconds, connections });
}
