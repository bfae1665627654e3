import { type GatewayProcess, startGatewayProcess } from '../../test/end-to-end/gateway-process.ts';
import { oneOf, restFor, sometimes } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Phases } from './phases.ts';

/** A gateway process, and what was done to it. */
export interface Replica {
  name: string;
  process: GatewayProcess;
  url: string;
  /** When it was told to end, and how. */
  ended?: { at: number; signal: NodeJS.Signals };
}

/** When replicas came and went; epoch milliseconds. */
export interface Change {
  at: number;
  kind: 'started' | 'ended';
}

/** What a replica may take to end when it is asked to: requests in flight are given ten seconds. */
const ENDS_WITHIN_MS = 11_500;
const ALARMS = /internal error|unhandled|uncaught|INTERNAL_SERVER_ERROR|FATAL ERROR|MaxListenersExceeded/i;

/** The gateway's processes. The first lives throughout, so that its memory can be watched; the others are killed and started. */
export class Replicas {
  readonly #environment: Record<string, string>;
  readonly #journal: Journal;
  #live: Replica[] = [];
  #started = 0;
  readonly changes: Change[] = [];
  readonly counts = { SIGKILL: 0, SIGTERM: 0 };

  constructor(environment: Record<string, string>, journal: Journal) {
    this.#environment = environment;
    this.#journal = journal;
  }

  /** The one that lives throughout. */
  get first(): Replica {
    const [first] = this.#live;
    if (!first) throw new Error('no replica has been started');
    return first;
  }

  /** One that has not been told to end. */
  any(): Replica {
    return oneOf(this.#live);
  }

  async start(): Promise<void> {
    const process = await startGatewayProcess(this.#environment);
    this.#started += 1;
    const name = `replica ${this.#started}`;
    const replica: Replica = { name, process, url: process.url };
    process.child.once('exit', (code, signal) => {
      if (replica.ended === undefined)
        this.#journal.wrong('process', `${name} ended by itself`, {
          code,
          signal,
          log: process.output().slice(-3_000),
        });
    });
    this.changes.push({ at: Date.now(), kind: 'started' });
    this.#live.push(replica);
  }

  /** Kills and starts replicas until the end, all but the first. */
  async run(phases: Phases, end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await restFor(3_000, 10_000, end);
      if (end.aborted) return;
      if (!phases.now.replicas) continue;
      const victim = oneOf(this.#live.slice(1));
      const signal = sometimes(0.5) ? 'SIGKILL' : 'SIGTERM';
      const ending = this.#end(victim, signal);
      await restFor(500, 4_000, end);
      if (!end.aborted) await this.start();
      await ending;
    }
  }

  /** Asks all to end, and looks at what they have written. */
  async close(): Promise<void> {
    await Promise.all(this.#live.map((replica) => this.#end(replica, 'SIGTERM')));
  }

  async #end(replica: Replica, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#live = this.#live.filter((each) => each !== replica);
    this.counts[signal] += 1;
    this.changes.push({ at: Date.now(), kind: 'ended' });
    replica.ended = { at: Date.now(), signal };
    const { code, milliseconds } = await replica.process.end(signal);
    const output = replica.process.output();
    if (signal === 'SIGTERM' && (code !== 0 || milliseconds > ENDS_WITHIN_MS)) {
      const what = `${replica.name} ended with code ${code} after ${milliseconds.toFixed(0)} ms`;
      this.#journal.wrong('process', what, output.slice(-3_000));
    }
    const alarming = output.split('\n').filter((line) => ALARMS.test(line));
    if (alarming.length > 0)
      this.#journal.wrong('log', `${alarming.length} lines of ${replica.name} tell of a bug`, alarming.slice(0, 5));
  }
}
