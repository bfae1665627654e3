import type { Span } from './known-backups.ts';

const TICK_MS = 20;
/** A delay that long, in a process that has little to do, is the machine's. */
const NOTABLE_MS = 100;
const REMEMBERED_MS = 60_000;

/**
 * How busy the machine is: for how long this process, in which the sandbox runs too, was not given a processor. What takes too long
 * for that reason says nothing about the gateway.
 */
export class Strain {
  #delays: { at: number; ms: number }[] = [];
  /** Answers that were let pass for this reason. */
  excused = 0;

  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const due = performance.now() + TICK_MS;
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      const ms = performance.now() - due;
      const at = Date.now();
      if (ms > NOTABLE_MS) this.#delays.push({ at, ms });
      const [first] = this.#delays;
      if (first && first.at < at - REMEMBERED_MS) this.#delays.shift();
    }
  }

  /** Milliseconds of such delays in a span. */
  within({ from, to }: Span): number {
    return this.#delays.reduce((sum, { at, ms }) => (at >= from && at - ms <= to ? sum + ms : sum), 0);
  }
}
