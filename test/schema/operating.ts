import { type ExecutionResult, getOperationAST, graphql, parse } from 'graphql';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { CallBudget, withinBudget } from '../../resolvers/call-budget.ts';
import { createLoaders } from '../../resolvers/loaders.ts';
import type { Context } from '../../schema/context.ts';
import { costOf } from '../../schema/cost.ts';
import { createSchema } from '../../schema/index.ts';
import type { ListedUpstream } from '../resolvers/listed-upstream.ts';

const schema = createSchema();

export const ALICE: Principal = {
  subject: 'alice',
  groups: [],
  sourceIp: '127.0.0.1',
  secureTransport: true,
  mfaPresent: false,
};

/** A statement of a policy, as its document has it. */
export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string;
  Resource: string;
  Condition?: unknown;
}

export const EVERYTHING: Statement = { Effect: 'Allow', Action: 'kvstore:*', Resource: '*' };

/** A statement that denies these fields, whatever else is allowed. */
export function denied(...fields: string[]): Statement {
  return {
    Effect: 'Deny',
    Action: 'kvstore:*',
    Resource: '*',
    Condition: { StringEquals: { 'gateway:Field': fields } },
  };
}

/** What came of an operation. */
export interface Operated {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  data: any;
  errors: ExecutionResult['errors'];
  /** Upstream calls that it made: nothing is remembered in between. */
  calls: number;
  /** Upstream calls that it was expected to make at the most, before it ran and once it had. */
  estimated: number;
  raised: number;
  stale: { path: string; ageSeconds: number }[];
}

/** Runs an operation over an upstream without a gateway around it; `limit`: upstream calls that it may make. */
export async function operate(
  upstream: ListedUpstream,
  source: string,
  statements: readonly Statement[] = [EVERYTHING],
  limit = Number.POSITIVE_INFINITY,
): Promise<Operated> {
  const { store, now } = upstream;
  const { policies } = parsePolicyFile(
    JSON.stringify({
      policies: { his: { Version: '1', Statement: statements } },
      attachments: [{ subject: 'alice', policies: ['his'] }],
    }),
  );
  const options = {
    signal: new AbortController().signal,
    deadline: now + 8_000,
    readThrough: false,
    meter: { made: 0, cached: 0 },
  };
  const estimated = estimateOf(source);
  const budget = new CallBudget(estimated, limit);
  const stale: Operated['stale'] = [];
  const contextValue: Context = {
    principal: ALICE,
    permissions: createRequestPermissions(policies.forPrincipal(ALICE), ALICE),
    loaders: createLoaders(withinBudget(store, budget), options, now),
    progress: {} as Context['progress'],
    store,
    introspection: false,
    now,
    audit: () => {},
    noteStale: (path, ageSeconds) => stale.push({ path: path.join('.'), ageSeconds }),
  };
  const calls = () => upstream.calls.length + upstream.instanceCalls.length;
  const before = calls();
  const { data, errors } = await graphql({ schema, source, contextValue });
  return { data, errors, calls: calls() - before, estimated, raised: budget.estimated, stale };
}

/** The cost of an operation without variables. */
export function estimateOf(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('no operation');
  const fragments = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition]] : [],
    ),
  );
  return costOf({ schema, operation, fragments, variables });
}
