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

/** The exponent of a power of the number, fitted to the last three points, where what is always there weighs least: 1 is linear, 0 is flat. */
export function exponentOf(points: readonly number[], values: readonly number[]): number {
  const xs = points.slice(-3).map(Math.log);
  const ys = values.slice(-3).map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, index) => (x - x0) * ((ys[index] as number) - y0)));
  return covariance / mean(xs.map((x) => (x - x0) ** 2));
}
