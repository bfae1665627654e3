import type { Pace } from './measure.ts';
import type { Table } from './table.ts';

/** A part of the benchmark. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** What is asked, of whom, and how. */
  readonly text: string;
  run(options: SectionOptions): Promise<SectionResult>;
}

export interface SectionOptions {
  pace: Pace;
  /** Whether the servers to compare with are there. */
  peers: boolean;
  /** Shows how far it is. */
  tell(progress: string): void;
}

export interface SectionResult {
  tables: { caption?: string; table: Table }[];
  /** What has to be so, and whether it is. */
  holds: Hold[];
  ratios?: Ratios[];
  /** An SVG. */
  drawing?: { text: string; alternative: string };
}

/** Requests per second of the gateway as a multiple of those of others, by their names. */
export interface Ratios {
  what: string;
  to: Readonly<Record<string, number>>;
}

export interface Hold {
  what: string;
  wanted: string;
  got: string;
  ok: boolean;
}

export function atLeast(what: string, least: number, got: number): Hold {
  return { what, wanted: `≥ ${least}`, got: got.toFixed(2), ok: got >= least };
}

export function atMost(what: string, most: number, got: number, digits = 2): Hold {
  return { what, wanted: `≤ ${most}`, got: got.toFixed(digits), ok: got <= most };
}
