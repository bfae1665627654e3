import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BackupProgress, createBackupProgress } from '../../../resolvers/progress/backup-progress.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';
import { KEY, NOW, ScriptedInstance } from './scripted-instance.ts';

const PLAIN = { shards: false, links: false };

/** Somebody who reads as fast as it comes. */
class Viewer {
  /** `cb-1 RUNNING 10`, and `end` or the message of an error. */
  readonly seen: string[] = [];
  readonly #events;

  constructor(progress: BackupProgress, wanted = PLAIN, key = KEY) {
    this.#events = progress.watch(key, wanted);
    void this.#read();
  }

  leave() {
    return this.#events.return?.();
  }

  async #read() {
    try {
      for await (const { row } of this.#events) {
        const shards = row.shardBackups === null ? '' : ` ${row.shardBackups.length} shards`;
        this.seen.push(`${row.clusterBackupId} ${row.status} ${row.progressPercent}${shards}`);
      }
      this.seen.push('end');
    } catch (error) {
      this.seen.push((error as Error).message);
    }
  }
}

describe('who watches an instance', () => {
  let upstream: ScriptedInstance;
  let progress: BackupProgress;
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    upstream = new ScriptedInstance();
    progress = createBackupProgress(upstream.store, { timeoutMs: 8_000, callsPerMinute: 200 });
  });
  afterEach(async () => {
    progress.close();
    await upstream.store.close();
    vi.useRealTimers();
  });
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

  it('sees what runs at once, each change, the end, and then no more', async () => {
    upstream.shown = [
      { id: 'cb-2', status: 'RUNNING', progress: 10 },
      { id: 'cb-1', status: 'OK', start: '2024-05-31T20:00:00Z' },
    ];
    const viewer = new Viewer(progress);
    await pass(0);
    expect(viewer.seen).toEqual(['cb-2 RUNNING 10']);
    upstream.shown[0] = { id: 'cb-2', status: 'RUNNING', progress: 40 };
    await pass(10);
    upstream.shown[0] = { id: 'cb-2', status: 'OK' };
    await pass(10);
    expect(viewer.seen).toEqual(['cb-2 RUNNING 10', 'cb-2 RUNNING 40', 'cb-2 OK 100', 'end']);
    expect(progress.polled).toBe(0);
    const { length } = upstream.calls;
    await pass(60);
    expect(upstream.calls).toHaveLength(length);
  });

  it('sees every backup that runs, and is done when the last of them has ended', async () => {
    upstream.shown = [
      { id: 'cb-2', status: 'RUNNING', progress: 10 },
      { id: 'cb-1', status: 'RUNNING', progress: 90 },
    ];
    const viewer = new Viewer(progress);
    await pass(0);
    upstream.shown[1] = { id: 'cb-1', status: 'Failed' };
    await pass(10);
    expect(viewer.seen).toEqual(['cb-2 RUNNING 10', 'cb-1 RUNNING 90', 'cb-1 FAILED 100']);
    upstream.shown[0] = { id: 'cb-2', status: 'OK' };
    await pass(10);
    expect(viewer.seen.slice(3)).toEqual(['cb-2 OK 100', 'end']);
  });

  it('is done at once when nothing runs', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'OK' }];
    const viewer = new Viewer(progress);
    await pass(0);
    expect(viewer.seen).toEqual(['end']);
    expect(upstream.calls).toHaveLength(1);
  });

  it('sees a backup that begins while another runs, and leaves to others one that begins at its end', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 90 }];
    const viewer = new Viewer(progress);
    await pass(0);
    upstream.shown.unshift({ id: 'cb-2', status: 'RUNNING', progress: 1, start: '2024-06-01T09:26:33Z' });
    await pass(10);
    upstream.shown[1] = { id: 'cb-1', status: 'OK' };
    await pass(10);
    expect(viewer.seen).toEqual(['cb-1 RUNNING 90', 'cb-2 RUNNING 1', 'cb-1 OK 100']);
    upstream.shown[0] = { id: 'cb-2', status: 'OK', start: '2024-06-01T09:26:33Z' };
    upstream.shown.unshift({ id: 'cb-3', status: 'RUNNING', progress: 0, start: '2024-06-01T09:26:53Z' });
    await pass(10);
    expect(viewer.seen.slice(3)).toEqual(['cb-2 OK 100', 'end']);
  });

  it('does not take a backup for gone that was left out of one answer', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 50 }];
    const viewer = new Viewer(progress);
    await pass(0);
    upstream.shown = [];
    await pass(3);
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 60 }];
    await pass(10);
    expect(viewer.seen).toEqual(['cb-1 RUNNING 50', 'cb-1 RUNNING 60']);
    upstream.shown = [];
    await pass(20);
    expect(viewer.seen.slice(2)).toEqual(['end']);
  });

  it('shares each poll with all others, and begins with what is known', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const viewers = Array.from({ length: 20 }, () => new Viewer(progress));
    await pass(0);
    expect(upstream.calls).toHaveLength(1);
    viewers.push(new Viewer(progress));
    await pass(0);
    expect(upstream.calls).toHaveLength(1);
    upstream.shown = [{ id: 'cb-1', status: 'OK' }];
    await pass(3);
    expect(upstream.calls).toHaveLength(2);
    for (const { seen } of viewers) expect(seen).toEqual(['cb-1 RUNNING 10', 'cb-1 OK 100', 'end']);
  });

  it('costs no more by coming and going than by staying', async () => {
    for (let visit = 0; visit < 20; visit++) {
      const viewer = new Viewer(progress);
      await pass(0.1);
      expect(viewer.seen).toEqual(['end']);
    }
    expect(upstream.calls).toHaveLength(1);
    await pass(3);
    new Viewer(progress);
    await pass(0);
    expect(upstream.calls).toHaveLength(2);
  });

  it('is polled in the background line, from the start of the oldest running backup, without shards', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const read = vi.spyOn(upstream.store, 'describeClusterBackupList');
    new Viewer(progress);
    await pass(3);
    for (const [query, options] of read.mock.calls) {
      expect(query).toMatchObject({ withShards: false, withLinks: false });
      expect(options).toMatchObject({ priority: 'background', freshOnly: true });
    }
    expect(upstream.calls).toHaveLength(2);
    expect(upstream.calls[0]?.parameters).toMatchObject({ StartTime: '2024-05-25T09:26Z', NoShardBackup: 'True' });
    expect(upstream.latest).toMatchObject({ StartTime: '2024-06-01T09:25Z', NoShardBackup: 'True' });
  });

  it('gets shards when it wants them, for as long as it watches', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10, shards: 1 }];
    const plain = new Viewer(progress);
    await pass(1);
    const curious = new Viewer(progress, { shards: true, links: false });
    await pass(1);
    expect(curious.seen).toEqual([]);
    await pass(1);
    expect(upstream.latest).not.toHaveProperty('NoShardBackup');
    expect(curious.seen).toEqual(['cb-1 RUNNING 10 1 shards']);
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10, shards: 2 }];
    await pass(10);
    // Another shard is no change to whoever sees none.
    expect(plain.seen).toEqual(['cb-1 RUNNING 10']);
    expect(curious.seen).toEqual(['cb-1 RUNNING 10 1 shards', 'cb-1 RUNNING 10 2 shards']);
    await curious.leave();
    await pass(10);
    expect(upstream.latest).toMatchObject({ NoShardBackup: 'True' });
  });

  it('is not told that links were signed anew', async () => {
    let signed = 0;
    upstream.shown = [
      { id: 'cb-1', status: 'RUNNING', progress: 10, link: () => `https://files.example/?${signed++}` },
    ];
    const viewer = new Viewer(progress, { shards: true, links: true });
    await pass(20);
    expect(signed).toBeGreaterThan(4);
    expect(viewer.seen).toHaveLength(1);
  });

  it('is polled more slowly as progress slows, between 3 and 10 seconds', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 0 }];
    const viewer = new Viewer(progress);
    await pass(0);
    const timesOf = async (secondsOfPercent: number, seconds: number) => {
      const before = upstream.calls.length;
      for (let second = 0; second < seconds; second++) {
        if (second % secondsOfPercent === 0) {
          const [{ progress: percent = 0 } = { progress: 0 }] = upstream.shown;
          upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: percent + 1 }];
        }
        await pass(1);
      }
      return upstream.calls.length - before;
    };
    const fast = await timesOf(1, 60);
    const slow = await timesOf(6, 60);
    const slowest = await timesOf(60, 120);
    expect(fast).toBeGreaterThanOrEqual(18);
    expect(fast).toBeLessThanOrEqual(21);
    expect(slow).toBeLessThan(15);
    expect(slow).toBeGreaterThan(7);
    expect(slowest).toBeLessThanOrEqual(16);
    expect(slowest).toBeGreaterThanOrEqual(11);
    await viewer.leave();
  });

  it('ends the poll under way by leaving last', async () => {
    upstream.latency = 2_000;
    const [first, last] = [new Viewer(progress), new Viewer(progress)];
    await pass(1);
    await first.leave();
    expect(upstream.aborted).toBe(0);
    await last.leave();
    expect(upstream.aborted).toBe(1);
    await pass(60);
    expect(upstream.calls).toHaveLength(1);
    expect(first.seen).toEqual(['end']);
  });

  it('finds only the latest state of each backup when it has not read for long', async () => {
    const shown = (progress: number) => {
      upstream.shown = [
        { id: 'cb-2', status: 'RUNNING', progress },
        { id: 'cb-1', status: 'RUNNING', progress: progress / 2 },
      ];
    };
    shown(0);
    const events = progress.watch(KEY, PLAIN);
    for (let percent = 2; percent <= 90; percent += 2) {
      shown(percent);
      await pass(3);
    }
    expect((await events.next()).value?.row).toMatchObject({ clusterBackupId: 'cb-2', progressPercent: 90 });
    expect((await events.next()).value?.row).toMatchObject({ clusterBackupId: 'cb-1', progressPercent: 45 });
    const next = events.next();
    await events.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('waits longer after each poll that fails, goes on, and never gets an old answer for a new one', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const viewer = new Viewer(progress);
    await pass(0);
    upstream.failure = new UpstreamError({ kind: 'unavailable', message: 'It is down.', retryable: true });
    await pass(40);
    const tries = upstream.calls.length;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(20);
    upstream.failure = undefined;
    upstream.shown = [{ id: 'cb-1', status: 'OK' }];
    await pass(40);
    expect(viewer.seen).toEqual(['cb-1 RUNNING 10', 'cb-1 OK 100', 'end']);
  });

  it('gets the error when the sixth poll in a row has failed', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const viewers = [new Viewer(progress), new Viewer(progress)];
    await pass(0);
    upstream.failure = new UpstreamError({
      kind: 'throttled',
      message: 'Too many calls.',
      retryable: true,
      retryAfterMs: 1_000,
    });
    await pass(45);
    for (const { seen } of viewers) expect(seen).toHaveLength(1);
    await pass(120);
    for (const { seen } of viewers) expect(seen).toEqual(['cb-1 RUNNING 10', 'Too many calls.']);
    expect(progress.polled).toBe(0);
  });

  it('gets at once an error that no waiting mends', async () => {
    upstream.failure = new UpstreamError({ kind: 'not-found', message: 'There is no such instance.' });
    const viewer = new Viewer(progress);
    await pass(0);
    expect(viewer.seen).toEqual(['There is no such instance.']);
    expect(upstream.calls).toHaveLength(1);
  });

  it('does not poll more often when others come while polls fail', async () => {
    upstream.failure = new UpstreamError({ kind: 'timeout', message: 'Too late.', retryable: true });
    new Viewer(progress);
    await pass(2);
    const { length } = upstream.calls;
    for (let more = 0; more < 10; more++) new Viewer(progress);
    await pass(0.5);
    expect(upstream.calls).toHaveLength(length);
  });

  it('does not begin with what was known before polls failed', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    new Viewer(progress);
    await pass(0);
    upstream.failure = new UpstreamError({ kind: 'unavailable', message: 'It is down.', retryable: true });
    await pass(20);
    const late = new Viewer(progress);
    await pass(5);
    expect(late.seen).toEqual([]);
    upstream.failure = undefined;
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 60 }];
    await pass(40);
    expect(late.seen).toEqual(['cb-1 RUNNING 60']);
  });

  it('finds what runs where the upstream answers oldest first, over several pages', async () => {
    const old = Array.from({ length: 420 }, (_, index) => ({
      id: `cb-old${index}`,
      status: 'OK' as const,
      start: new Date(NOW - 86_400_000 + index * 60_000).toISOString().replace('.000Z', 'Z'),
    }));
    upstream.shown = [...old, { id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const viewer = new Viewer(progress);
    await pass(0);
    expect(viewer.seen).toEqual(['cb-1 RUNNING 10']);
    expect(upstream.calls).toHaveLength(2);
    await pass(3);
    expect(upstream.calls).toHaveLength(3);
  });

  it('leaves half of the quota to others, however many instances are watched', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    for (let index = 0; index < 60; index++) {
      new Viewer(progress, PLAIN, { ...KEY, instanceId: `r-bp${index}` });
    }
    await pass(30);
    const { length } = upstream.calls;
    await pass(180);
    expect(upstream.calls.length - length).toBe(300);
    expect(progress.polled).toBe(60);
  });

  it('ends when the process does', async () => {
    upstream.shown = [{ id: 'cb-1', status: 'RUNNING', progress: 10 }];
    const viewer = new Viewer(progress);
    await pass(0);
    progress.close();
    await pass(0);
    expect(viewer.seen).toEqual(['cb-1 RUNNING 10', 'end']);
    await pass(60);
    expect(upstream.calls).toHaveLength(1);
  });
});
