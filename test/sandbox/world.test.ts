import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { findInstance, instanceAt, worldOf } from '../../sandbox/data/instances.ts';
import type { SandboxOptions } from '../../sandbox/options.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { listAllBackups, listBackups, listReply } from './backup-list.ts';
import { minute } from './official-client.ts';
import { signedCall } from './signed-call.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2024, 6, 1, 9, 26, 0);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const running: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.close();
});

/** A sandbox whose clock is set by hand. */
async function sandboxAt(start: number, options: SandboxOptions = {}) {
  const clock = { now: start };
  const sandbox = await startSandbox({ now: () => clock.now, ...options });
  running.push(sandbox);
  return { sandbox, clock };
}

/** Everything that a world shows on its first pages, `RequestId`s apart. */
async function picture(sandbox: Sandbox, now: number) {
  const answers = [
    await signedCall(sandbox, { action: 'DescribeInstances', parameters: { PageSize: '50' }, date: now }),
    await listReply(sandbox, now, { PageSize: '50' }),
  ];
  return answers.map(({ json: { RequestId, ...rest } }) => rest);
}

describe('the world', () => {
  it('is the same for the same seed and clock, and another for another seed', async () => {
    const [one, two, three] = [
      await sandboxAt(START, { seed: 7 }),
      await sandboxAt(START, { seed: 7 }),
      await sandboxAt(START, { seed: 8 }),
    ];
    const first = await picture(one.sandbox, START);
    expect(await picture(one.sandbox, START)).toEqual(first);
    expect(await picture(two.sandbox, START)).toEqual(first);
    expect(three.sandbox.demo.instanceId).not.toBe(one.sandbox.demo.instanceId);
  });

  it('finds every instance by its id, and nothing by another id', () => {
    const world = worldOf('1', { seed: 3, instances: 100_000, days: 45, shards: undefined, runningBackups: true });
    fc.assert(
      fc.property(fc.nat(99_999), (index) => {
        const { instanceId } = instanceAt(world, index, START);
        expect(instanceId).toMatch(/^r-[a-z0-9]{18}$/);
        expect(findInstance(world, instanceId, START)?.index).toBe(index);
        const last = instanceId.at(-1) === 'a' ? 'b' : 'a';
        expect(findInstance(world, instanceId.slice(0, -1) + last, START)).toBeUndefined();
      }),
    );
  });

  it('backs up each cluster once a day at its own time, and some by hand', async () => {
    const { sandbox } = await sandboxAt(START, { days: 40, runningBackups: false });
    const all = await listAllBackups(sandbox, START);
    const automated = all
      .filter((set) => set.ClusterBackupMode === 'Automated')
      .map((set) => set.ClusterBackupStartTime);
    expect(automated.length).toBeGreaterThanOrEqual(40);
    expect(automated.length).toBeLessThanOrEqual(41);
    expect(new Set(automated.map((time) => time.slice(0, 10))).size).toBe(automated.length);
    const gaps = automated.slice(1).map((time, index) => Date.parse(automated[index] ?? '') - Date.parse(time));
    for (const gap of gaps) expect(Math.abs(gap - DAY)).toBeLessThanOrEqual(4 * MINUTE);
    const manual = all.filter((set) => set.ClusterBackupMode === 'Manual').map((set) => set.ClusterBackupStartTime);
    expect(manual.length).toBeGreaterThan(3);
    // those are kept longer
    expect(manual.at(-1)?.localeCompare(automated.at(-1) ?? '')).toBe(-1);
  });

  it('has backups that take longer the larger they are', async () => {
    const { sandbox } = await sandboxAt(START, { runningBackups: false });
    const shapes: { gigabytes: number; minutes: number }[] = [];
    for (const index of [0, 1, 2, 3, 4, 5, 6, 8]) {
      const { regionId, instanceId, shardCount } = sandbox.instanceAt(index);
      const rows = await listBackups(sandbox, START, { RegionId: regionId, InstanceId: instanceId });
      const set = rows.find((each) => each.ClusterBackupStatus === 'OK');
      const took = Date.parse(set?.ClusterBackupEndTime ?? '') - Date.parse(set?.ClusterBackupStartTime ?? '');
      shapes.push({ gigabytes: Number(set?.ClusterBackupSize) / shardCount / 2 ** 30, minutes: took / MINUTE });
    }
    shapes.sort((left, right) => left.gigabytes - right.gigabytes);
    for (const { minutes } of shapes) expect(minutes).toBeGreaterThan(1);
    for (const { minutes } of shapes) expect(minutes).toBeLessThanOrEqual(20);
    expect(shapes.map(({ minutes }) => minutes)).toEqual(shapes.map(({ minutes }) => minutes).sort((a, b) => a - b));
  });

  it('has failed backups now and then, with the one shard to blame', async () => {
    const { sandbox } = await sandboxAt(START, { days: 365, runningBackups: false });
    const all = await listAllBackups(sandbox, START, { NoShardBackup: 'False' });
    const failed = all.filter((set) => set.ClusterBackupStatus === 'Failed');
    expect(failed.length).toBeGreaterThan(2);
    expect(failed.length).toBeLessThan(all.length / 10);
    for (const set of failed) {
      expect(set.IsAvail).toBe(0);
      const bad = set.Backups?.filter((shard) => shard.BackupStatus === 'ERROR') ?? [];
      expect(bad).toHaveLength(1);
      expect(bad[0]).toMatchObject({ IsAvail: '0', BackupSize: '0' });
      expect(bad[0]).not.toHaveProperty('BackupDownloadURL');
      expect(bad[0]).not.toHaveProperty('BackupIntranetDownloadURL');
      const sum = set.Backups?.reduce((bytes, shard) => bytes + Number(shard.BackupSize), 0);
      expect(set.ClusterBackupSize).toBe(String(sum));
    }
  });

  it('counts as full storage what is kept and good', async () => {
    const { sandbox } = await sandboxAt(START);
    const all = await listAllBackups(sandbox, START);
    const good = all.filter((set) => set.ClusterBackupStatus === 'OK');
    const sum = good.reduce((bytes, set) => bytes + Number(set.ClusterBackupSize), 0);
    const narrow = await listReply(sandbox, START, { StartTime: minute(START - DAY), PageSize: '5' });
    expect(narrow.json.FullStorageSize).toBe(sum);
  });

  it('has different ids for all shards of all sets', async () => {
    const { sandbox } = await sandboxAt(START, { days: 60, shards: 32 });
    const all = await listAllBackups(sandbox, START, { NoShardBackup: 'False' });
    const ids = all.flatMap((set) => set.Backups?.map((shard) => shard.BackupId) ?? []);
    expect(ids.length).toBeGreaterThan(60 * 32);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('as the clock moves', () => {
  it('a day adds the newest daily backup and takes the oldest', async () => {
    const { sandbox, clock } = await sandboxAt(START, { days: 30, runningBackups: false });
    const daily = async () =>
      (await listAllBackups(sandbox, clock.now))
        .filter((set) => set.ClusterBackupMode === 'Automated')
        .map((set) => set.ClusterBackupId);
    const before = await daily();
    clock.now += DAY;
    const after = await daily();
    expect(after.slice(1)).toEqual(before.slice(0, -1));
    expect(before).not.toContain(after[0]);
  });

  it('a backup disappears when it is said to expire', async () => {
    const { sandbox, clock } = await sandboxAt(START, { days: 30, runningBackups: false });
    const all = await listAllBackups(sandbox, clock.now);
    const oldest = all.filter((set) => set.ClusterBackupMode === 'Automated').at(-1);
    const ids = async () => (await listAllBackups(sandbox, clock.now)).map((set) => set.ClusterBackupId);
    clock.now = Date.parse(oldest?.ExpectExpireTime ?? '') - SECOND;
    expect(await ids()).toContain(oldest?.ClusterBackupId);
    clock.now += SECOND;
    expect(await ids()).not.toContain(oldest?.ClusterBackupId);
  });

  it('a running backup makes progress shard by shard, completes, and is followed by another', async () => {
    const { sandbox, clock } = await sandboxAt(START);
    const newest = async () => (await listBackups(sandbox, clock.now, { PageSize: '5' }))[0];
    const first = await newest();
    expect(first).toMatchObject({ ClusterBackupStatus: 'RUNNING', IsAvail: 0, ClusterBackupSize: '0' });
    expect(first).not.toHaveProperty('ClusterBackupEndTime');
    const seen: [progress: number, shards: number][] = [];
    let current = first;
    for (; current?.ClusterBackupId === first?.ClusterBackupId; clock.now += 20 * SECOND, current = await newest()) {
      expect(current?.Progress).toMatch(/^\d{1,2}%$/);
      seen.push([Number.parseInt(current?.Progress ?? '', 10), current?.Backups?.length ?? 0]);
      expect(seen.length).toBeLessThan(40);
    }
    expect(seen).toEqual([...seen].sort(([left], [right]) => left - right));
    expect(new Set(seen.map(([progress]) => progress)).size).toBeGreaterThan(2);
    expect(seen.at(-1)?.[1]).toBeGreaterThan(seen[0]?.[1] ?? 99);
    const [next, done] = await listBackups(sandbox, clock.now, { PageSize: '5' });
    expect(next?.ClusterBackupStatus).toBe('RUNNING');
    expect(done).toMatchObject({ ClusterBackupId: first?.ClusterBackupId, ClusterBackupStatus: 'OK', IsAvail: 1 });
    expect(done?.Backups).toHaveLength(sandbox.demo.shardCount);
  });

  it('some instance has a running backup at any time', async () => {
    const { sandbox, clock } = await sandboxAt(START);
    for (let turn = 0; turn < 25; turn++, clock.now += 97 * SECOND) {
      const rows = await listBackups(sandbox, clock.now, { PageSize: '5', NoShardBackup: 'True' });
      expect(rows.filter((set) => set.ClusterBackupStatus === 'RUNNING')).toHaveLength(1);
    }
  });

  it('links are good for an hour at least, and change', async () => {
    const { sandbox, clock } = await sandboxAt(START);
    const link = async () => {
      const rows = await listBackups(sandbox, clock.now, { EndTime: minute(START - DAY), PageSize: '5' });
      const shard = rows[0]?.Backups?.find((each) => each.BackupDownloadURL);
      return {
        open: new URL(shard?.BackupDownloadURL ?? ''),
        internal: new URL(shard?.BackupIntranetDownloadURL ?? ''),
      };
    };
    const { open, internal } = await link();
    expect(open.protocol).toBe('http:');
    expect(open.hostname).toMatch(/\.oss-cn-hangzhou\.aliyuncs\.com$/);
    expect(internal.hostname).toMatch(/\.oss-cn-hangzhou-internal\.aliyuncs\.com$/);
    expect([...open.searchParams.keys()]).toEqual(['Expires', 'OSSAccessKeyId', 'Signature']);
    const expires = Number(open.searchParams.get('Expires')) * SECOND;
    expect(expires - clock.now).toBeGreaterThanOrEqual(60 * MINUTE);
    expect(expires - clock.now).toBeLessThanOrEqual(120 * MINUTE);
    clock.now += 60 * MINUTE;
    expect((await link()).open.search).not.toBe(open.search);
  });
});

describe('a big world', () => {
  it('of 10,000 instances, 365 days and 32 shards answers deep pages quickly and holds none of it', async () => {
    const { sandbox } = await sandboxAt(START, { instances: 10_000, days: 365, shards: 32, runningBackups: false });
    const read = async (index: number) => {
      const { regionId, instanceId } = sandbox.instanceAt(index);
      const parameters = { RegionId: regionId, InstanceId: instanceId, PageSize: '30', PageNumber: '11' };
      return listBackups(sandbox, START, parameters);
    };
    await read(1);
    collectGarbage();
    const heapBefore = process.memoryUsage().heapUsed;
    const began = performance.now();
    const sizes: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const rows = await read(turn * 500 + 1 + (turn % 2));
      sizes.push(rows.length, ...rows.map((set) => set.Backups?.length ?? 0));
    }
    const millisecondsEach = (performance.now() - began) / 20;
    collectGarbage();
    const grownMegabytes = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;
    expect(new Set(sizes)).toEqual(new Set([30, 32]));
    expect(millisecondsEach).toBeLessThan(2_000);
    // each of the 20 answers alone is nearly a megabyte of JSON
    expect(grownMegabytes).toBeLessThan(10);
  });

  it('lists its last instances quickly', async () => {
    const { sandbox } = await sandboxAt(START, { instances: 10_000 });
    const began = performance.now();
    const { json } = await signedCall(sandbox, {
      action: 'DescribeInstances',
      date: START,
      parameters: { PageSize: '50', PageNumber: '200' },
    });
    expect(json.TotalCount).toBe(10_000);
    expect(json.Instances.KVStoreInstance).toHaveLength(50);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
