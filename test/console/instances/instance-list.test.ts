import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InstanceRowFragment } from '../../../console/generated/graphql.ts';
import { createInstanceList, type InstancePage } from '../../../console/instances/instance-list.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a list of instances', () => {
  it('reads pages one after the other, as far as somebody looks', async () => {
    const { list, cursors } = start(1000);
    list.want(10);
    await settled();
    expect(list.state()).toMatchObject({ total: 1000, isCounted: true, reading: false });
    list.want(250);
    await settled();
    expect(cursors).toEqual([null, '100', '200']);
    expect(list.state().rows).toHaveLength(300);
  });

  it('reads to the end, and not beyond', async () => {
    const { list, cursors } = start(230);
    list.want(100_000);
    await settled();
    expect(cursors).toEqual([null, '100', '200']);
    expect(list.state().rows.map(({ id }) => id)).toEqual(Array.from({ length: 230 }, (_, index) => `${index}`));
  });

  it('shows an instance once that moved from one page to the next while it was read', async () => {
    const { list } = start(200, { shiftAfterFirst: 1 });
    list.want(150);
    await settled();
    const ids = list.state().rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('goes on by itself when there is quota again, and keeps what it has', async () => {
    const { list, failNext } = start(300);
    list.want(0);
    await settled();
    failNext({ kind: 'quota', retryAfterSeconds: 5 });
    const failed = Date.now();
    list.want(150);
    await settled();
    expect(list.state()).toMatchObject({ waitingUntil: failed + 5000, failure: undefined });
    expect(list.state().rows).toHaveLength(100);
    await vi.advanceTimersByTimeAsync(5000);
    expect(list.state()).toMatchObject({ waitingUntil: undefined });
    expect(list.state().rows).toHaveLength(200);
  });

  it('stops at a failure until it is told to go on', async () => {
    const { list, failNext, cursors } = start(300);
    failNext({ kind: 'unreachable' });
    list.want(0);
    await settled();
    list.want(50);
    await settled();
    expect(list.state().failure).toEqual({ kind: 'unreachable' });
    expect(cursors).toHaveLength(1);
    list.retry();
    await settled();
    expect(list.state()).toMatchObject({ failure: undefined, total: 300 });
  });

  it('keeps its rows in view while it is read again from the start', async () => {
    const { list, cursors } = start(300);
    list.want(250);
    await settled();
    list.readAgain();
    expect(list.state()).toMatchObject({ reading: true });
    expect(list.state().rows).toHaveLength(300);
    await settled();
    expect(cursors.slice(3)).toEqual([null, '100', '200']);
    expect(list.state().rows).toHaveLength(300);
  });

  it('cancels what is being read when nobody looks any more', async () => {
    const { list, signals } = start(300);
    list.want(0);
    list.stop();
    expect(signals[0]?.aborted).toBe(true);
    list.want(0);
    await settled();
    expect(list.state().rows).toHaveLength(100);
  });
});

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(10);
}

function start(total: number, { shiftAfterFirst = 0 } = {}) {
  const cursors: (string | null)[] = [];
  const signals: AbortSignal[] = [];
  let failure: InstancePage['failures'][number]['failure'] | undefined;
  const list = createInstanceList({
    async readPage(after, { signal }) {
      cursors.push(after);
      signals.push(signal);
      const from = Number(after ?? 0);
      if (failure !== undefined) {
        const failures = [{ path: ['instances'], failure }];
        failure = undefined;
        return { rows: [], totalCount: null, endCursor: null, hasNextPage: false, failures, staleSeconds: undefined };
      }
      const shift = after === null ? 0 : shiftAfterFirst;
      const to = Math.min(from + 100, total);
      const rows = Array.from(
        { length: to - from },
        (_, index) => ({ id: String(from + index - shift) }) as InstanceRowFragment,
      );
      return {
        rows,
        totalCount: total,
        endCursor: String(to),
        hasNextPage: to < total,
        failures: [],
        staleSeconds: undefined,
      };
    },
  });
  return {
    list,
    cursors,
    signals,
    failNext(next: typeof failure) {
      failure = next;
    },
  };
}
