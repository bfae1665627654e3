import { ask, CONTENDERS, type Contender, type Running, startAll } from '../contenders.ts';
import { fewer, type Measured, measure } from '../measure.ts';
import { bigRead, type Operation, overviewRead, type Place, smallRead } from '../operations.ts';
import { atLeast, type Hold, type Ratios, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { ratio } from '../statistics.ts';
import { ratiosTo, throughputTable } from '../throughput.ts';
import { startSandboxProcess } from '../upstreams.ts';

const { gateway, bare, bytesKept, mercurius, yoga, apollo } = CONTENDERS;

interface Read {
  what: string;
  caption: string;
  operation: (place: Place) => Operation;
  holds: (of: (name: Contender) => Measured) => Hold[];
}

const BIG: Read = {
  what: 'warm, big',
  caption: 'Big: 20 backups with 4 shards each',
  operation: (place) => bigRead(place),
  holds: (of) => floors('warm big', of, { bare: 0.4, jit: 0.9, yoga: 2.5 }),
};
const SMALL: Read = {
  what: 'warm, small',
  caption: 'Small: the newest backup, without shards',
  operation: smallRead,
  holds: (of) => floors('warm small', of, { bare: 0.5, jit: 1, yoga: 3 }),
};
const OVERVIEW: Read = {
  what: 'warm, many instances',
  caption: 'Overview: the newest backup of each of 50 instances',
  operation: (place) => overviewRead(place),
  holds: () => [],
};

const TEXT = `The answer is in memory: at the gateway in its cache of upstream answers, at the others as objects that need no mapping, which
no server of theirs would find so. They check no token and no permission, count nothing and write no log.`;

export const warm: Section = sectionOf('warm', 'Warm reads', TEXT, [BIG, SMALL]);
const { run, ...rest } = sectionOf('overview', 'Many instances', 'As above, with 50 pages in one answer.', [OVERVIEW]);
export const overview: Section = { ...rest, run: (options) => run({ ...options, pace: fewer(options.pace) }) };

function sectionOf(name: string, title: string, text: string, reads: readonly Read[]): Section {
  return {
    name,
    title,
    text,
    async run({ pace, peers, tell }) {
      const tables = [];
      const holds: Hold[] = [];
      const ratios: Ratios[] = [];
      for (const read of reads) {
        tell(read.caption);
        await using stage = new Stage();
        const { server, place } = await startSandboxProcess(stage, ['--instances', '1000']);
        const operation = read.operation(place);
        const [ours] = (await startAll(stage, [gateway], { kind: 'upstream', upstream: server.url })) as [Running];
        const answer = stage.file('answer.json', await ask(ours.target(operation)));
        const others = [bare, bytesKept, ...(peers ? [mercurius, yoga, apollo] : [])];
        const source = { kind: 'memory', answer, upstream: server.url } as const;
        const running = [ours, ...(await startAll(stage, others, source))];
        await expectSameAnswers(running, operation);
        const measured = await measure(running, operation, pace);
        tables.push({ caption: read.caption, table: throughputTable(running, measured) });
        ratios.push({ what: read.what, to: ratiosTo(measured) });
        if (peers) holds.push(...read.holds(({ name }) => measured.get(name) as Measured));
      }
      return { tables, holds, ratios };
    },
  };
}

function floors(
  what: string,
  of: (name: Contender) => Measured,
  least: { bare: number; jit: number; yoga: number },
): Hold[] {
  const against = (other: Contender) => ratio(of(gateway).requestsPerSecond, of(other).requestsPerSecond);
  return [
    atLeast(`${what}, × mercurius with JIT`, least.jit, against(mercurius)),
    atLeast(`${what}, × bare node:http`, least.bare, against(bare)),
    atLeast(`${what}, × GraphQL Yoga`, least.yoga, against(yoga)),
  ];
}

/** The cursor apart, which has the time in it. */
async function expectSameAnswers(running: readonly Running[], operation: Operation): Promise<void> {
  const answers = await Promise.all(running.map(({ target }) => ask(target(operation))));
  const plain = answers.map((answer) => answer.replace(/"endCursor":"[^"]*"/, '').trim());
  const other = plain.findIndex((answer) => answer !== plain[0]);
  if (other !== -1)
    throw new Error(`${running[other]?.contender.name} gives another answer: ${answers[other]?.slice(0, 300)}`);
}
