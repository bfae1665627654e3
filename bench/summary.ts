import type { Hold, Ratios } from './section.ts';
import { fixed, type Table } from './table.ts';

/** The gateway against each other server, a row for each read. */
export function ratioTable(ratios: readonly Ratios[]): Table {
  const others = [...new Set(ratios.flatMap(({ to }) => Object.keys(to)))];
  return [
    ['this gateway', ...others],
    ...ratios.map(({ what, to }) => [what, ...others.map((other) => fixed(to[other] ?? Number.NaN))]),
  ];
}

export function holdTable(holds: readonly Hold[], fails = 'FAILS'): Table {
  return [
    ['what', 'has to be', 'is', ''],
    ...holds.map(({ what, wanted, got, ok }) => [what, wanted, got, ok ? 'holds' : fails]),
  ];
}
