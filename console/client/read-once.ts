import type { AnyVariables, Client, OperationResult, TypedDocumentNode } from '@urql/core';
import { pipe, subscribe } from 'wonka';
import { FRESH } from './gateway-client.ts';

/** One answer; none, ever, once the signal is aborted: that also ends the request. */
export function readOnce<Data, Variables extends AnyVariables>(
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
