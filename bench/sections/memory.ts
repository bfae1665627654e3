import { ask, CONTENDERS, type Contender, startAll } from '../contenders.ts';
import { load } from '../load.ts';
import { fewer } from '../measure.ts';
import { bigRead } from '../operations.ts';
import type { Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import { fixed, type Table } from '../table.ts';
import { anyPlace, startUpstreamProcess } from '../upstreams.ts';

const { gateway, mercurius, yoga, apollo } = CONTENDERS;

const BACKUPS = 300;
const SHARDS = 32;

export const memory: Section = {
  name: 'memory',
  title: 'Memory',
  text: `Megabytes of the whole process: after its start, and at the most while it reads one page of ${BACKUPS} backups with ${SHARDS} shards each, for the first
time, beside the answer’s own size. “Kept” is what it holds on to afterwards, garbage collected, beyond what it held before: at the gateway that
is the page in its cache, at the others nothing. What servers take under load stands in the last column of the tables of warm reads.`,
  async run({ pace, peers, tell }) {
    const { rounds } = fewer(pace);
    await using stage = new Stage();
    const upstream = await startUpstreamProcess(stage, { backups: BACKUPS, shards: SHARDS });
    const contenders = [gateway, ...(peers ? [mercurius, yoga, apollo] : [])];
    const seen = new Map<Contender, PageMemory[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      tell(`round ${round + 1}`);
      for (const contender of contenders) seen.get(contender)?.push(await memoryOfPage(contender, upstream.url));
    }
    return { tables: [{ table: tableOf(seen) }], holds: [] };
  },
};

/** Bytes. */
interface PageMemory {
  started: number;
  answer: number;
  peak: number;
  kept: number;
}

async function memoryOfPage(contender: Contender, upstream: string): Promise<PageMemory> {
  await using stage = new Stage();
  const [running] = await startAll(stage, [contender], { kind: 'upstream', upstream });
  if (running === undefined) throw new Error(`${contender.name} is not there`);
  const { server, target } = running;
  // A few small pages first: what a server needs for its first answers is not the page's.
  await load(target(bigRead(anyPlace('r-before'), 5)), { seconds: 1, connections: 2 });
  const before = await server.usage('collect');
  const answer = await ask(target(bigRead(anyPlace('r-bench'), BACKUPS - 1)));
  const { peakBytes } = await server.usage();
  const after = await server.usage('collect');
  return {
    started: before.residentBytes,
    answer: Buffer.byteLength(answer),
    peak: Math.max(0, peakBytes - before.residentBytes),
    kept: after.heldBytes - before.heldBytes,
  };
}

function tableOf(seen: ReadonlyMap<Contender, readonly PageMemory[]>): Table {
  const rows = [...seen].map(([{ name }, all]) => {
    const of = (pick: (one: PageMemory) => number) => median(all.map(pick));
    return [
      name,
      fixed(of(({ started }) => started) / 1e6, 0),
      fixed(of(({ answer }) => answer) / 1e6, 1),
      fixed(of(({ peak }) => peak) / 1e6, 0),
      fixed(
        of(({ peak, answer }) => peak / answer),
        1,
      ),
      fixed(of(({ kept }) => kept) / 1e6, 1),
    ];
  });
  return [['server', 'before MB', 'answer MB', 'on top MB', '× answer', 'kept MB'], ...rows];
}
