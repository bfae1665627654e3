import { ask, CONTENDERS, type Contender, startAll } from '../contenders.ts';
import { type Measured, measure, median, ratio } from '../measure.ts';
import { bigRead, smallRead } from '../operations.ts';
import { atLeast, atMost, type Hold, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { fixed } from '../table.ts';
import { throughputTable } from '../throughput.ts';

const { gateway, bare, mercurius, yoga, apollo, hive } = CONTENDERS;

const DELAY_MS = 20;
/** Another one in each request, so that nobody's cache helps. */
const INSTANCE = 'r-bench00000000';
const READS = [
  ['big', 'Big: 20 backups with 4 shards each', bigRead],
  ['small', 'Small: the newest backup, without shards', smallRead],
] as const;

export const slowUpstream: Section = {
  name: 'slow-upstream',
  title: `An upstream of ${DELAY_MS} ms`,
  text: `Every request is about another instance, so each needs its upstream call, and nothing helps but to do little besides. The gateway signs
the calls, checks and maps what comes, and keeps it; the others ask without a signature and map without a check.`,
  async run({ pace, peers, tell }) {
    const tables = [];
    const holds: Hold[] = [];
    for (const [name, caption, read] of READS) {
      tell(caption);
      await using stage = new Stage();
      const upstream = await stage.start('bench/upstream-server.ts', { arguments: ['--delay', String(DELAY_MS)] });
      const contenders = [gateway, bare, ...(peers ? [mercurius, yoga, apollo, hive] : [])];
      const running = await startAll(stage, contenders, { kind: 'upstream', upstream: upstream.url });
      const operation = read({ instanceId: INSTANCE, regionId: 'cn-hangzhou' });
      const calls = new Map<string, string>();
      for (const { contender, target } of running) {
        const before = await callsOf(upstream.url);
        for (let index = 0; index < 10; index++) {
          const { body, ...rest } = target(operation);
          await ask({ ...rest, body: body.replace(INSTANCE, `r-call${index}`) });
        }
        calls.set(contender.name, fixed(((await callsOf(upstream.url)) - before) / 10, 1));
      }
      const measured = await measure(running, operation, { ...pace, connections: 32 }, INSTANCE);
      tables.push({ caption, table: throughputTable(running, measured, calls) });
      if (peers) holds.push(...bounds(name, ({ name }) => measured.get(name) as Measured));
    }
    return { tables, holds };
  },
};

function bounds(name: string, of: (contender: Contender) => Measured): Hold[] {
  const cpu = median(of(gateway).cpu.map((one, round) => one / (of(mercurius).cpu[round] ?? Number.NaN)));
  return [
    atLeast(
      `${DELAY_MS} ms, ${name}: requests/s × mercurius with JIT`,
      0.95,
      ratio(of(gateway).requestsPerSecond, of(mercurius).requestsPerSecond),
    ),
    atMost(`${DELAY_MS} ms, ${name}: CPU a request × mercurius with JIT`, 1.1, cpu),
  ];
}

async function callsOf(upstream: string): Promise<number> {
  return Number(await (await fetch(`${upstream}/calls`)).text());
}
