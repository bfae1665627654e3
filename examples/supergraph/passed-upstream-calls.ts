import type { GatewayContext, GatewayPlugin } from '@graphql-hive/gateway-runtime';

/** What an operation cost upstream: at most, really, and how many answers came from the cache. */
interface UpstreamCalls {
  estimated: number;
  made: number;
  cached: number;
}

/**
 * Puts `extensions.upstreamCalls` of the subgraphs into the router's own answer, summed up: routers drop the extensions of subgraphs unless
 * they are told otherwise.
 */
export function usePassedUpstreamCalls(): GatewayPlugin {
  const sums = new WeakMap<object, UpstreamCalls>();
  return {
    onSubgraphExecute({ executionRequest }) {
      const { context } = executionRequest;
      if (!context) return undefined;
      return ({ result }) => {
        const calls =
          'extensions' in result ? (result.extensions?.upstreamCalls as UpstreamCalls | undefined) : undefined;
        if (calls === undefined) return;
        const sum = sums.get(context) ?? { estimated: 0, made: 0, cached: 0 };
        for (const name of ['estimated', 'made', 'cached'] as const) sum[name] += calls[name];
        sums.set(context, sum);
      };
    },
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        const upstreamCalls = sums.get(args.contextValue as GatewayContext);
        if (upstreamCalls === undefined || Symbol.asyncIterator in result) return;
        setResult({ ...result, extensions: { ...result.extensions, upstreamCalls } });
      },
    }),
  };
}
