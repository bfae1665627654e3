import type { ExecutionResult, GraphQLError } from 'graphql';
import type { DecodedRequest } from './decoded-request.ts';

/** A result without data: the whole request failed. */
export function failed(error: GraphQLError): ExecutionResult {
  return { errors: [error] };
}

/** The result with these extensions beside its own; undefined ones are left out. */
export function withExtensions(
  result: ExecutionResult,
  ...more: (Record<string, unknown> | undefined)[]
): ExecutionResult {
  const extensions = Object.assign({}, result.extensions, ...more);
  return Object.keys(extensions).length === 0 ? result : { ...result, extensions };
}

/** What the operation has cost by now, for a client that sent `X-Upstream-Calls: 1`. */
export function upstreamCallsFor({
  wantsUpstreamCalls,
  report,
}: DecodedRequest): { upstreamCalls: object } | undefined {
  return wantsUpstreamCalls ? { upstreamCalls: { estimated: report.estimated, ...report.meter } } : undefined;
}
