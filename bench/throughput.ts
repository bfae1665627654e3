import { CONTENDERS, type Running } from './contenders.ts';
import type { Measured } from './measure.ts';
import { median, ratio, spread } from './statistics.ts';
import { fixed, type Table, whole } from './table.ts';

/** A row for each contender: how many requests a second, as a ratio too, how long they took, and what they cost. */
export function throughputTable(
  running: readonly Running[],
  measured: ReadonlyMap<string, Measured>,
  calls?: ReadonlyMap<string, string>,
): Table {
  const bare = measured.get(CONTENDERS.bare.name);
  const jit = measured.get(CONTENDERS.mercurius.name);
  const head = ['server', 'requests/s', 'spread', '× bare', '× JIT', 'p50 ms', 'p99 ms', 'CPU µs', 'memory MB'];
  const rows = running.map(({ contender: { name } }) => {
    const of = measured.get(name) as Measured;
    return [
      name,
      whole(median(of.requestsPerSecond)),
      `± ${fixed(100 * spread(of.requestsPerSecond), 0)} %`,
      bare === undefined ? '' : fixed(ratio(of.requestsPerSecond, bare.requestsPerSecond)),
      jit === undefined ? '' : fixed(ratio(of.requestsPerSecond, jit.requestsPerSecond)),
      fixed(median(of.p50)),
      fixed(median(of.p99)),
      whole(median(of.cpu)),
      whole(of.memory),
      ...(calls === undefined ? [] : [calls.get(name) ?? '']),
    ];
  });
  return [calls === undefined ? head : [...head, 'calls/request'], ...rows];
}

/** Requests per second of the gateway as a multiple of each other's. */
export function ratiosTo(measured: ReadonlyMap<string, Measured>): Record<string, number> {
  const ours = measured.get(CONTENDERS.gateway.name) as Measured;
  const others = [...measured].filter(([, of]) => of !== ours);
  return Object.fromEntries(others.map(([name, of]) => [name, ratio(ours.requestsPerSecond, of.requestsPerSecond)]));
}
