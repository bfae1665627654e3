import type { Client } from '@urql/core';
import { useCallback, useEffect, useReducer } from 'react';
import { useClient } from 'urql';
import { pipe, subscribe } from 'wonka';
import { FRESH } from '../client/gateway-client.ts';
import { type Failure, failureAt, failuresOf } from '../failure/failure.ts';
import {
  type BackupOutcomeFragment,
  BackupPageDocument,
  type BackupPageQuery,
  type BackupPageQueryVariables,
} from '../generated/graphql.ts';
import { afterStep, type BackupPagesState, type BackupPagesStep, BEGINNING } from './backup-pages-state.ts';

/** The backups of a window, as far as they have been read. */
export interface BackupPages {
  backups: readonly BackupOutcomeFragment[];
  /** Whether the last one has been read. */
  isEnd: boolean;
  reading: boolean;
  failure: Failure | undefined;
  /** Epoch milliseconds, while waiting for quota. */
  waitingUntil: number | undefined;
  readMore: () => void;
  /** Begins again from the newest, past the gateway's cache. */
  readAgain: () => void;
}

const PAGE_SIZE = 30;

type Where = Omit<BackupPageQueryVariables, 'first' | 'after'>;

/** Reads the backups of a window page by page, newest first. `where` must be the same object for the same window. */
export function useBackupPages(where: Where): BackupPages {
  const client = useClient();
  const [state, dispatch] = useReducer(
    (before: BackupPagesState, step: BackupPagesStep) => afterStep(before, step),
    BEGINNING,
  );
  const { request, waitingUntil } = state;

  useEffect(() => {
    if (request === undefined) return;
    return readPage(client, { ...where, first: PAGE_SIZE, after: request.after }, request.fresh, (page, failure) =>
      dispatch({ type: 'answer', page, failure }),
    );
  }, [client, where, request]);

  useEffect(() => {
    if (waitingUntil === undefined) return;
    const timer = setTimeout(() => dispatch({ type: 'more' }), Math.max(0, waitingUntil - Date.now()));
    return () => clearTimeout(timer);
  }, [waitingUntil]);

  return {
    ...state,
    reading: request !== undefined,
    readMore: useCallback(() => dispatch({ type: 'more' }), []),
    readAgain: useCallback(() => dispatch({ type: 'again' }), []),
  };
}

function readPage(
  client: Client,
  variables: BackupPageQueryVariables,
  fresh: boolean,
  onAnswer: (page: BackupPageQuery | undefined, failure: Failure | undefined) => void,
): () => void {
  const context = { requestPolicy: 'network-only', ...(fresh ? FRESH : {}) } as const;
  const { unsubscribe } = pipe(
    client.query(BackupPageDocument, variables, context),
    subscribe(({ data, error }) => onAnswer(data, failureAt(failuresOf(error), 'instance', 'clusterBackups'))),
  );
  return unsubscribe;
}
