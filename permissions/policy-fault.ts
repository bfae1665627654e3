/** One thing wrong, or worth a warning, in a policy, and where: `policies.backup-reader.Statement[2].Effect`. */
export interface PolicyFault {
  place: string;
  problem: string;
}

/** A policy or policy file that was refused, with everything that is wrong with it. */
export class PolicyFaults extends Error {
  readonly faults: readonly PolicyFault[];

  /** `found` counts also those beyond what was kept. */
  constructor(faults: readonly PolicyFault[], found = faults.length) {
    const lines = faults.map(describeFault);
    if (found > faults.length) lines.push(`and ${found - faults.length} more`);
    super(lines.join('\n'));
    this.name = 'PolicyFaults';
    this.faults = faults;
  }
}

/** `policies.backup-reader.Statement[2].Effect: expected "Allow" or "Deny", got "allow"`. */
export function describeFault({ place, problem }: PolicyFault): string {
  return place === '' ? problem : `${place}: ${problem}`;
}

/** Collects faults and warnings, so that a file's author hears of all of them at once. */
export class PolicyReport {
  readonly faults: PolicyFault[] = [];
  readonly warnings: PolicyFault[] = [];
  #found = 0;

  fault(place: string, problem: string): void {
    this.#found += 1;
    if (this.faults.length < MOST_KEPT) this.faults.push({ place, problem });
  }

  warn(place: string, problem: string): void {
    if (this.warnings.length < MOST_KEPT) this.warnings.push({ place, problem });
  }

  throwIfFaulty(): void {
    if (this.#found > 0) throw new PolicyFaults(this.faults, this.#found);
  }
}

/** The place of an element inside another: `within('policies', 'a.b')` is `policies["a.b"]`. */
export function within(place: string, key: string | number): string {
  if (typeof key === 'number') return `${place}[${key}]`;
  if (!PLAIN_KEY.test(key)) return `${place}[${JSON.stringify(shortened(key))}]`;
  return place === '' ? key : `${place}.${key}`;
}

/** A value for a message: as JSON, and never long. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? JSON.stringify(shortened(value)) : String(value);
}

const MOST_KEPT = 100;
const PLAIN_KEY = /^[\w:/-]{1,200}$/;

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
