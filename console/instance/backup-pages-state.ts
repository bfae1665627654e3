import type { Failure } from '../failure/failure.ts';
import type { BackupOutcomeFragment, BackupPageQuery } from '../generated/graphql.ts';

/** How far the backups of a window have been read. */
export interface BackupPagesState {
  backups: readonly BackupOutcomeFragment[];
  cursor: string | null;
  isEnd: boolean;
  failure: Failure | undefined;
  waitingUntil: number | undefined;
  /** The page that is being read; undefined between pages. */
  request: { after: string | null; fresh: boolean } | undefined;
}

/** What can happen to it: more is wanted, it is wanted anew, a page has come or has not. */
export type BackupPagesStep =
  | { type: 'more' }
  | { type: 'again' }
  | { type: 'answer'; page: BackupPageQuery | undefined; failure: Failure | undefined };

export const BEGINNING: BackupPagesState = {
  backups: [],
  cursor: null,
  isEnd: false,
  failure: undefined,
  waitingUntil: undefined,
  request: { after: null, fresh: false },
};

/** The state after a step. `now` is in epoch milliseconds. */
export function afterStep(
  state: BackupPagesState,
  step: BackupPagesStep,
  now: () => number = Date.now,
): BackupPagesState {
  switch (step.type) {
    case 'more':
      if (state.isEnd || state.request !== undefined) return state;
      return { ...state, failure: undefined, waitingUntil: undefined, request: { after: state.cursor, fresh: false } };
    case 'again':
      return { ...state, failure: undefined, waitingUntil: undefined, request: { after: null, fresh: true } };
    case 'answer': {
      const connection = step.page?.instance?.clusterBackups;
      if (connection == null) {
        const { failure } = step;
        const waitingUntil = failure?.kind === 'quota' ? now() + failure.retryAfterSeconds * 1000 : undefined;
        return { ...state, failure: failure ?? { kind: 'missing' }, waitingUntil, request: undefined };
      }
      const { nodes } = connection;
      if (state.request?.after === null) {
        // Read again from the start: what follows the first page stands where the two meet.
        const lastId = nodes.at(-1)?.id;
        const meeting = state.backups.findIndex(({ id }) => id === lastId);
        if (meeting >= 0 && meeting < state.backups.length - 1) {
          const backups = [...nodes, ...state.backups.slice(meeting + 1)];
          return { ...state, backups, failure: undefined, request: undefined };
        }
      }
      return {
        ...state,
        backups: state.request?.after === null ? nodes : [...state.backups, ...nodes],
        cursor: connection.pageInfo.endCursor,
        isEnd: !connection.pageInfo.hasNextPage,
        failure: undefined,
        request: undefined,
      };
    }
  }
}
