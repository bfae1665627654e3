import type { Running } from './contenders.ts';
import { load } from './load.ts';
import type { Operation } from './operations.ts';

/** What was measured of one contender, a value a round. */
export interface Measured {
  requestsPerSecond: number[];
  p50: number[];
  p99: number[];
  /** Microseconds of the server's processor time for a request. */
  cpu: number[];
  /** Megabytes, at the end. */
  memory: number;
}

export interface Pace {
  rounds: number;
  seconds: number;
  /** Of one server. */
  connections: number;
}

/** For parts that take long and have no bound that is near. */
export function fewer(pace: Pace): Pace {
  return { ...pace, rounds: Math.min(3, pace.rounds) };
}

/** Measures all in turn, round by round, so that whatever else the machine does falls on all of them. */
export async function measure(
  running: readonly Running[],
  operation: Operation,
  { rounds, seconds, connections }: Pace,
  vary?: string,
): Promise<Map<string, Measured>> {
  const measured = new Map<string, Measured>();
  for (const { contender, target } of running) {
    measured.set(contender.name, { requestsPerSecond: [], p50: [], p99: [], cpu: [], memory: 0 });
    await load({ ...target(operation), vary }, { seconds: WARM_UP_SECONDS, connections });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, server, target } of running) {
      const before = await server.usage();
      const run = await load({ ...target(operation), vary }, { seconds, connections });
      const after = await server.usage();
      const of = measured.get(contender.name) as Measured;
      of.requestsPerSecond.push(run.requestsPerSecond);
      of.p50.push(run.p50);
      of.p99.push(run.p99);
      of.cpu.push((after.cpuMicroseconds - before.cpuMicroseconds) / run.requests);
      of.memory = after.residentBytes / 1e6;
    }
  }
  return measured;
}

/** Until a server's code is compiled to what it stays. */
const WARM_UP_SECONDS = 2;
