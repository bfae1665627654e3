import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '../../resolvers/bad-input.ts';
import { connectionRequest } from '../../resolvers/cluster-backups/connection.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1_000) * 1_000;

let running: RunningGateway;
let place: string;
let instanceId: string;
beforeAll(async () => {
  running = await runGateway({ UPSTREAM_CALLS_PER_MINUTE: '1000000' });
  instanceId = running.sandbox.demo.instanceId;
  place = `instanceId: "${instanceId}", regionId: "cn-hangzhou"`;
  running.sandbox.backups.set(
    instanceId,
    Array.from({ length: 700 }, (_, index) => {
      const start = NOW - (index + 1) * HOUR;
      const status = index % 50 === 7 ? 'Failed' : 'OK';
      return { id: `cb-${String(index).padStart(16, '0')}`, start, end: start + 300_000, status, sizes: [1, 2] };
    }),
  );
});
afterAll(() => running[Symbol.asyncDispose]());

const id = (index: number) => `cb-${String(index).padStart(16, '0')}`;

async function page(args: string, fields = 'nodes { clusterBackupId }') {
  const before = running.sandbox.calls.count();
  const { body } = await running.ask(`{ instance(${place}) { clusterBackups(${args}) { ${fields} } } }`, {
    headers: { 'cache-control': 'no-cache' },
  });
  return { body, connection: body.data?.instance?.clusterBackups, calls: running.sandbox.calls.count() - before };
}
const idsOf = (connection: { nodes: { clusterBackupId: string }[] }) =>
  connection.nodes.map(({ clusterBackupId }) => clusterBackupId);
const code = async (args: string) => (await page(args)).body.errors?.[0]?.extensions.code;

describe('a count', () => {
  it('of 700 takes three calls', async () => {
    const { connection, calls } = await page('first: 0', 'totalCount');
    expect(connection).toEqual({ totalCount: 700 });
    expect(calls).toBe(3);
  });

  it('is after the filter, and stands beside the page that was asked for', async () => {
    const { connection, calls } = await page(
      'first: 2, filter: { status: [FAILED] }',
      'totalCount nodes { clusterBackupId }',
    );
    expect(connection.totalCount).toBe(14);
    expect(idsOf(connection)).toEqual([id(7), id(57)]);
    expect(calls).toBe(3);
  });

  it('that ten calls cannot reach is refused, and the page stands', async () => {
    const many = running.sandbox.instanceAt(2);
    running.sandbox.backups.set(
      many.instanceId,
      Array.from({ length: 3_300 }, (_, index) => ({
        id: `cb-${index}`,
        start: NOW - (index + 1) * 600_000,
        end: NOW - (index + 1) * 600_000 + 1_000,
        sizes: [1],
      })),
    );
    const { body } = await running.ask(
      `{ instance(instanceId: "${many.instanceId}", regionId: "${many.regionId}") { clusterBackups(first: 1, startTime: "2015-01-01T00:00:00Z") { totalCount nodes { clusterBackupId shardCount } } } }`,
    );
    expect(body.data.instance.clusterBackups).toEqual({
      totalCount: null,
      nodes: [{ clusterBackupId: 'cb-0', shardCount: 1 }],
    });
    expect(body.errors[0]).toMatchObject({
      path: ['instance', 'clusterBackups', 'totalCount'],
      extensions: { code: 'OPERATION_TOO_COSTLY' },
    });
  });
});

describe('the last ones', () => {
  it('of 700 take at most four calls, with their shards', async () => {
    const { connection, calls } = await page(
      'last: 10',
      'nodes { clusterBackupId shardCount } pageInfo { hasNextPage hasPreviousPage }',
    );
    expect(idsOf(connection)).toEqual(Array.from({ length: 10 }, (_, index) => id(690 + index)));
    expect(connection.nodes[0].shardCount).toBe(2);
    expect(connection.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    expect(calls).toBeLessThanOrEqual(4);
  });
});

describe('a filter', () => {
  it('stops when the page and the one after it are known, and reads shards for its rows only', async () => {
    const { connection, calls } = await page(
      'first: 3, filter: { status: [FAILED] }',
      'nodes { clusterBackupId shardCount } pageInfo { hasNextPage endCursor }',
    );
    expect(idsOf(connection)).toEqual([id(7), id(57), id(107)]);
    expect(calls).toBe(2);
    const next = await page(
      `first: 100, after: "${connection.pageInfo.endCursor}", filter: { status: [FAILED] }`,
      'nodes { clusterBackupId } pageInfo { hasNextPage hasPreviousPage startCursor }',
    );
    expect(idsOf(next.connection)).toEqual(Array.from({ length: 11 }, (_, index) => id(157 + 50 * index)));
    expect(next.connection.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await page(
      `last: 2, before: "${next.connection.pageInfo.startCursor}", filter: { status: [FAILED] }`,
      'nodes { clusterBackupId } pageInfo { hasNextPage hasPreviousPage }',
    );
    expect(idsOf(back.connection)).toEqual([id(57), id(107)]);
    expect(back.connection.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: true });
  });
});

describe('several pages of one operation', () => {
  it('share a call where they overlap, and where one goes on where another ends', async () => {
    const { connection } = await page('first: 20', 'edges { cursor }');
    const [first, tenth] = [connection.edges[0].cursor, connection.edges[9].cursor];
    const before = running.sandbox.calls.count();
    const { body } = await running.ask(
      `{ instance(${place}) { a: clusterBackups(first: 20, after: "${first}") { nodes { clusterBackupId } } b: clusterBackups(first: 5, after: "${tenth}") { nodes { clusterBackupId } } } }`,
      { headers: { 'cache-control': 'no-cache' } },
    );
    expect(running.sandbox.calls.count() - before).toBe(1);
    expect(idsOf(body.data.instance.a)).toEqual(Array.from({ length: 20 }, (_, index) => id(index + 1)));
    expect(idsOf(body.data.instance.b)).toEqual(Array.from({ length: 5 }, (_, index) => id(index + 10)));
  });
});

describe('an empty page', () => {
  it('costs nothing when nothing of it is read, and tells the truth of what follows when that is', async () => {
    expect((await page('first: 0', 'edges { cursor }')).calls).toBe(0);
    expect(
      (await page('first: 0', 'edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor }')).connection,
    ).toEqual({
      edges: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null },
    });
  });

  it('is what a window without backups has', async () => {
    const { body, connection } = await page(
      'startTime: "2016-01-01T00:00:00Z", endTime: "2016-01-02T00:00:00Z"',
      'nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }',
    );
    expect(body.errors).toBeUndefined();
    expect(connection).toEqual({
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
    });
  });
});

describe('a window', () => {
  const at = (ms: number) => new Date(ms).toISOString();

  it('is exact to the second, although the upstream has minutes', async () => {
    const start = NOW - 5 * HOUR;
    expect(idsOf((await page(`startTime: "${at(start)}", endTime: "${at(start)}"`)).connection)).toEqual([id(4)]);
    expect(
      idsOf((await page(`startTime: "${at(start + 1_000)}", endTime: "${at(start + 30_000)}"`)).connection),
    ).toEqual([]);
    expect(idsOf((await page(`startTime: "${at(start - HOUR)}", endTime: "${at(start - 1_000)}"`)).connection)).toEqual(
      [id(5)],
    );
    expect(idsOf((await page(`startTime: "${at(start - 1_000)}", endTime: "${at(start + HOUR)}"`)).connection)).toEqual(
      [id(3), id(4)],
    );
  });

  it('whose end is before its start is refused before any call', async () => {
    const { body, calls } = await page(`startTime: "${at(NOW)}", endTime: "${at(NOW - 1_000)}"`);
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(calls).toBe(0);
  });
});

describe('what cannot be right', () => {
  it.each([
    'first: -1',
    'last: -1',
    'first: 301',
    'last: 301',
    'first: 1, last: 1',
    'after: "rubbish"',
    'before: ""',
    'after: "%%%"',
  ])('is BAD_USER_INPUT, at no call: %s', async (args) => {
    const before = running.sandbox.calls.count();
    expect(await code(args)).toBe('BAD_USER_INPUT');
    expect(running.sandbox.calls.count()).toBe(before);
  });

  it('is a cursor with any of its bits flipped, or of another window, filter, instance, region or connection', async () => {
    const { connection } = await page(
      'first: 3',
      'pageInfo { endCursor } nodes { shardBackups { pageInfo { endCursor } } }',
    );
    const cursor: string = connection.pageInfo.endCursor;
    expect(cursor.length).toBeLessThan(160);
    const shards = connection.nodes[0].shardBackups.pageInfo.endCursor;
    const instances = (await running.ask('{ instances(regionId: "cn-hangzhou", first: 2) { pageInfo { endCursor } } }'))
      .body.data.instances.pageInfo.endCursor;
    for (const wrong of [shards, instances]) expect(await code(`after: "${wrong}"`)).toBe('BAD_USER_INPUT');
    expect(await code(`after: "${cursor}", startTime: "2024-01-01T00:00:00Z"`)).toBe('BAD_USER_INPUT');
    expect(await code(`after: "${cursor}", filter: { isAvailable: true }`)).toBe('BAD_USER_INPUT');
    const elsewhere = running.sandbox.instanceAt(1);
    const { body } = await running.ask(
      `{ a: instance(instanceId: "${elsewhere.instanceId}", regionId: "${elsewhere.regionId}") { clusterBackups(after: "${cursor}") { nodes { id } } } b: instance(instanceId: "${instanceId}", regionId: "cn-shanghai") { clusterBackups(after: "${cursor}") { nodes { id } } } }`,
    );
    expect(body.errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);

    const key = { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId };
    const nothing = { rows: true, shards: false, links: false, hasNextPage: false, totalCount: false, storage: false };
    const read = (after: string) => connectionRequest(key, { after }, nothing, Date.now());
    expect(() => read(cursor)).not.toThrow();
    for (let bit = 0; bit < cursor.length * 8; bit++) {
      const bytes = Buffer.from(cursor, 'latin1');
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => read(bytes.toString('latin1')), `bit ${bit}`).toThrow(BadInput);
    }
  });

  it('is any of 100,000 random texts for a cursor, and nothing else comes of them', () => {
    const key = { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId };
    const nothing = { rows: true, shards: false, links: false, hasNextPage: false, totalCount: false, storage: false };
    let seed = 42;
    const random = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed / 2 ** 32;
    };
    const texts = [
      () =>
        Buffer.from(Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256))).toString(
          'base64url',
        ),
      () =>
        Buffer.from(
          `${Math.floor(random() * 1e9).toString(36)}/1b/${Array.from({ length: 8 }, () => Math.floor(random() * 1e6).toString(36)).join('/')}`,
        ).toString('base64url'),
      () =>
        String.fromCharCode(...Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 0xffff))),
    ];
    for (let count = 0; count < 100_000; count++) {
      const text = (texts[count % texts.length] as () => string)();
      try {
        connectionRequest(key, count % 2 === 0 ? { after: text } : { before: text }, nothing, NOW);
        expect.fail(`accepted ${JSON.stringify(text)}`);
      } catch (error) {
        if (!(error instanceof BadInput)) throw error;
      }
    }
  });
});
