import { ask, CONTENDERS, type Contender, type Running, startAll } from '../contenders.ts';
import { load } from '../load.ts';
import { bigRead, type Operation, type Place, smallRead } from '../operations.ts';
import { atMost, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median, ratio } from '../statistics.ts';
import { fixed, type Table, whole } from '../table.ts';
import type { Run } from '../target.ts';
import { startSandboxProcess } from '../upstreams.ts';

const { gateway, bare, mercurius } = CONTENDERS;

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 5;
const SECONDS = 2;
/** More than elsewhere: a hundredth of the answers is soon another one. */
const ROUNDS = 9;

const READS: readonly (readonly [name: string, caption: string, read: (place: Place) => Operation])[] = [
  ['big', 'Big: 20 backups with 4 shards each', bigRead],
  ['small', 'Small: the newest backup, without shards', smallRead],
];

export const halfLoad: Section = {
  name: 'half-load',
  title: 'Latency at half of the greatest load',
  text: `Warm reads, half as many as the server was just seen to take: ${CONNECTIONS} connections, each of which rests for a random time between an answer and
its next request. Requests then come by chance, now a few at once and now none, and some wait for each other at any server: what that and the
machine add shows at the bare one.`,
  async run({ peers, tell }) {
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
      const seen = new Map<Contender, HalfLoad[]>(running.map(({ contender }) => [contender, []]));
      for (const { target } of running) await load(target(operation), { seconds: WARM_UP_SECONDS });
      // The first round is for what is compiled anew under another load.
      for (let round = 0; round <= ROUNDS; round++) {
        for (const { contender, target } of running) {
          const full = await load(target(operation), { seconds: 1 });
          const perSecond = full.requestsPerSecond / 2;
          const half = await load(target(operation), { seconds: SECONDS, connections: CONNECTIONS, perSecond });
          if (round > 0) seen.get(contender)?.push({ ...half, atFullLoad: full.p50 });
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

interface HalfLoad extends Run {
  /** The p50 of the full load. */
  atFullLoad: number;
}

/** p99 as a multiple of p50; one that is longer than under full load is that of a server which has fallen behind, and does not count. */
function tailOf(seen: readonly HalfLoad[]): number {
  return ratio(
    seen.map(({ p99 }) => p99),
    seen.map(({ p50, atFullLoad }) => Math.min(p50, atFullLoad)),
  );
}

function tableOf(seen: ReadonlyMap<Contender, readonly HalfLoad[]>): Table {
  const rows = [...seen].map(([{ name }, all]) => [
    name,
    whole(median(all.map(({ requestsPerSecond }) => requestsPerSecond))),
    ...(['p50', 'p90', 'p99'] as const).map((quantile) => fixed(median(all.map((one) => one[quantile])))),
    fixed(tailOf(all), 1),
  ]);
  return [['server', 'requests/s', 'p50 ms', 'p90 ms', 'p99 ms', 'p99 ÷ p50'], ...rows];
}
