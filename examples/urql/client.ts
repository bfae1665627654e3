import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient, type Sink } from 'graphql-sse';

/** An urql client whose subscriptions are server-sent events: one connection for each, as long as it is watched. */
export function createUrqlClient({ url, token }: { url: string; token: string }): Client {
  const headers = { authorization: `Bearer ${token}` };
  const events = createClient({ url, headers });
  return new Client({
    url,
    fetchOptions: { headers },
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: (sink) => ({
            unsubscribe: events.subscribe({ query, variables }, sink as Sink),
          }),
        }),
      }),
    ],
  });
}
