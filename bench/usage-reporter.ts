import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Usage } from './processes.ts';

// Loaded into every server before its own code: says what the process has used so far, when the benchmark asks.
process.on('message', ({ collect }: { collect: boolean }) => {
  if (collect) collectGarbage();
  const { user, system } = process.cpuUsage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const usage: Usage = {
    cpuMicroseconds: user + system,
    residentBytes: rss,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
    heldBytes: heapUsed + external,
  };
  process.send?.(usage);
});
// The benchmark's end must not keep it alive.
process.channel?.unref();

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  gc();
  gc();
}
