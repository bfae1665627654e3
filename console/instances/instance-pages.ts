import type { Client } from '@urql/core';
import { readOnce } from '../client/read-once.ts';
import { failuresOf } from '../failure/failure.ts';
import { stalenessOf } from '../failure/staleness.ts';
import { type InstanceFilter, InstancesDocument, type InstancesQueryVariables } from '../generated/graphql.ts';
import type { InstanceListOptions } from './instance-list.ts';

const PAGE_SIZE = 100;

/** Reads pages of the instances of a region. */
export function instancePages(
  client: Client,
  where: { regionId: string; accountId?: string | undefined; filter: InstanceFilter },
): InstanceListOptions['readPage'] {
  return async (after, { signal, fresh }) => {
    const variables: InstancesQueryVariables = { ...where, first: PAGE_SIZE, after };
    const { data, error, extensions } = await readOnce(client, InstancesDocument, variables, signal, fresh);
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
