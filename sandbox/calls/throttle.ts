/** Counts calls over the last 60 seconds, whichever second that is: the strictest reading of "N times per minute". */
export interface Throttle {
  /** Counts a call, and answers 0; or, when it is one too many, the milliseconds after which there is room again. */
  take(key: string, callsPerMinute: number, now: number): number;
}

const MINUTE = 60_000;

export function createThrottle(): Throttle {
  const admitted = new Map<string, number[]>();
  return {
    take(key, callsPerMinute, now) {
      const recent = (admitted.get(key) ?? []).filter((time) => now - time < MINUTE);
      admitted.set(key, recent);
      if (recent.length < callsPerMinute) {
        recent.push(now);
        return 0;
      }
      return MINUTE - (now - (recent[recent.length - callsPerMinute] ?? now));
    },
  };
}
