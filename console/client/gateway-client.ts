import {
  type Client,
  type CombinedError,
  createClient,
  type Exchange,
  fetchExchange,
  mapExchange,
  type Operation,
  type OperationContext,
  subscriptionExchange,
} from '@urql/core';
import { createClient as createSseClient, type RequestParams } from 'graphql-sse';
import { filter, makeSubject, merge, pipe, tap } from 'wonka';

export interface GatewayClientOptions {
  token: string;
  /** The gateway does not accept the token, or no longer. */
  onRefused: () => void;
  /** What an answer cost, in calls to the upstream. */
  onUpstreamCalls: (calls: { made: number; cached: number }) => void;
}

/** Marks a read that must not be answered from the gateway's cache. */
export const FRESH: Partial<OperationContext> = { fresh: true };

const ENDPOINT = './graphql';

/** The way to the gateway for one principal. Keeps no answers: the gateway does, and checks permissions on every read. */
export function createGatewayClient({ token, onRefused, onUpstreamCalls }: GatewayClientOptions): Client {
  const authorization = `Bearer ${token}`;
  const sse = createSseClient({
    url: ENDPOINT,
    headers: { authorization },
    // Whoever subscribes decides when to try again.
    retryAttempts: 0,
  });
  return createClient({
    url: ENDPOINT,
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onOperation: (operation) => withHeaders(operation, authorization),
        onResult({ error, extensions }) {
          if (isRefusal(error)) onRefused();
          const calls = extensions?.upstreamCalls as { made?: number; cached?: number } | undefined;
          if (calls !== undefined) onUpstreamCalls({ made: calls.made ?? 0, cached: calls.cached ?? 0 });
        },
      }),
      persistedDocumentsExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: sse.subscribe(request as RequestParams, {
              next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
              error: (error) => sink.error(error as Error),
              complete: sink.complete,
            }),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}

/**
 * A gateway may run persisted documents only. The console cannot know, so it sends the text, and after the first refusal
 * the hash, from then on.
 */
const persistedDocumentsExchange: Exchange = ({ forward }) => {
  let onlyPersisted = false;
  const again = makeSubject<Operation>();
  return (operations) =>
    pipe(
      merge([operations, again.source]),
      tap((operation) => {
        if (onlyPersisted && operation.kind !== 'teardown') sendHash(operation);
      }),
      forward,
      filter((result) => {
        const isMiss = result.error?.graphQLErrors.some(
          ({ extensions }) => extensions?.code === 'PERSISTED_QUERY_NOT_FOUND',
        );
        if (!isMiss || result.operation.extensions?.persistedQuery || hashOf(result.operation) === undefined)
          return true;
        onlyPersisted = true;
        sendHash(result.operation);
        queueMicrotask(() => again.next(result.operation));
        return false;
      }),
    );
};

function sendHash(operation: Operation): void {
  const sha256Hash = hashOf(operation);
  if (sha256Hash === undefined) return;
  operation.extensions = { ...operation.extensions, persistedQuery: { version: 1, sha256Hash } };
}

/** Codegen leaves the hash in the document. */
function hashOf({ query }: Operation): string | undefined {
  const { __meta__: meta } = query as { __meta__?: { hash?: string } };
  return meta?.hash?.replace(/^sha256:/, '');
}

function withHeaders(operation: Operation, authorization: string): Operation {
  const headers: Record<string, string> = { authorization, 'x-upstream-calls': '1' };
  if (operation.context.fresh === true) headers['cache-control'] = 'no-cache';
  return { ...operation, context: { ...operation.context, fetchOptions: { headers } } };
}

function isRefusal(error: CombinedError | undefined): boolean {
  if (error === undefined) return false;
  const status: unknown = error.response?.status;
  return status === 401 || error.graphQLErrors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
}
