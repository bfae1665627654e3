import { eachOnce, send } from '../client.ts';
import { ask, CONTENDERS, type Running, startAll, startGatewayProcess } from '../contenders.ts';
import { aliased, bigRead, type Operation, overviewRead, pastRead, smallRead } from '../operations.ts';
import { administratorToken, Stage } from '../stage.ts';
import { anyPlace, startSandboxProcess, startUpstreamProcess, type UpstreamOptions } from '../upstreams.ts';
import type { Dimension } from './dimension.ts';
import { heldFor, processorTime } from './processor-time.ts';

const PLACE = anyPlace('r-bench');
/** Of each page so many are read under other instances, so that what they take stands out. */
const COPIES = 'r-copy0';
const COPY_COUNT = 10;

const rows: Dimension = {
  name: 'rows on a page',
  text: 'a warm read of so many backups with 4 shards each, and what ten such pages take in the cache',
  time: 'linear',
  points: [10, 30, 100, 290],
  async *measure(points) {
    await using stage = new Stage();
    const running = await startGateway(stage, { backups: 300 });
    for (const first of points) yield await pageCost(running, (instanceId) => bigRead(anyPlace(instanceId), first));
  },
};

const shards: Dimension = {
  name: 'shards',
  text: 'a warm read of 20 backups with so many shards each, and what ten such pages take in the cache',
  time: 'linear',
  points: [4, 16, 64, 256],
  async *measure(points) {
    for (const shards of points) {
      await using stage = new Stage();
      const running = await startGateway(stage, { shards });
      yield await pageCost(running, (instanceId) => bigRead(anyPlace(instanceId)));
    }
  },
};

const instances: Dimension = {
  name: 'instances on a page',
  text: 'a warm read of the newest backup of each of so many instances',
  time: 'linear',
  points: [10, 30, 100, 290],
  async *measure(points) {
    await using stage = new Stage();
    const { server, place } = await startSandboxProcess(stage, ['--instances', '10000']);
    const running = await startGatewayAt(stage, server.url, { MAX_UPSTREAM_CALLS: '1000' });
    for (const first of points)
      yield { microseconds: await processorTime(running, running.target(overviewRead(place, first))) };
  },
};

const documents: Dimension = {
  name: 'documents',
  text: 'a small warm read, by each of so many documents in turn',
  time: 'flat',
  points: [10, 100, 1_000],
  async *measure(points) {
    await using stage = new Stage();
    const running = await startGateway(stage);
    for (const [count, alias] of numbered(points, 'as')) {
      const target = { ...running.target(aliased(smallRead(PLACE), alias)), vary: alias };
      const bytes = await heldFor(running, () => eachOnce(target, count));
      yield { microseconds: await processorTime(running, target), bytes };
    }
  },
};

const principals: Dimension = {
  name: 'principals',
  text: 'a small warm read, by each of so many tokens in turn',
  time: 'flat',
  points: [10, 100, 1_000, 10_000],
  async *measure(points) {
    await using stage = new Stage();
    const running = await startGateway(stage);
    const target = running.target(smallRead(PLACE));
    for (const count of points) {
      const headers = await Promise.all(
        Array.from({ length: count }, async (_, index) => ({
          ...target.headers,
          authorization: `Bearer ${await administratorToken(`principal-${count}-${index}`)}`,
        })),
      );
      const bytes = await heldFor(running, () => send(target, { requests: count, connections: 8 }, headers));
      yield { microseconds: await processorTime(running, target, headers), bytes };
    }
  },
};

const statements: Dimension = {
  name: 'policy statements',
  text: 'a small warm read, with so many statements about other regions in the caller’s policy',
  time: 'linear',
  points: [10, 100, 1_000, 10_000],
  async *measure(points) {
    let without: number | undefined;
    for (const count of [0, ...points]) {
      await using stage = new Stage();
      const policies = stage.file('policies.json', policiesOf(count));
      const { url } = await startUpstreamProcess(stage);
      const running = await startGatewayAt(stage, url, { RAM_POLICIES: policies });
      await ask(running.target(smallRead(PLACE)));
      const { heldBytes } = await running.server.usage('collect');
      without ??= heldBytes;
      if (count === 0) continue;
      const microseconds = await processorTime(running, running.target(smallRead(PLACE)));
      yield { microseconds, bytes: heldBytes - without };
    }
  },
};

const cachedPages: Dimension = {
  name: 'cached pages',
  text: 'a small warm read of each of so many instances in turn, whose pages are all in the cache',
  time: 'flat',
  points: [100, 1_000, 10_000, 100_000],
  async *measure(points) {
    await using stage = new Stage();
    const running = await startGateway(stage);
    for (const [count, instanceId] of numbered(points, 'r-page')) {
      const target = { ...running.target(pastRead(anyPlace(instanceId))), vary: instanceId };
      const bytes = await heldFor(running, () => eachOnce(target, count, 32));
      yield { microseconds: await processorTime(running, target), bytes };
    }
  },
};

export const DIMENSIONS: readonly Dimension[] = [
  rows,
  shards,
  instances,
  documents,
  principals,
  statements,
  cachedPages,
];

async function startGateway(stage: Stage, options: UpstreamOptions = {}): Promise<Running> {
  return startGatewayAt(stage, (await startUpstreamProcess(stage, options)).url, {});
}

async function startGatewayAt(stage: Stage, upstream: string, environment: Record<string, string>): Promise<Running> {
  const start = () => startGatewayProcess(stage, upstream, environment);
  const [running] = await startAll(stage, [{ ...CONTENDERS.gateway, start }], { kind: 'upstream', upstream });
  if (running === undefined) throw new Error('the gateway is not there');
  // What compiling its code takes is not what grows.
  await processorTime(running, running.target(bigRead(anyPlace('r-before'))));
  return running;
}

async function pageCost(running: Running, read: (instanceId: string) => Operation) {
  const target = { ...running.target(read(COPIES)), vary: COPIES };
  const bytes = await heldFor(running, () => eachOnce(target, COPY_COUNT, 1));
  return { microseconds: await processorTime(running, running.target(read('r-bench'))), bytes };
}

/** With each number, a power of ten, a name that ends in as many digits as it takes to count so far. */
function numbered(points: readonly number[], name: string): [count: number, name: string][] {
  return points.map((count) => [count, `${name}${'0'.repeat(Math.round(Math.log10(count)))}`]);
}

function policiesOf(count: number): string {
  const others = Array.from({ length: count }, (_, index) => ({
    Effect: 'Allow',
    Action: ['kvstore:Describe*', 'rds:*'],
    Resource: `acs:kvstore:eu-central-${index}:*:instance/r-*`,
  }));
  const Statement = [...others, { Effect: 'Allow', Action: 'kvstore:*', Resource: '*' }];
  const policies: Record<string, object> = {};
  for (let from = 0; from < Statement.length; from += STATEMENTS_OF_POLICY) {
    policies[`measured-${from}`] = { Version: '1', Statement: Statement.slice(from, from + STATEMENTS_OF_POLICY) };
  }
  return JSON.stringify({ policies, attachments: [{ subject: 'alice', policies: Object.keys(policies) }] });
}

/** Of one policy, which may have 1,000. */
const STATEMENTS_OF_POLICY = 500;
