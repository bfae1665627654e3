import { createClient } from 'graphql-sse';
import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime';

/** Asks `/graphql` of the origin that the page comes from. */
export function createEnvironment(token: string): Environment {
  const headers = { authorization: `Bearer ${token}` };
  const events = createClient({ url: `${location.origin}/graphql`, headers });
  return new Environment({
    network: Network.create(
      async ({ text: query }, variables) => {
        const response = await fetch('/graphql', {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body: JSON.stringify({ query, variables }),
        });
        return response.json();
      },
      ({ text, name }, variables) =>
        Observable.create((sink) =>
          events.subscribe(
            { query: text ?? '', operationName: name, variables },
            // Relay knows of results with data, and of errors.
            {
              next: (result) => {
                if (result.data) sink.next(result as { data: Record<string, unknown> });
                else sink.error(new Error(result.errors?.map(({ message }) => message).join('; ')));
              },
              error: (error) => sink.error(error instanceof Error ? error : new Error(String(error))),
              complete: () => sink.complete(),
            },
          ),
        ),
    ),
    store: new Store(new RecordSource()),
  });
}
