import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode, print } from 'graphql';
import { createClient } from 'graphql-sse';

declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface Query {
        errorPolicy: 'all';
      }
      interface WatchQuery {
        errorPolicy: 'all';
      }
    }
  }
}

/** What Apollo's cache has to know of the schema. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: { Node: ['Instance', 'ClusterBackup', 'ShardBackup'] },
    typePolicies: {
      // Everything with a global `id` is kept by it already. There is one viewer, and a tag is part of its instance.
      Viewer: { keyFields: [] },
      Region: { keyFields: ['regionId'] },
      Tag: { keyFields: false },
      // Pages grow into one list for each set of the other arguments.
      Query: { fields: { instances: relayStylePagination(['accountId', 'regionId', 'filter']) } },
      Instance: { fields: { clusterBackups: relayStylePagination(['startTime', 'endTime', 'filter']) } },
      ClusterBackup: { fields: { shardBackups: relayStylePagination() } },
    },
  });
}

/** A client whose queries go over HTTP, and its subscriptions as server-sent events. */
export function createApolloClient({ url, token }: { url: string; token: string }): ApolloClient {
  const headers = { authorization: `Bearer ${token}` };
  const http = new HttpLink({ uri: url, headers });
  return new ApolloClient({
    cache: createCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      createEventsLink(url, headers),
      http,
    ),
    defaultOptions: {
      // A field that fails is null and has its error: by default Apollo would throw the rest away with it.
      query: { errorPolicy: 'all' },
      watchQuery: { errorPolicy: 'all' },
    },
  });
}

function createEventsLink(url: string, headers: Record<string, string>): ApolloLink {
  const events = createClient({ url, headers });
  return new ApolloLink(
    ({ query, variables, operationName = '' }) =>
      new Observable((observer) =>
        events.subscribe(
          { query: print(query), variables, operationName },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
}
