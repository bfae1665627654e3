import type { Replica } from './replicas.ts';

/** Megabytes of one replica at a time. */
export interface MemorySample {
  seconds: number;
  resident: number;
  heap: number;
}

const SAMPLES_EVERY_MS = 2_000;
/** The part of the time after which caches have their first contents, and code is compiled. */
const WARM_UP_SHARE = 0.2;
/** A shorter time is all warm-up. */
const LEAST_SECONDS = 170;
/** What the heap may be higher in the last third than in those before: noise of the collector, and this share. */
const NOISE_MEGABYTES = 12;
const MOST_GROWTH = 0.15;

/** Watches the memory of a replica that lives throughout. */
export class MemoryWatch {
  readonly samples: MemorySample[] = [];
  readonly #replica: Replica;

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  async run(end: AbortSignal): Promise<void> {
    const began = performance.now();
    while (!end.aborted) {
      await new Promise((resolve) => setTimeout(resolve, SAMPLES_EVERY_MS));
      const metrics = await fetch(`${this.#replica.url}/metrics`)
        .then((response) => response.text())
        .catch(() => '');
      const megabytes = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]) / 1_048_576;
      const [resident, heap] = [megabytes('process_resident_memory_bytes'), megabytes('nodejs_heap_size_used_bytes')];
      if (!Number.isNaN(heap)) this.samples.push({ seconds: (performance.now() - began) / 1_000, resident, heap });
    }
  }

  /** The floors of the thirds of the time after the warm-up, and whether the last one is higher than it may be; undefined: too early to say. */
  verdict(): { heap: number[]; resident: number[]; grows: boolean | undefined } {
    const warm = this.samples.slice(Math.floor(this.samples.length * WARM_UP_SHARE));
    const third = Math.ceil(warm.length / 3);
    const thirds = [0, 1, 2].map((index) => warm.slice(index * third, (index + 1) * third));
    const heap = thirds.map((samples) => floor(samples.map((sample) => sample.heap)));
    const resident = thirds.map((samples) => floor(samples.map((sample) => sample.resident)));
    const grows = [heap, resident].some(
      ([first = 0, middle = 0, last = 0]) => last > Math.max(first, middle) * (1 + MOST_GROWTH) + NOISE_MEGABYTES,
    );
    const isTooEarly = (this.samples.at(-1)?.seconds ?? 0) < LEAST_SECONDS;
    return { heap, resident, grows: isTooEarly ? undefined : grows };
  }
}

/** The lower quartile: what is left after collections, whose saw teeth are higher than any growth. */
function floor(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 4)] ?? 0;
}
