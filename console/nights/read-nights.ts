import type { Client } from '@urql/core';
import { readOnce } from '../client/read-once.ts';
import { failuresOf } from '../failure/failure.ts';
import { stalenessOf } from '../failure/staleness.ts';
import { startOfLookBack } from '../formatting/moments.ts';
import { NightsDocument, type NightsQueryVariables } from '../generated/graphql.ts';
import { STRIP_DAYS } from './nights.ts';
import type { NightsReaderOptions } from './nights-reader.ts';

/** Reads the backups that strips show. */
export function readNights(client: Client): NightsReaderOptions['read'] {
  return async (ids, { signal, fresh }) => {
    const variables: NightsQueryVariables = { ids: [...ids], startTime: startOfLookBack(STRIP_DAYS, Date.now()) };
    const { data, error, extensions } = await readOnce(client, NightsDocument, variables, signal, fresh);
    const instances = (data?.nodes ?? []).map((node) => {
      const connection = node && 'clusterBackups' in node ? node.clusterBackups : undefined;
      return connection ? { backups: connection.nodes, complete: !connection.pageInfo.hasNextPage } : undefined;
    });
    return { instances, failures: failuresOf(error), staleSeconds: stalenessOf(extensions) };
  };
}
