/**
 * What may be broken when, in turn: replicas, Redis, and both. While one is left alone, what the other promises can be looked at.
 */
export class Phases {
  readonly #lengthMs: number;
  readonly #began = performance.now();

  /** @param totalMs how long the soak takes: each phase comes twice at least, and takes a minute at most */
  constructor(totalMs: number) {
    this.#lengthMs = Math.min(60_000, totalMs / 6);
  }

  mayChangeReplicas(): boolean {
    return this.#phase() !== 1;
  }

  mayLoseRedis(): boolean {
    return this.#phase() !== 0;
  }

  #phase(): number {
    return Math.floor((performance.now() - this.#began) / this.#lengthMs) % 3;
  }
}
