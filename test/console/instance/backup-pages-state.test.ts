import { describe, expect, it } from 'vitest';
import type { BackupOutcomeFragment, BackupPageQuery } from '../../../console/generated/graphql.ts';
import {
  afterStep,
  type BackupPagesState,
  type BackupPagesStep,
  BEGINNING,
} from '../../../console/instance/backup-pages-state.ts';

describe('the backups of a window', () => {
  it('come page after page', () => {
    const state = begunWith(page(9, 7), { type: 'more' }, page(6, 4, { isEnd: true }));
    expect(idsOf(state)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(state).toMatchObject({ isEnd: true, request: undefined });
    expect(afterStep(state, { type: 'more' })).toBe(state);
  });

  it('stay in view while they are read again, and keep what follows the page that comes', () => {
    const two = begunWith(page(9, 7), { type: 'more' }, page(6, 4));
    const asked = afterStep(two, { type: 'again' });
    expect(idsOf(asked)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(asked.request).toEqual({ after: null, fresh: true });
    const state = afterStep(asked, page(11, 8));
    expect(idsOf(state)).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    expect(state.cursor).toBe(two.cursor);
  });

  it('begin anew where the page that comes does not meet what was read', () => {
    const state = afterStep(afterStep(begunWith(page(9, 7)), { type: 'again' }), page(20, 15));
    expect(idsOf(state)).toEqual([20, 19, 18, 17, 16, 15]);
    expect(state.cursor).toBe('after 15');
  });

  it('wait for quota with what has been read', () => {
    const failure = { kind: 'quota', retryAfterSeconds: 5 } as const;
    const asked = begunWith(page(9, 7), { type: 'more' });
    const state = afterStep(asked, { type: 'answer', page: undefined, failure }, () => 1_000);
    expect(state).toMatchObject({ failure, waitingUntil: 6_000, request: undefined });
    expect(idsOf(state)).toEqual([9, 8, 7]);
    expect(afterStep(state, { type: 'more' }).request).toEqual({ after: 'after 7', fresh: false });
  });
});

function begunWith(...steps: BackupPagesStep[]): BackupPagesState {
  return steps.reduce((state, step) => afterStep(state, step), BEGINNING);
}

function page(newest: number, oldest: number, { isEnd = false } = {}): BackupPagesStep {
  const nodes = Array.from(
    { length: newest - oldest + 1 },
    (_, index) => ({ id: String(newest - index) }) as BackupOutcomeFragment,
  );
  const pageInfo = { hasNextPage: !isEnd, endCursor: `after ${oldest}` };
  const answer = { instance: { id: 'i', clusterBackups: { nodes, pageInfo } } } as BackupPageQuery;
  return { type: 'answer', page: answer, failure: undefined };
}

function idsOf({ backups }: BackupPagesState): number[] {
  return backups.map(({ id }) => Number(id));
}
