/** Something that grows, and what it costs. */
export interface Dimension {
  name: string;
  /** What the figures are about. */
  text: string;
  /** How time may grow: as the thing itself does, or not at all. */
  time: 'linear' | 'flat';
  /** How many of the thing, from few to many, tenfold or so at each step. */
  points: readonly number[];
  /** Measures them all, few first. */
  measure(points: readonly number[]): AsyncIterable<Cost>;
}

export interface Cost {
  /** Of the server's processor time for a request. */
  microseconds: number;
  /** What is held for all of them together, garbage collected; absent where nothing is held for them. */
  bytes?: number;
}

/** A dimension with what was measured, a cost for each point. */
export interface Grown extends Pick<Dimension, 'name' | 'text' | 'time' | 'points'> {
  costs: readonly Cost[];
}

/** What is held beside the things that grow comes and goes by as many bytes; less says nothing of them. */
const LEAST_BYTES = 1_000_000;

/** The points at which what is held for the things stands out of what comes and goes. */
export function heldAt({ points, costs }: Pick<Grown, 'points' | 'costs'>): { point: number; bytes: number }[] {
  return points.flatMap((point, index) => {
    const bytes = costs[index]?.bytes ?? 0;
    return bytes < LEAST_BYTES ? [] : [{ point, bytes }];
  });
}

/** How the memory grows, as {@link exponentOf}; undefined where too little is held to tell. */
export function memoryExponent(grown: Grown): number | undefined {
  const held = heldAt(grown);
  if (held.length < 2) return undefined;
  return exponentOf(
    held.map(({ point }) => point),
    held.map(({ bytes }) => bytes),
  );
}

/** The exponent of a power of the number, fitted to the last three points, where what is always there weighs least: 1 is linear, 0 is flat. */
export function exponentOf(points: readonly number[], values: readonly number[]): number {
  const xs = points.slice(-3).map(Math.log);
  const ys = values.slice(-3).map(Math.log);
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, index) => (x - x0) * ((ys[index] as number) - y0)));
  return covariance / mean(xs.map((x) => (x - x0) ** 2));
}
