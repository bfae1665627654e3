/** How one request ended. */
export interface Ended {
  operation: string;
  /**
   * `data`: whole; `part`: some fields failed; `refused`: no data; `followed`: a subscription to its end; `left`: the client went away;
   * `cut off`: the replica did.
   */
  kind: 'data' | 'part' | 'refused' | 'followed' | 'left' | 'cut off';
  ms: number;
  codes: readonly string[];
  stale: boolean;
  /** Fields that need the upstream and had their value. */
  reads: number;
}

/** Something that must not be. */
export interface Wrong {
  operation: string;
  what: string;
  /** Enough to see it again. */
  details: string;
  at: string;
}

const KEPT_DETAILS = 3_000;
/** How many of the same kind are told of in full. */
const EXAMPLES = 3;

/** What was seen, counted as it comes, so that a long soak remembers no more than a short one. */
export class Journal {
  readonly kinds = new Map<string, number>();
  readonly operations = new Map<string, number>();
  readonly codes = new Map<string, number>();
  readonly wrongs: Wrong[] = [];
  readonly wrongKinds = new Map<string, number>();
  requests = 0;
  reads = 0;
  stale = 0;
  wrongCount = 0;
  /** Answers by milliseconds. */
  readonly #latencies = new Map<number, number>();

  ended({ operation, kind, ms, codes, stale, reads }: Ended): void {
    this.requests += 1;
    this.reads += reads;
    if (stale) this.stale += 1;
    add(this.operations, operation);
    add(this.kinds, kind);
    for (const code of codes) add(this.codes, code);
    if (kind === 'data' || kind === 'part' || kind === 'refused') add(this.#latencies, Math.round(ms));
  }

  wrong(operation: string, what: string, details: unknown): void {
    this.wrongCount += 1;
    const like = `${operation}: ${what.replace(/\d+/g, 'N').slice(0, 80)}`;
    add(this.wrongKinds, like);
    if ((this.wrongKinds.get(like) ?? 0) > EXAMPLES) return;
    const text = typeof details === 'string' ? details : JSON.stringify(details);
    const at = new Date().toISOString();
    this.wrongs.push({ operation, what, details: text.slice(0, KEPT_DETAILS), at });
    process.stderr.write(`${at} WRONG ${operation}: ${what}\n`);
  }

  /** Milliseconds within which this share of all answers came. */
  latency(share: number): number {
    const sorted = [...this.#latencies].sort(([left], [right]) => left - right);
    const answers = sorted.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [ms, count] of sorted) {
      seen += count;
      if (seen >= share * answers) return ms;
    }
    return 0;
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}
