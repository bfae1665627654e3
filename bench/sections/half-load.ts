import { type Seen, steadyLoad } from '../client.ts';
import { ask, CONTENDERS, type Contender, type Running, startAll } from '../contenders.ts';
import { fullLoad } from '../load.ts';
import { fewer } from '../measure.ts';
import { bigRead, type Operation, type Place, smallRead } from '../operations.ts';
import { atMost, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median, ratio } from '../statistics.ts';
import { fixed, type Table, whole } from '../table.ts';
import { startSandboxProcess } from '../upstreams.ts';

const { gateway, bare, mercurius } = CONTENDERS;

const READS: readonly (readonly [name: string, caption: string, read: (place: Place) => Operation])[] = [
  ['big', 'Big: 20 backups with 4 shards each', bigRead],
  ['small', 'Small: the newest backup, without shards', smallRead],
];

export const halfLoad: Section = {
  name: 'half-load',
  title: 'Latency at half of the greatest load',
  text: `Warm reads at a fixed rate, half of what the server was just seen to take. Requests are sent when they are due, whether or not earlier ones are
answered, and each is timed from when it was due: a server that stops for a moment pays for all that would have come meanwhile. What the machine
itself adds shows at the bare server.`,
  async run({ pace, peers, tell }) {
    const { rounds } = fewer(pace);
    const tables = [];
    const holds = [];
    for (const [name, caption, read] of READS) {
      tell(caption);
      await using stage = new Stage();
      const { server, place } = await startSandboxProcess(stage);
      const operation = read(place);
      const [ours] = (await startAll(stage, [gateway], { kind: 'upstream', upstream: server.url })) as [Running];
      const answer = stage.file('answer.json', await ask(ours.target(operation)));
      const others = [bare, ...(peers ? [mercurius] : [])];
      const running = [ours, ...(await startAll(stage, others, { kind: 'memory', answer, upstream: server.url }))];
      const seen = new Map<Contender, SteadySeen[]>(running.map(({ contender }) => [contender, []]));
      for (const { target } of running) await fullLoad(target(operation), { seconds: WARM_UP_SECONDS });
      for (let round = 0; round < rounds; round++) {
        for (const { contender, target } of running) {
          const full = await fullLoad(target(operation), { seconds: 1 });
          const perSecond = Math.round(full.requestsPerSecond / 2);
          const steady = await steadyLoad(target(operation), { seconds: STEADY_SECONDS, perSecond });
          seen.get(contender)?.push({ ...steady, perSecond, atFullLoad: full.p50 });
        }
      }
      tables.push({ caption, table: tableOf(seen) });
      holds.push(
        atMost(
          `warm ${name} at half of the greatest load: p99 as a multiple of p50`,
          3,
          tailOf(seen.get(gateway) ?? []),
        ),
      );
    }
    return { tables, holds };
  },
};

const WARM_UP_SECONDS = 3;
const STEADY_SECONDS = 2;

interface SteadySeen extends Seen {
  perSecond: number;
  /** The p50 of the full load. */
  atFullLoad: number;
}

/** p99 as a multiple of p50; one that is longer than under full load is that of a server which has fallen behind, and does not count. */
function tailOf(seen: readonly SteadySeen[]): number {
  return ratio(
    seen.map(({ p99 }) => p99),
    seen.map(({ p50, atFullLoad }) => Math.min(p50, atFullLoad)),
  );
}

function tableOf(seen: ReadonlyMap<Contender, readonly SteadySeen[]>): Table {
  const rows = [...seen].map(([{ name }, all]) => [
    name,
    whole(median(all.map(({ perSecond }) => perSecond))),
    ...(['p50', 'p90', 'p99'] as const).map((quantile) => fixed(median(all.map((one) => one[quantile])))),
    fixed(tailOf(all), 1),
  ]);
  return [['server', 'requests/s', 'p50 ms', 'p90 ms', 'p99 ms', 'p99 ÷ p50'], ...rows];
}
