import type { Instance } from '../../sandbox/data/instances.ts';
import { below, between, oneOf, restFor, sometimes } from './chance.ts';
import type { KnownBackups } from './known-backups.ts';

const HOUR = 3_600_000;
const AT_FIRST = 130;

/** Gives some instances many backups, and makes and strikes out more while others page through them. */
export async function churn(known: KnownBackups, instances: readonly Instance[], end: AbortSignal): Promise<void> {
  for (const instance of instances) {
    for (let index = 0; index < AT_FIRST; index += 1) {
      // Some begin in the same second.
      const start = wholeSecond(Date.now() - HOUR - Math.floor(index / 1.2) * 5 * HOUR);
      known.write(instance, { id: newId(), start, ...kind() });
    }
  }
  while (!end.aborted) {
    await restFor(300, 1_500, end);
    const instance = oneOf(instances);
    if (sometimes(0.5))
      known.write(instance, { id: newId(), start: wholeSecond(Date.now() - between(2, 60) * 1_000), ...kind() });
    if (known.count(instance) > AT_FIRST * 0.8) known.strike(instance, below);
  }
}

function kind(): { mode: string; status: string } {
  return { mode: sometimes(0.3) ? 'Manual' : 'Automated', status: sometimes(0.05) ? 'Failed' : 'OK' };
}

let written = 0;
function newId(): string {
  written += 1;
  return `cb-soak${below(36 ** 4)
    .toString(36)
    .padStart(4, '0')}${written.toString(36).padStart(6, '0')}`;
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}
