import type { Journal } from './journal.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { QuotaWatch } from './quota-watch.ts';
import type { RedisOutages } from './redis-outages.ts';
import type { Replicas } from './replicas.ts';
import type { Strain } from './strain.ts';
import type { UpstreamFaults } from './upstream-faults.ts';

export interface Seen {
  minutes: number;
  callsPerMinute: number;
  journal: Journal;
  memory: MemoryWatch;
  quota: QuotaWatch;
  faults: UpstreamFaults;
  outages: RedisOutages;
  replicas: Replicas;
  strain: Strain;
}

const MOMENTS = 12;

/** What a soak saw, as text. */
export function soakReport(seen: Seen): string {
  const { journal, quota, memory, replicas, strain } = seen;
  const { heap, resident, grows } = memory.verdict();
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  return [
    `Soak of ${seen.minutes} minutes`,
    '',
    `requests            ${whole(journal.requests)}: ${listed(journal.operations)}`,
    `ended with          ${listed(journal.kinds)}`,
    `errors by code      ${listed(journal.codes) || 'none'}`,
    `stale answers       ${whole(journal.stale)}`,
    `latency             p50 ${journal.latency(0.5)} ms, p99 ${journal.latency(0.99)} ms, longest ${journal.latency(1)} ms`,
    `calls made          ${whole(quota.total)} for ${whole(journal.reads)} field reads served, ${(journal.reads / Math.max(1, quota.total)).toFixed(1)} each; most of one action in 60 s: ${quota.peak} of ${seen.callsPerMinute}${quota.excusedPeak > 0 ? `, and ${quota.excusedPeak} while replicas came and went without Redis` : ''}`,
    `upstream faults     ${listed(seen.faults.counts)}`,
    `Redis               ${listed(seen.outages.counts) || 'left alone'}`,
    `replicas            ${replicas.counts.SIGKILL} killed, ${replicas.counts.SIGTERM} asked to end`,
    `memory, MB          heap ${heap.map(whole).join(', ')}; resident ${resident.map(whole).join(', ')} (floors of the thirds after the warm-up): ${grows === undefined ? 'too early to say' : grows ? 'GROWS' : 'a plateau'}`,
    `  over time, heap   ${overTime(memory).join(' ')}`,
    ...(strain.excused > 0 ? [`busy machine        ${strain.excused} answers were refused for that alone`] : []),
    `wrong               ${journal.wrongCount}`,
    ...[...journal.wrongKinds].map(([kind, count]) => `  ${count} × ${kind}`),
    ...journal.wrongs.flatMap(({ at, operation, what, details }) => [
      '',
      `  ${at} ${operation}: ${what}`,
      `    ${details}`,
    ]),
    '',
  ].join('\n');
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
    .join(', ');
}

function overTime({ samples }: MemoryWatch): string[] {
  const step = Math.max(1, Math.ceil(samples.length / MOMENTS));
  return samples
    .filter((_, index) => index % step === 0)
    .map(({ seconds, heap }) => `${seconds.toFixed(0)}s:${heap.toFixed(0)}`);
}
