import { type Cost, type Dimension, exponentOf, type Grown, memoryExponent } from '../growth/dimension.ts';
import { DIMENSIONS } from '../growth/dimensions.ts';
import { growthDrawing } from '../growth/drawing.ts';
import { atMost, type Hold, type Section } from '../section.ts';
import { fixed, type Table, whole } from '../table.ts';

/** Exponents that count as linear and as flat: what is measured scatters, and larger tables miss the processor's caches. */
const MOST = { linear: 1.1, flat: 0.15 };

export const growth: Section = {
  name: 'growth',
  title: 'How cost grows',
  text: `Processor time of the gateway for a request, and what it holds for what there is more of, garbage collected. The exponent is fitted to the last three
points: 1 is linear, 0 is flat.

${DIMENSIONS.map(({ name, text }) => `- **${name}**: ${text}`).join('\n')}`,
  async run({ tell }) {
    const grown: Grown[] = [];
    for (const dimension of DIMENSIONS) {
      tell(dimension.name);
      const costs: Cost[] = [];
      for await (const cost of dimension.measure(dimension.points)) costs.push(cost);
      grown.push({ ...dimension, costs });
    }
    return {
      tables: [{ table: tableOf(grown) }],
      holds: grown.flatMap(holdsOf),
      drawing: {
        text: growthDrawing(grown),
        alternative:
          'Time and memory over the number of each, as multiples of the first point, with dashed lines for linear growth',
      },
    };
  },
};

function timesOf({ costs }: Grown): number[] {
  return costs.map(({ microseconds }) => microseconds);
}

function holdsOf(grown: Grown): Hold[] {
  const { name, time, points } = grown;
  const what: Record<Dimension['time'], string> = { linear: 'time', flat: 'time of a lookup' };
  const memory = memoryExponent(grown);
  return [
    atMost(`growth with ${name}: exponent of the ${what[time]}`, MOST[time], exponentOf(points, timesOf(grown))),
    ...(memory === undefined ? [] : [atMost(`growth with ${name}: exponent of the memory`, MOST.linear, memory)]),
  ];
}

function tableOf(all: readonly Grown[]): Table {
  const head = ['what grows', 'from', 'to', 'µs', 'to', 'exponent', 'kB for each', 'exponent'];
  const rows = all.map((grown) => {
    const { name, points, costs } = grown;
    const times = timesOf(grown);
    const [from, to] = [points[0] ?? 0, points.at(-1) ?? 0];
    return [
      name,
      whole(from),
      whole(to),
      whole(times[0] ?? 0),
      whole(times.at(-1) ?? 0),
      fixed(exponentOf(points, times)),
      fixed((costs.at(-1)?.bytes ?? Number.NaN) / to / 1_000),
      fixed(memoryExponent(grown) ?? Number.NaN),
    ];
  });
  return [head, ...rows];
}
