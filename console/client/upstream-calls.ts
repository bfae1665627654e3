/** What this session has cost so far, in calls to the upstream, and how many it was spared. */
export interface UpstreamCalls {
  made: number;
  cached: number;
}

const listeners = new Set<() => void>();
let total: UpstreamCalls = { made: 0, cached: 0 };

/** The same object until it changes. */
export function upstreamCalls(): UpstreamCalls {
  return total;
}

export function addUpstreamCalls({ made, cached }: UpstreamCalls): void {
  if (made === 0 && cached === 0) return;
  total = { made: total.made + made, cached: total.cached + cached };
  for (const listener of listeners) listener();
}

export function onUpstreamCalls(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
