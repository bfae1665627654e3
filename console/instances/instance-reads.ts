import type { AnyVariables, Client, OperationResult, TypedDocumentNode } from '@urql/core';
import { pipe, subscribe } from 'wonka';
import { FRESH } from '../client/gateway-client.ts';
import { failuresOf } from '../failure/failure.ts';
import { stalenessOf } from '../failure/staleness.ts';
import { startOfLookBack } from '../formatting/moments.ts';
import {
  type InstanceFilter,
  InstancesDocument,
  type InstancesQueryVariables,
  NightsDocument,
  type NightsQueryVariables,
} from '../generated/graphql.ts';
import type { NightsReaderOptions } from '../nights/nights-reader.ts';
import type { InstanceListOptions } from './instance-list.ts';

/** How many days a strip shows. */
export const STRIP_DAYS = 30;

const PAGE_SIZE = 100;

/** Reads pages of the instances of a region. */
export function instancePages(
  client: Client,
  where: { regionId: string; accountId?: string | undefined; filter: InstanceFilter },
): InstanceListOptions['readPage'] {
  return async (after, { signal, fresh }) => {
    const variables: InstancesQueryVariables = { ...where, first: PAGE_SIZE, after };
    const { data, error, extensions } = await once(client, InstancesDocument, variables, signal, fresh);
    const instances = data?.instances;
    return {
      rows: instances?.nodes ?? [],
      totalCount: instances?.totalCount ?? null,
      endCursor: instances?.pageInfo.endCursor ?? null,
      hasNextPage: instances?.pageInfo.hasNextPage ?? false,
      failures: failuresOf(error),
      staleSeconds: stalenessOf(extensions),
    };
  };
}

/** Reads the backups that strips show. */
export function nightsOfInstances(client: Client): NightsReaderOptions['read'] {
  return async (ids, { signal, fresh }) => {
    const variables: NightsQueryVariables = { ids: [...ids], startTime: startOfLookBack(STRIP_DAYS, Date.now()) };
    const { data, error, extensions } = await once(client, NightsDocument, variables, signal, fresh);
    const instances = (data?.nodes ?? []).map((node) => {
      const connection = node && 'clusterBackups' in node ? node.clusterBackups : undefined;
      return connection ? { backups: connection.nodes, complete: !connection.pageInfo.hasNextPage } : undefined;
    });
    return { instances, failures: failuresOf(error), staleSeconds: stalenessOf(extensions) };
  };
}

/** One answer; none, ever, once the signal is aborted: that also ends the request. */
function once<Data, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
  fresh: boolean,
): Promise<OperationResult<Data, Variables>> {
  return new Promise((resolve) => {
    const source = client.query(document, variables, { ...(fresh ? FRESH : {}), requestPolicy: 'network-only' });
    const { unsubscribe } = pipe(source, subscribe(resolve));
    signal.addEventListener('abort', unsubscribe, { once: true });
  });
}
