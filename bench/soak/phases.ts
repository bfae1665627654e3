/** What may be broken in each phase, in turn. */
const PHASES = [
  { replicas: true, redis: false },
  { replicas: true, redis: true },
  // Of who comes and goes, the others know all after a minute: from then on they must keep to the quota together.
  { replicas: false, redis: true },
  { replicas: false, redis: true },
] as const;

/** Replicas and Redis are broken in turn, so that what one promises while the other is well can be looked at. */
export class Phases {
  readonly #lengthMs: number;
  readonly #began = performance.now();

  /** @param totalMs how long the soak takes: each phase comes twice at least, and takes a minute at most */
  constructor(totalMs: number) {
    this.#lengthMs = Math.min(60_000, totalMs / (2 * PHASES.length));
  }

  get now(): { replicas: boolean; redis: boolean } {
    const index = Math.floor((performance.now() - this.#began) / this.#lengthMs) % PHASES.length;
    return PHASES[index] ?? PHASES[0];
  }
}
