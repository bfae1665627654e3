import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '../../sandbox/behaviour.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { listBackups, listReply } from './backup-list.ts';

const NOW = Date.UTC(2024, 6, 1, 9, 26);
const RANGE = { StartTime: '2024-06-01T00:00Z', EndTime: '2024-06-01T10:00Z' };

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => NOW });
});
afterEach(() => sandbox.close());

/** Writes down the backups of the demo instance. */
function write(...backups: ExplicitBackup[]): ExplicitBackup[] {
  sandbox.backups.set(sandbox.demo.instanceId, backups);
  return backups;
}

async function ids(parameters: Record<string, string> = {}): Promise<string[]> {
  return (await listBackups(sandbox, NOW, parameters)).map((set) => set.ClusterBackupId);
}

describe('backups that a test writes down', () => {
  it('stand for the instance’s own, and may be changed between calls', async () => {
    const list = write({ id: 'cb-a', start: '2024-06-01T01:00:00Z' }, { id: 'cb-b', start: '2024-06-01T02:00:00Z' });
    expect(await ids()).toEqual(['cb-b', 'cb-a']);
    list.push({ id: 'cb-c', start: '2024-06-01T03:00:00Z' });
    list.shift();
    expect(await ids()).toEqual(['cb-c', 'cb-b']);
    sandbox.backups.delete(sandbox.demo.instanceId);
    expect((await ids()).length).toBeGreaterThan(2);
  });

  it('are gone once they have expired', async () => {
    write(
      { id: 'cb-gone', start: '2024-06-01T01:00:00Z', expire: NOW },
      { id: 'cb-kept', start: '2024-06-01T01:00:00Z', expire: NOW + 1 },
    );
    expect(await ids()).toEqual(['cb-kept']);
  });

  it('look as they are written', async () => {
    write(
      { id: 'cb-run', start: '2024-06-01T03:00:00Z', status: 'RUNNING', progress: 50, sizes: [1, 2, 3, 4] },
      { id: 'cb-bad', start: '2024-06-01T02:00:00Z', status: 'Failed', sizes: [10, 20] },
      { id: 'cb-ok', start: '2024-06-01T01:00:00Z', end: '2024-06-01T01:02:03Z', mode: 'Manual', sizes: [5, 6] },
      {
        id: 'cb-odd',
        start: '2024-06-01T00:00:00Z',
        status: 'Paused',
        fields: { ClusterBackupSize: 'abc', IsAvail: '1' },
      },
    );
    const [run, bad, ok, odd] = await listBackups(sandbox, NOW);
    expect(run).toMatchObject({ ClusterBackupStatus: 'RUNNING', Progress: '50%', IsAvail: 0 });
    expect(run?.Backups).toHaveLength(2);
    expect(bad).toMatchObject({ ClusterBackupStatus: 'Failed', ClusterBackupSize: '20', IsAvail: 0 });
    expect(bad?.Backups?.map((shard) => shard.BackupStatus)).toEqual(['ERROR', 'OK']);
    expect(ok).toMatchObject({
      ClusterBackupMode: 'Manual',
      ClusterBackupStartTime: '2024-06-01T01:00:00Z',
      ClusterBackupEndTime: '2024-06-01T01:02:03Z',
      ClusterBackupSize: '11',
    });
    expect(odd).toMatchObject({ ClusterBackupStatus: 'Paused', ClusterBackupSize: 'abc', IsAvail: '1' });
  });

  it('make up the full storage', async () => {
    write(
      { start: NOW - 1000, sizes: [5, 6] },
      { start: NOW - 2000, sizes: [7] },
      { start: NOW - 3000, status: 'Failed', sizes: [9] },
    );
    expect((await listReply(sandbox, NOW, { PageSize: '5' })).json.FullStorageSize).toBe(18);
  });
});

describe('what is not published', () => {
  /** One that starts on the range's start and one that ends on its end, and ones that are half in it. */
  function writeBorders() {
    write(
      { id: 'cb-ends-in', start: '2024-05-31T23:50:00Z', end: '2024-06-01T00:05:00Z' },
      { id: 'cb-on-start', start: '2024-06-01T00:00:00Z', end: '2024-06-01T00:10:00Z' },
      { id: 'cb-inside', start: '2024-06-01T05:00:00Z', end: '2024-06-01T05:10:00Z' },
      { id: 'cb-on-end', start: '2024-06-01T09:50:00Z', end: '2024-06-01T10:00:00Z' },
      { id: 'cb-starts-on-end', start: '2024-06-01T10:00:00Z', end: '2024-06-01T10:10:00Z' },
    );
  }

  it.each([
    ['start', 'inclusive', ['cb-starts-on-end', 'cb-on-end', 'cb-inside', 'cb-on-start']],
    ['start', 'exclusive', ['cb-on-end', 'cb-inside']],
    ['start', 'end-exclusive', ['cb-on-end', 'cb-inside', 'cb-on-start']],
    ['end', 'inclusive', ['cb-on-end', 'cb-inside', 'cb-on-start', 'cb-ends-in']],
    ['end', 'exclusive', ['cb-inside', 'cb-on-start', 'cb-ends-in']],
  ] as const)(
    'is a switch: the range looks at the %s, its borders are %s',
    async (rangeLooksAt, rangeBorders, expected) => {
      writeBorders();
      Object.assign(sandbox.behaviour, { rangeLooksAt, rangeBorders });
      expect(await ids(RANGE)).toEqual(expected);
    },
  );

  it('is a switch: a range by ends finds the world’s own backups too', async () => {
    const [newest] = await listBackups(sandbox, NOW, {
      EndTime: '2024-06-30T00:00Z',
      PageSize: '5',
      NoShardBackup: 'True',
    });
    const range = {
      StartTime: `${newest?.ClusterBackupStartTime.slice(0, 16)}Z`,
      EndTime: `${newest?.ClusterBackupStartTime.slice(0, 14)}59Z`,
    };
    const afterStart = { ...range, StartTime: `${newest?.ClusterBackupEndTime?.slice(0, 16)}Z` };
    expect(await ids(range)).toEqual([newest?.ClusterBackupId]);
    expect(await ids(afterStart)).toEqual([]);
    sandbox.behaviour.rangeLooksAt = 'end';
    expect(await ids(afterStart)).toEqual([newest?.ClusterBackupId]);
  });

  it('is a switch: the order of time', async () => {
    const newestFirst = await ids({ PageSize: '300', NoShardBackup: 'True' });
    sandbox.behaviour.order = 'oldest-first';
    const oldestFirst = await ids({ PageSize: '300', NoShardBackup: 'True' });
    expect(oldestFirst).toEqual([...newestFirst].reverse());
    sandbox.behaviour.order = 'unordered';
    const unordered = await ids({ PageSize: '300', NoShardBackup: 'True' });
    expect(unordered).not.toEqual(newestFirst);
    expect([...unordered].sort()).toEqual([...newestFirst].sort());
    expect(await ids({ PageSize: '5', PageNumber: '2', NoShardBackup: 'True' })).toEqual(unordered.slice(5, 10));
  });

  it('is a switch: the order of backups of the same second', async () => {
    const start = '2024-06-01T01:00:00Z';
    write(...['cb-c', 'cb-a', 'cb-d', 'cb-b'].map((id) => ({ id, start })));
    expect(await ids()).toEqual(['cb-d', 'cb-c', 'cb-b', 'cb-a']);
    sandbox.behaviour.ties = 'id-ascending';
    expect(await ids()).toEqual(['cb-a', 'cb-b', 'cb-c', 'cb-d']);
    sandbox.behaviour.ties = 'as-listed';
    expect(await ids()).toEqual(['cb-c', 'cb-a', 'cb-d', 'cb-b']);
    sandbox.behaviour.ties = 'unstable';
    const orders = new Set<string>();
    for (let turn = 0; turn < 60; turn++) orders.add((await ids()).join());
    expect(orders.size).toBeGreaterThan(1);
  });

  it('is a switch: what stands for shards that were not asked for', async () => {
    sandbox.behaviour.withoutShards = 'empty';
    const [set] = await listBackups(sandbox, NOW, { NoShardBackup: 'True', PageSize: '5' });
    expect(set?.Backups).toEqual([]);
  });

  it('is a switch: what MaxResults counts', async () => {
    write(...Array.from({ length: 7 }, (_, n) => ({ start: NOW - n * 1000 })));
    const maxResults = async () => (await listReply(sandbox, NOW, { PageSize: '5', PageNumber: '2' })).json.MaxResults;
    expect(await maxResults()).toBe(2);
    sandbox.behaviour.maxResults = 'total';
    expect(await maxResults()).toBe(7);
    sandbox.behaviour.maxResults = 'page-size';
    expect(await maxResults()).toBe(5);
  });

  it('is a switch: page sizes outside the list', async () => {
    expect((await listReply(sandbox, NOW, { PageSize: '40' })).status).toBe(400);
    sandbox.behaviour.pageSizeOutsideList = 'clamp';
    const sizes = ['1', '7', '40', '1000'].map(
      async (PageSize) => (await listReply(sandbox, NOW, { PageSize })).json.PageSize,
    );
    expect(await Promise.all(sizes)).toEqual([5, 5, 30, 300]);
  });

  it('is a switch: whether the range holds for an id', async () => {
    write({ id: 'cb-old', start: '2020-01-01T00:00:00Z' });
    expect(await ids({ ...RANGE, ClusterBackupId: 'cb-old' })).toEqual([]);
    sandbox.behaviour.rangeAppliesToId = false;
    expect(await ids({ ...RANGE, ClusterBackupId: 'cb-old' })).toEqual(['cb-old']);
  });

  it('is a switch: fields that may be missing', async () => {
    write();
    Object.assign(sandbox.behaviour, { emptyList: 'omitted', logStorageSize: 'omitted' });
    const { json } = await listReply(sandbox, NOW);
    expect(Object.keys(json)).toEqual([
      'RequestId',
      'MaxResults',
      'PageNumber',
      'PageSize',
      'FullStorageSize',
      'FreeSize',
    ]);
    write({ start: NOW, status: 'RUNNING' });
    sandbox.behaviour.endTimeWhileRunning = 'empty';
    expect((await listBackups(sandbox, NOW))[0]?.ClusterBackupEndTime).toBe('');
  });

  it('is a switch: an instance that is not a cluster', async () => {
    const { regionId, instanceId } = sandbox.instanceAt(7);
    sandbox.behaviour.notACluster = 'error';
    const { status, json } = await listReply(sandbox, NOW, { RegionId: regionId, InstanceId: instanceId });
    expect([status, json.Code]).toEqual([403, 'IncorrectDBInstanceState']);
  });

  it('can be said at the start, and anything else by rewriting the answers', async () => {
    const other = await startSandbox({ now: () => NOW, behaviour: { maxResults: 'total' } });
    expect(other.behaviour).toEqual({ ...DEFAULT_BEHAVIOUR, maxResults: 'total' });
    other.rewrite = (action, body) => ({ ...body, Action: action });
    expect((await listReply(other, NOW)).json.Action).toBe('DescribeClusterBackupList');
    await other.close();
  });
});
