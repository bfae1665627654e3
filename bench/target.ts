/** A request that is sent over and over. */
export interface Target {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** A part of the body that is another one in each request: digits at its end count up, and begin anew after the last. */
  vary?: string | undefined;
}

/** What one run saw. Latencies are milliseconds. */
export interface Run {
  requestsPerSecond: number;
  requests: number;
  p50: number;
  p90: number;
  p99: number;
}

/** A body around the digits that count up. */
export interface VariedBody {
  before: string;
  /** How many; 0: the body is always the same. */
  digits: number;
  after: string;
}

export function variedBody({ body, vary }: Pick<Target, 'body' | 'vary'>): VariedBody {
  if (vary === undefined) return { before: body, digits: 0, after: '' };
  const at = body.indexOf(vary);
  if (at < 0) throw new Error(`nothing to vary: ${vary} is not in ${body.slice(0, 200)}`);
  const digits = /\d+$/.exec(vary)?.[0].length ?? 0;
  return { before: body.slice(0, at + vary.length - digits), digits, after: body.slice(at + vary.length) };
}

/** Where counting begins: at another place in each run, so that none finds what another has left in a cache. */
export function firstNumber({ digits }: VariedBody): number {
  return Math.floor(Math.random() * 10 ** digits);
}
