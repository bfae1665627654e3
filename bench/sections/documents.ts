import { eachOnce, type Seen } from '../client.ts';
import { ask, CONTENDERS, type Running, startAll } from '../contenders.ts';
import { fewer, type Measured, measure } from '../measure.ts';
import { aliased, bigRead } from '../operations.ts';
import type { Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median, ratio, spread } from '../statistics.ts';
import { fixed, type Table, whole } from '../table.ts';
import { startSandboxProcess } from '../upstreams.ts';

const { gateway, mercurius, yoga } = CONTENDERS;

const DISTINCT = 'as000';
const DOCUMENTS = 1_000;

export const documents: Section = {
  name: 'documents',
  title: `${whole(DOCUMENTS)} distinct documents`,
  text: `The big warm read under ${whole(DOCUMENTS)} different aliases. First each document once, which nobody has seen, over 8 connections; then all of them over
and over, in turn, which is the hardest for whatever remembers documents; beside it one document over and over.`,
  async run({ pace, peers, tell }) {
    await using stage = new Stage();
    const { server, place } = await startSandboxProcess(stage);
    const [ours] = (await startAll(stage, [gateway], { kind: 'upstream', upstream: server.url })) as [Running];
    const operation = aliased(bigRead(place), DISTINCT);
    const answer = stage.file('answer.json', await ask(ours.target(bigRead(place))));
    const others = peers ? [mercurius, yoga] : [];
    const running = [ours, ...(await startAll(stage, others, { kind: 'memory', answer, upstream: server.url }))];
    const first = new Map<string, Seen>();
    for (const { contender, target } of running) {
      tell(`${contender.name}, for the first time`);
      // Its code is compiled by then, its documents are not.
      await eachOnce({ ...target(bigRead(place)), vary: undefined }, DOCUMENTS);
      first.set(contender.name, await eachOnce({ ...target(operation), vary: DISTINCT }, DOCUMENTS));
    }
    tell('over and over');
    const many = await measure(running, operation, fewer(pace), DISTINCT);
    const one = await measure(running, operation, fewer(pace));
    return { tables: [{ table: tableOf(running, { first, many, one }) }], holds: [] };
  },
};

interface Seens {
  first: ReadonlyMap<string, Seen>;
  many: ReadonlyMap<string, Measured>;
  one: ReadonlyMap<string, Measured>;
}

function tableOf(running: readonly Running[], { first, many, one }: Seens): Table {
  const head = [
    'server',
    'first time ms',
    'p99 ms',
    'then requests/s',
    'spread',
    '× one document',
    '× JIT',
    'CPU µs',
    'memory MB',
  ];
  const jit = many.get(mercurius.name);
  const rows = running.map(({ contender: { name } }) => {
    const [atFirst, of, same] = [first.get(name) as Seen, many.get(name) as Measured, one.get(name) as Measured];
    return [
      name,
      fixed(atFirst.ms / DOCUMENTS),
      fixed(atFirst.p99, 1),
      whole(median(of.requestsPerSecond)),
      `± ${fixed(100 * spread(of.requestsPerSecond), 0)} %`,
      fixed(ratio(of.requestsPerSecond, same.requestsPerSecond)),
      jit === undefined ? '' : fixed(ratio(of.requestsPerSecond, jit.requestsPerSecond)),
      whole(median(of.cpu)),
      whole(of.memory),
    ];
  });
  return [head, ...rows];
}
