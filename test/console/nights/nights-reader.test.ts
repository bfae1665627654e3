import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createNightsReader,
  type NightsAnswer,
  type NightsReaderOptions,
} from '../../../console/nights/nights-reader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('reading the backups of rows', () => {
  it('asks for rows that stay, in batches from the top, and never for one that is only scrolled past', async () => {
    const { reads, reader } = start();
    const leave = reader.watch('passing', ignore);
    await vi.advanceTimersByTimeAsync(30);
    leave();
    for (const id of ids(1, 12)) reader.watch(id, ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads.map(({ ids }) => ids)).toEqual([ids(1, 8), ids(9, 12)]);
  });

  it('keeps to three reads at a time', async () => {
    const { reads, reader, answer } = start();
    for (const id of ids(1, 40)) reader.watch(id, ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads).toHaveLength(3);
    await answer(0);
    expect(reads).toHaveLength(4);
  });

  it('cancels a read when the last of its rows has left, and not before', async () => {
    const { reads, reader } = start();
    const leave = ids(1, 3).map((id) => reader.watch(id, ignore));
    await vi.advanceTimersByTimeAsync(200);
    leave[0]?.();
    leave[1]?.();
    await vi.advanceTimersByTimeAsync(50);
    expect(reads[0]?.signal.aborted).toBe(false);
    leave[2]?.();
    await vi.advanceTimersByTimeAsync(50);
    expect(reads[0]?.signal.aborted).toBe(true);
  });

  it('does not cancel for a row that is drawn anew', async () => {
    const { reads, reader } = start();
    const leave = reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    leave();
    reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads[0]?.signal.aborted).toBe(false);
    expect(reads).toHaveLength(1);
  });

  it('asks again for a row whose read was cancelled and that comes back', async () => {
    const { reads, reader } = start();
    reader.watch('a', ignore)();
    const leave = reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    leave();
    await vi.advanceTimersByTimeAsync(200);
    reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('shows what has no quota as waiting, and asks for it once the time is over', async () => {
    const { reads, reader, answer } = start();
    for (const id of ['a', 'b']) reader.watch(id, ignore);
    await vi.advanceTimersByTimeAsync(200);
    const failure = { kind: 'quota', retryAfterSeconds: 20 } as const;
    await answer(0, {
      instances: [whole, undefined],
      failures: [{ path: ['nodes', 1, 'clusterBackups'], failure }],
    });
    expect(reader.state('a').state).toBe('read');
    expect(reader.state('b')).toEqual({ state: 'quota', until: Date.now() + 20_000 });
    await vi.advanceTimersByTimeAsync(19_000);
    expect(reads).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(reads[1]?.ids).toEqual(['b']);
  });

  it('makes rows that come while there is no quota wait as well', async () => {
    const { reads, reader, answer } = start();
    reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    await answer(0, {
      instances: [undefined],
      failures: [{ path: ['nodes', 0], failure: { kind: 'quota', retryAfterSeconds: 20 } }],
    });
    reader.watch('b', ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reader.state('b').state).toBe('quota');
    expect(reads).toHaveLength(1);
  });

  it('says of a single row why it cannot be seen', async () => {
    const { reader, answer } = start();
    for (const id of ['a', 'b']) reader.watch(id, ignore);
    await vi.advanceTimersByTimeAsync(200);
    const failure = { kind: 'denied', action: 'kvstore:X', resource: 'acs:kvstore:::b' } as const;
    await answer(0, {
      instances: [whole, undefined],
      failures: [{ path: ['nodes', 1, 'clusterBackups'], failure }],
    });
    expect(reader.state('a').state).toBe('read');
    expect(reader.state('b')).toMatchObject({ state: 'failed', failure });
  });

  it('reads again what runs, soon, and what does not, later', async () => {
    const { reads, reader, answer } = start();
    for (const id of ['still', 'moving']) reader.watch(id, ignore);
    await vi.advanceTimersByTimeAsync(200);
    await answer(0, { instances: [whole, { ...whole, backups: [{ status: 'RUNNING' } as never] }] });
    await vi.advanceTimersByTimeAsync(25_000);
    expect(reads.slice(1).map(({ ids }) => ids)).toEqual([['moving']]);
  });

  it('reads past the cache what is on screen when it is told to, and only that', async () => {
    const { reads, reader, answer } = start();
    reader.watch('a', ignore);
    await vi.advanceTimersByTimeAsync(200);
    await answer(0);
    reader.readAgain();
    await vi.advanceTimersByTimeAsync(200);
    await answer(1);
    reader.watch('b', ignore);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads.map(({ ids, fresh }) => [ids[0], fresh])).toEqual([
      ['a', false],
      ['a', true],
      ['b', false],
    ]);
  });
});

const whole = { backups: [], complete: true };

function start() {
  const reads: {
    ids: readonly string[];
    signal: AbortSignal;
    fresh: boolean;
    resolve: (answer: NightsAnswer) => void;
  }[] = [];
  const read: NightsReaderOptions['read'] = (ids, { signal, fresh }) =>
    new Promise((resolve) => {
      reads.push({ ids, signal, fresh, resolve });
    });
  return {
    reads,
    reader: createNightsReader({ read }),
    async answer(index: number, answer: Partial<NightsAnswer> = {}) {
      const { ids, resolve } = reads[index] ?? expect.fail(`there was no read ${index}`);
      resolve({ instances: ids.map(() => whole), failures: [], staleSeconds: undefined, ...answer });
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `i${from + index}`);
}

function ignore(): void {}
