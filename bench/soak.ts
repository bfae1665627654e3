import { parseArgs } from 'node:util';
import { signDevelopmentToken } from '../gateway/authentication/development-key.ts';
import { startSandbox } from '../sandbox/server.ts';
import { REDIS_SERVER, startRedis } from '../test/upstream/chain/redis-server.ts';
import { oneOf, restFor } from './soak/chance.ts';
import { churn } from './soak/churn.ts';
import { follow } from './soak/followers.ts';
import { askForLinks, askWithoutRights, leave, misuse } from './soak/intruders.ts';
import { Journal } from './soak/journal.ts';
import { KnownBackups } from './soak/known-backups.ts';
import { lookUp } from './soak/lookups.ts';
import { MemoryWatch } from './soak/memory-watch.ts';
import { count, lookOver } from './soak/overviews.ts';
import { Phases } from './soak/phases.ts';
import { QuotaWatch } from './soak/quota-watch.ts';
import { RedisOutages } from './soak/redis-outages.ts';
import { Replicas } from './soak/replicas.ts';
import { soakReport } from './soak/report.ts';
import { spoilAnswers } from './soak/spoilt-answers.ts';
import { raiseStorms } from './soak/storms.ts';
import { Strain } from './soak/strain.ts';
import { UpstreamFaults } from './soak/upstream-faults.ts';
import type { Soak } from './soak/visitor.ts';
import { walkWindow } from './soak/walks.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const SIZE = { instances: 40, days: 45 };

/** What visitors do, by how often. */
const VISITS: readonly [visit: (soak: Soak) => Promise<void>, weight: number][] = [
  [walkWindow, 6],
  [lookOver, 3],
  [lookUp, 5],
  [count, 3],
  [follow, 1],
  [askWithoutRights, 3],
  [askForLinks, 2],
  [leave, 2],
  [misuse, 2],
];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    replicas: { type: 'string', default: '3' },
    visitors: { type: 'string', default: '16' },
    calls: { type: 'string', default: '500' },
    spoilt: { type: 'boolean', default: false },
  },
});
process.exitCode = await soak({
  minutes: Number(values.minutes),
  replicas: Number(values.replicas),
  visitors: Number(values.visitors),
  callsPerMinute: Number(values.calls),
  spoilt: values.spoilt,
});

/** Runs it, prints the report, and answers the exit code: 1 when anything was wrong, or memory grows. */
async function soak(options: {
  minutes: number;
  replicas: number;
  visitors: number;
  callsPerMinute: number;
  /** Whether the sandbox says what is not, to see the soak find it. */
  spoilt: boolean;
}): Promise<number> {
  if (!REDIS_SERVER) throw new Error('redis-server is needed');
  const { minutes, callsPerMinute } = options;
  const journal = new Journal();
  process.on('unhandledRejection', (error) => journal.wrong('soak', 'a rejection of its own', String(error)));
  await using redis = await startRedis();
  await using sandbox = await startSandbox(SIZE);
  if (options.spoilt) spoilAnswers(sandbox);
  const known = new KnownBackups(sandbox, SIZE);
  const faults = new UpstreamFaults(sandbox);
  const outages = new RedisOutages(redis);
  const replicas = new Replicas(
    {
      REDIS_URL: redis.url,
      UPSTREAM_ENDPOINT: sandbox.url,
      UPSTREAM_CALLS_PER_MINUTE: String(callsPerMinute),
      UPSTREAM_TIMEOUT_MS: '1500',
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      AUDIT_LOG: '/dev/null',
      LOG_LEVEL: 'warn',
    },
    journal,
  );
  for (let started = 0; started < options.replicas; started += 1) await replicas.start();
  const memory = new MemoryWatch(replicas.first);
  const { changes } = replicas;
  const quota = new QuotaWatch({ sandbox, callsPerMinute, journal, outages: outages.spans, changes });
  const token = (subject: string, groups: string[]) => signDevelopmentToken({ subject, groups, ttlSeconds: 86_400 });
  const tokens = {
    administrator: await token('alice', ['administrators']),
    reader: await token('bob', ['backup-readers']),
    guest: await token('mallory', []),
  };
  const strain = new Strain();
  const context: Soak = { known, faults, replicas, journal, tokens, strain, requestTimeoutMs: REQUEST_TIMEOUT_MS };

  const ending = new AbortController();
  const { signal } = ending;
  setTimeout(() => ending.abort(), minutes * 60_000);
  const phases = new Phases(minutes * 60_000);
  const churned = known.clusters.filter(({ regionId, busy }) => regionId === 'cn-hangzhou' && !busy).slice(0, 2);
  await Promise.all([
    churn(known, churned, signal),
    faults.run(signal),
    replicas.run(phases, signal),
    outages.run(phases, signal),
    quota.run(signal),
    memory.run(signal),
    strain.run(signal),
    raiseStorms(context, callsPerMinute / 2, signal),
    ...Array.from({ length: options.visitors }, () => visit(context, signal)),
  ]);
  await replicas.close();
  quota.look();
  process.stdout.write(
    soakReport({ minutes, callsPerMinute, journal, memory, quota, faults, outages, replicas, strain }),
  );
  return journal.wrongCount > 0 || memory.verdict().grows ? 1 : 0;
}

async function visit(context: Soak, end: AbortSignal): Promise<void> {
  const all = VISITS.flatMap(([visit, weight]) => new Array<typeof visit>(weight).fill(visit));
  while (!end.aborted) {
    await oneOf(all)(context).catch((error: Error) =>
      context.journal.wrong('soak', 'a visit failed', `${error.stack}`),
    );
    await restFor(10, 120, end);
  }
}
