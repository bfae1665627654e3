import type { Running } from './contenders.ts';
import { fullLoad } from './load.ts';
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
    await fullLoad({ ...target(operation), vary }, { seconds: Math.min(seconds, 2), connections });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, server, target } of running) {
      const before = server.cpuMicroseconds();
      const run = await fullLoad({ ...target(operation), vary }, { seconds, connections });
      const of = measured.get(contender.name) as Measured;
      of.requestsPerSecond.push(run.requestsPerSecond);
      of.p50.push(run.p50);
      of.p99.push(run.p99);
      of.cpu.push((server.cpuMicroseconds() - before) / run.requests);
      of.memory = server.residentBytes() / 1e6;
    }
  }
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** Half of the distance between the largest and the smallest, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** The median of the ratios within the rounds. */
export function ratio(values: readonly number[], to: readonly number[]): number {
  return median(values.map((value, round) => value / (to[round] ?? Number.NaN)));
}
