import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { failuresOf, type PlacedFailure } from '../failure/failure.ts';
import { stalenessOf } from '../failure/staleness.ts';
import { FRESH } from './gateway-client.ts';

/** One read of the gateway, as a view needs it. */
export interface Read<Data> {
  data: Data | undefined;
  failures: readonly PlacedFailure[];
  reading: boolean;
  /** Age of what is shown, in seconds, when the gateway served a copy because the upstream does not answer. */
  staleSeconds: number | undefined;
  /** While the quota is used up: when it is asked again, epoch milliseconds. */
  waitingUntil: number | undefined;
  /** Reads again, past the gateway's cache. */
  readAgain: () => void;
}

/** Reads a document; again by itself after the time that the gateway asks for when the quota is used up. */
export function useRead<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false } = {},
): Read<Data> {
  const [result, execute] = useQuery<Data, AnyVariables>({ query, variables, pause, requestPolicy: 'network-only' });
  const failures = useMemo(() => failuresOf(result.error), [result.error]);
  const waitingUntil = useRetryAfterQuota(result.error, failures, execute);
  const readAgain = useCallback(() => execute(FRESH), [execute]);
  return {
    data: result.data ?? undefined,
    failures,
    reading: result.fetching,
    staleSeconds: stalenessOf(result.extensions),
    waitingUntil,
    readAgain,
  };
}

function useRetryAfterQuota(
  error: CombinedError | undefined,
  failures: readonly PlacedFailure[],
  execute: () => void,
): number | undefined {
  const [waitingUntil, setWaitingUntil] = useState<number>();
  useEffect(() => {
    const seconds = failures.flatMap(({ failure }) => (failure.kind === 'quota' ? failure.retryAfterSeconds : []));
    if (error === undefined || seconds.length === 0) return setWaitingUntil(undefined);
    const wait = Math.max(...seconds) * 1000;
    setWaitingUntil(Date.now() + wait);
    const timer = setTimeout(execute, wait);
    return () => clearTimeout(timer);
  }, [error, failures, execute]);
  return waitingUntil;
}
