import { ask, CONTENDERS, type Contender, startAll, startGatewayProcess } from '../contenders.ts';
import { fewer } from '../measure.ts';
import { smallRead } from '../operations.ts';
import { atMost, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import { type Table, whole } from '../table.ts';
import { anyPlace, startUpstreamProcess } from '../upstreams.ts';

const { mercurius, yoga, apollo, hive } = CONTENDERS;

const LIMIT_MS = 600;

const installed: Contender = started('this gateway', {});
const notCompiled: Contender = started('this gateway, not compiled', { NODE_DISABLE_COMPILE_CACHE: '1' });

function started(name: string, environment: Readonly<Record<string, string>>): Contender {
  return { name, start: (stage, { upstream }) => startGatewayProcess(stage, upstream, environment) };
}

export const startUp: Section = {
  name: 'start-up',
  title: 'Start-up',
  text: `From the start of the process until its first answer, to the small read, has come. The gateway finds its compiled code on disk, as
\`npm ci\` leaves it there; “not compiled” is the first start of an installation in which no scripts were run.`,
  async run({ pace, peers, tell }) {
    const { rounds } = fewer(pace);
    await using stage = new Stage();
    const upstream = await startUpstreamProcess(stage);
    const contenders = [installed, notCompiled, ...(peers ? [mercurius, yoga, apollo, hive] : [])];
    const took = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round <= rounds; round++) {
      tell(`round ${round} of ${rounds}`);
      for (const contender of contenders) {
        const ms = await firstAnswerMs(contender, upstream.url);
        // The first round also warms what asks.
        if (round > 0) took.get(contender)?.push(ms);
      }
    }
    const holds = [atMost('start to first answer, ms', LIMIT_MS, median(took.get(installed) ?? []), 0)];
    return { tables: [{ table: tableOf(took) }], holds };
  },
};

async function firstAnswerMs(contender: Contender, upstream: string): Promise<number> {
  await using stage = new Stage();
  const [running] = await startAll(stage, [contender], { kind: 'upstream', upstream });
  if (running === undefined) throw new Error(`${contender.name} is not there`);
  await ask(running.target(smallRead(anyPlace('r-bench'))));
  return performance.now() - running.server.startedAt;
}

function tableOf(took: ReadonlyMap<Contender, readonly number[]>): Table {
  const rows = [...took].map(([{ name }, ms]) => [
    name,
    whole(median(ms)),
    whole(Math.min(...ms)),
    whole(Math.max(...ms)),
  ]);
  return [['server', 'ms', 'least', 'most'], ...rows];
}
