import type { FaultRequest } from '../../sandbox/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { below, between, oneOf, restFor, sometimes } from './chance.ts';
import type { Span } from './known-backups.ts';

/** A way in which the upstream fails, and the codes that clients may see because of it. */
interface Trouble {
  name: string;
  make(): FaultRequest;
  codes: readonly string[];
}

const UNAVAILABLE = 'UPSTREAM_UNAVAILABLE';
const TIMEOUT = 'UPSTREAM_TIMEOUT';
const share = () => oneOf([0.2, 0.5, 1]);

const TROUBLES: readonly Trouble[] = [
  {
    name: 'latency',
    make: () => ({ kind: 'latency', ms: between(20, 300), jitterMs: between(0, 1_400) }),
    codes: [TIMEOUT, UNAVAILABLE],
  },
  {
    name: 'error code',
    make: () => ({ kind: 'error', code: oneOf(['ServiceUnavailable', 'InternalError']), rate: share() }),
    codes: [UNAVAILABLE],
  },
  {
    name: 'refusal',
    make: () => ({ kind: 'error', code: 'Forbidden.RAM', rate: share() }),
    codes: ['UPSTREAM_ERROR'],
  },
  {
    name: 'throttling',
    make: () => ({ kind: 'error', code: 'Throttling.User', retryAfterMs: between(50, 3_000), rate: share() }),
    codes: ['RATE_LIMITED'],
  },
  { name: 'throttle', make: () => ({ kind: 'throttle', callsPerMinute: between(0, 60) }), codes: ['RATE_LIMITED'] },
  {
    name: 'code in 200',
    make: () => ({ kind: 'code-in-200', code: 'Throttling', rate: share() }),
    codes: ['RATE_LIMITED'],
  },
  { name: 'reset', make: () => ({ kind: 'reset', rate: share() }), codes: [UNAVAILABLE] },
  {
    name: 'hang',
    make: () => ({ kind: 'hang', after: oneOf(['request', 'headers']), rate: share() }),
    codes: [TIMEOUT, UNAVAILABLE],
  },
  { name: 'drip', make: () => ({ kind: 'drip', ms: 5, bytes: 64, rate: share() }), codes: [TIMEOUT, UNAVAILABLE] },
  { name: 'truncated', make: () => ({ kind: 'truncated', rate: share() }), codes: [UNAVAILABLE] },
  { name: 'html', make: () => ({ kind: 'html', rate: share() }), codes: [UNAVAILABLE] },
  {
    name: 'redirect',
    make: () => ({ kind: 'redirect', location: 'http://127.0.0.1:1/', rate: 0.3 }),
    codes: ['UPSTREAM_ERROR'],
  },
  {
    name: 'huge',
    make: () => ({ kind: 'huge', bytes: 11_000_000, gzip: true, times: 3 }),
    codes: ['UPSTREAM_ERROR', TIMEOUT, UNAVAILABLE],
  },
  {
    name: 'clock skew',
    make: () => ({ kind: 'clock-skew', ms: oneOf([-1, 1]) * between(20 * 60_000, 24 * 3_600_000) }),
    // A call that is refused by the one clock, and then, since it was set back meanwhile, by the other.
    codes: ['UPSTREAM_ERROR'],
  },
];

/** How long after a fault its effects last: an attempt under way, its retries, a breaker that is open and tries once more. */
const AFTERMATH_MS = 12_000;

/** Faults of the upstream that come and go, and what clients may see of them. */
export class UpstreamFaults {
  readonly #sandbox: Sandbox;
  #episodes: (Span & { codes: readonly string[] })[] = [];
  /** How often each has been on. */
  readonly counts = new Map<string, number>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Turns faults on and off until the end. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await restFor(2_000, 8_000, end);
      if (end.aborted) break;
      const troubles = Array.from(
        { length: sometimes(0.25) ? 2 : 1 },
        () => TROUBLES[below(TROUBLES.length)] as Trouble,
      );
      const from = Date.now();
      const episodes = troubles.map(({ name, make, codes }) => {
        this.#sandbox.faults.add(make());
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
        return { from, to: Number.POSITIVE_INFINITY, codes };
      });
      this.#episodes.push(...episodes);
      await restFor(1_000, 6_000, end);
      this.#sandbox.faults.clear();
      for (const episode of episodes) episode.to = Date.now();
    }
    this.#sandbox.faults.clear();
  }

  /** The codes that a request in this span may be answered with. The gateway's own quota may be used up at any time. */
  codesIn({ from, to }: Span): Set<string> {
    this.#episodes = this.#episodes.filter((episode) => episode.to > Date.now() - 10 * 60_000);
    const near = this.#episodes.filter((episode) => episode.from <= to && episode.to + AFTERMATH_MS >= from);
    return new Set(['RATE_LIMITED', ...near.flatMap(({ codes }) => codes)]);
  }
}
