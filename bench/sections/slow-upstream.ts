import { ask, CONTENDERS, type Contender, type Running, startAll } from '../contenders.ts';
import { fewer, type Measured, measure } from '../measure.ts';
import { bigRead, type Operation, smallRead } from '../operations.ts';
import { atLeast, atMost, type Hold, type Ratios, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { ratio } from '../statistics.ts';
import { fixed } from '../table.ts';
import { ratiosTo, throughputTable } from '../throughput.ts';
import { anyPlace, type CountingUpstream, startUpstreamProcess } from '../upstreams.ts';

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
  text: `First every request is about another instance, so each needs its upstream call, and nothing helps but to do little besides. The gateway signs
the calls, checks and maps what comes, and keeps it; the others ask without a signature and map without a check. Below the most that a
server can do, 32 connections wait for the upstream: requests per second then say little, and processor time for each says all. Then all ask the same
again and again, as a page does that many look at: the gateway asks once for all of them, as long as its answer is fresh.`,
  async run({ pace, peers, tell }) {
    const tables = [];
    const holds: Hold[] = [];
    const ratios: Ratios[] = [];
    for (const [name, caption, read] of READS) {
      tell(caption);
      await using stage = new Stage();
      const upstream = await startUpstreamProcess(stage, { delayMs: DELAY_MS });
      const contenders = [gateway, bare, ...(peers ? [mercurius, yoga, apollo, hive] : [])];
      const running = await startAll(stage, contenders, { kind: 'upstream', upstream: upstream.url });
      const operation = read(anyPlace(INSTANCE));
      const ways = [
        { what: name, caption: `${caption}; another instance in each request`, vary: INSTANCE },
        { what: `${name}, the same again`, caption: `${caption}; the same in each request`, vary: undefined },
      ];
      for (const { what, caption, vary } of ways) {
        const calls = await callsOf(running, operation, upstream, vary);
        const measured = await measure(running, operation, fewer(pace), vary);
        tables.push({ caption, table: throughputTable(running, measured, calls) });
        ratios.push({ what: `upstream of ${DELAY_MS} ms, ${what}`, to: ratiosTo(measured) });
        if (peers) holds.push(...bounds(what, ({ name }) => measured.get(name) as Measured));
      }
    }
    return { tables, holds, ratios };
  },
};

/** How many upstream calls each makes for a request, by ten of them, one after the other. */
async function callsOf(
  running: readonly Running[],
  operation: Operation,
  upstream: CountingUpstream,
  vary: string | undefined,
): Promise<Map<string, string>> {
  const calls = new Map<string, string>();
  for (const { contender, target } of running) {
    const before = await upstream.calls();
    for (let index = 0; index < 10; index++) {
      const { body, ...rest } = target(operation);
      await ask({ ...rest, body: vary === undefined ? body : body.replace(vary, `r-call${index}`) });
    }
    calls.set(contender.name, fixed(((await upstream.calls()) - before) / 10, 1));
  }
  return calls;
}

function bounds(what: string, of: (contender: Contender) => Measured): Hold[] {
  const [ours, jit] = [of(gateway), of(mercurius)];
  return [
    atLeast(
      `${DELAY_MS} ms, ${what}: requests/s × mercurius with JIT`,
      0.95,
      ratio(ours.requestsPerSecond, jit.requestsPerSecond),
    ),
    atMost(`${DELAY_MS} ms, ${what}: CPU a request × mercurius with JIT`, 1.1, ratio(ours.cpu, jit.cpu)),
  ];
}
