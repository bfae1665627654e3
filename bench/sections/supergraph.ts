import { SERVICES } from '../../examples/supergraph/services.ts';
import { ask, CONTENDERS, type Contender, type Running, startAll } from '../contenders.ts';
import { fewer, type Measured, measure } from '../measure.ts';
import type { Operation } from '../operations.ts';
import type { Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median, spread } from '../statistics.ts';
import { fixed, type Table, whole } from '../table.ts';
import { startUpstreamProcess } from '../upstreams.ts';

const { gateway, yogaSubgraph } = CONTENDERS;

const DELAY_MS = 20;
const OPERATION: Operation = {
  query: `query Services {
  services {
    name
    owner { name }
    cache { instanceId clusterBackups(first: 1) { nodes { clusterBackupId status sizeBytes startTime endTime } } }
  }
}`,
  variables: {},
};

interface Calls {
  first: number;
  later: number;
}

export const supergraph: Section = {
  name: 'supergraph',
  title: 'A supergraph query',
  text: `Hive Gateway asks one subgraph for ${SERVICES.length} services and another, by \`_entities\`, for the newest backup of each one’s instance, which comes from an
upstream of ${DELAY_MS} ms. That other subgraph is the gateway, or a stock Yoga with \`@apollo/subgraph\`; processor time and memory are its own, all else
includes the router, which is the greater part.`,
  async run({ pace, peers, tell }) {
    tell('starting');
    await using stage = new Stage();
    const upstream = await startUpstreamProcess(stage, { delayMs: DELAY_MS });
    const subgraphs = [gateway, ...(peers ? [yogaSubgraph] : [])];
    const running: Running[] = [];
    for (const subgraph of await startAll(stage, subgraphs, { kind: 'upstream', upstream: upstream.url })) {
      const router = await stage.start('bench/supergraph-router.ts', {
        arguments: ['--subgraph', `${subgraph.server.url}/graphql`],
        environment: { NODE_ENV: 'production' },
      });
      const target = (operation: Operation) => ({ ...subgraph.target(operation), url: `${router.url}/graphql` });
      running.push({ ...subgraph, target });
    }
    const calls = new Map<Contender, Calls>();
    for (const { contender, target } of running) {
      const before = await upstream.calls();
      await ask(target(OPERATION));
      const first = (await upstream.calls()) - before;
      for (let index = 0; index < 10; index++) await ask(target(OPERATION));
      calls.set(contender, { first, later: ((await upstream.calls()) - before - first) / 10 });
    }
    tell('measuring');
    const measured = await measure(running, OPERATION, fewer(pace));
    return { tables: [{ table: tableOf(measured, calls) }], holds: [] };
  },
};

function tableOf(measured: ReadonlyMap<string, Measured>, calls: ReadonlyMap<Contender, Calls>): Table {
  const head = [
    'subgraph',
    'requests/s',
    'spread',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'memory MB',
    'calls, first',
    'calls, later',
  ];
  const rows = [...calls].map(([{ name }, { first, later }]) => {
    const of = measured.get(name) as Measured;
    return [
      name,
      whole(median(of.requestsPerSecond)),
      `± ${fixed(100 * spread(of.requestsPerSecond), 0)} %`,
      fixed(median(of.p50)),
      fixed(median(of.p99)),
      whole(median(of.cpu)),
      whole(of.memory),
      whole(first),
      fixed(later, 1),
    ];
  });
  return [head, ...rows];
}
