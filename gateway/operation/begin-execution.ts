import type { ExecutionResult, GraphQLError } from 'graphql';
import { AnswerBudget } from '../../execution/answer-budget.ts';
import type { Execute } from '../../execution/executor.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { CallBudget, withinBudget } from '../../resolvers/call-budget.ts';
import { createLoaders, type LoaderParts } from '../../resolvers/loaders.ts';
import type { BackupProgress } from '../../resolvers/progress/backup-progress.ts';
import type { Context } from '../../schema/context.ts';
import type { RKVStore } from '../../upstream/rkvstore.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Policies } from '../configuration/policies.ts';
import type { AuditLog } from '../observability/audit-log.ts';
import type { Logger } from '../observability/logger.ts';
import type { DecodedRequest } from './decoded-request.ts';
import { OperationAudit } from './operation-audit.ts';
import type { Prepared } from './preparation.ts';
import { answerTooLarge, fieldError } from './request-errors.ts';
import { failed, upstreamCallsFor, withExtensions } from './results.ts';

/** One execution of an operation: its only one, or the one for an event of a subscription. */
export interface Execution {
  readonly context: Context;
  /** @param event The root value, for a subscription. */
  execute(event?: unknown): ExecutionResult | Promise<ExecutionResult>;
  /** Turns its result into what the client gets: errors masked, extensions added. */
  finish(result: ExecutionResult): ExecutionResult;
  /** To be called once, whatever became of it. */
  end(): void;
}

export interface ExecutionParts {
  configuration: Pick<Configuration, 'introspection' | 'limits' | 'maxUpstreamCalls' | 'requestTimeoutMs'>;
  execute: Execute;
  policies: Policies;
  store: RKVStore;
  progress: BackupProgress;
  auditLog: AuditLog;
  logger: Logger;
  /** What the loaders of all operations share. */
  loaders: LoaderParts;
}

/**
 * Begins an execution with permissions, loaders and a time of its own.
 *
 * @param began Epoch milliseconds: the time of every decision, and the start of what `REQUEST_TIMEOUT_MS` allows.
 */
export function beginExecution(
  parts: ExecutionParts,
  request: DecodedRequest,
  { document, operation, variables, estimated }: Prepared,
  principal: Principal,
  began: number,
): Execution {
  const { requestId, parameters, report } = request;
  const audit = new OperationAudit(parts.auditLog, requestId, principal.subject ?? undefined);
  const stale = new Map<string, StaleNote>();
  const calls = new CallBudget(estimated, parts.configuration.maxUpstreamCalls);
  const context = createContext(parts, request, principal, { audit, stale, calls }, began);
  const budget = new AnswerBudget(parts.configuration.limits.answer);
  const unexpected = (error: Error) => parts.logger.error({ requestId, err: error }, 'unexpected error');
  const masked = (error: GraphQLError) => fieldError(error, unexpected);
  const given = parameters.variables ?? {};
  return {
    context,
    execute: (root) => parts.execute({ document, operation, given, variables, context, root, budget }),
    finish(result) {
      report.estimated = Math.max(report.estimated, calls.estimated);
      const costs = upstreamCallsFor(request);
      if (budget.exceeded !== undefined) return withExtensions(failed(answerTooLarge(budget.exceeded)), costs);
      const { errors } = result;
      const whole = errors === undefined ? result : { ...result, errors: errors.map(masked) };
      return withExtensions(whole, stale.size === 0 ? undefined : { stale: [...stale.values()] }, costs);
    },
    end: () => audit.close(),
  };
}

/** A place of the answer that holds cached data which could not be read anew. */
interface StaleNote {
  path: readonly (string | number)[];
  ageSeconds: number;
}

function createContext(
  { configuration, policies, store, progress, loaders }: ExecutionParts,
  { signal, readThrough, report }: DecodedRequest,
  principal: Principal,
  { audit, stale, calls }: { audit: OperationAudit; stale: Map<string, StaleNote>; calls: CallBudget },
  began: number,
): Context {
  const options = {
    signal,
    deadline: began + configuration.requestTimeoutMs,
    // Clients of event streams send `no-cache` by convention, for a stream whose events read again and again.
    readThrough: readThrough && report.operationType !== 'subscription',
    meter: report.meter,
  };
  return {
    principal,
    permissions: createRequestPermissions(policies.current().forPrincipal(principal), principal, { now: () => began }),
    loaders: createLoaders(withinBudget(store, calls), options, began, loaders),
    progress,
    store,
    introspection: configuration.introspection,
    now: began,
    audit: (entry) => audit.note(entry),
    noteStale: (path, ageSeconds) => stale.set(path.join('.'), { path, ageSeconds }),
  };
}
