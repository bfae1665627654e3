import type { ExecutionResult } from 'graphql';
import { AnswerBudget } from '../../execution/answer-budget.ts';
import type { Execute } from '../../execution/executor.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { CallBudget, withinBudget } from '../../resolvers/call-budget.ts';
import type { OperationReadOptions } from '../../resolvers/cluster-backups/page-source.ts';
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

/** A place of the answer that holds cached data which could not be read anew. */
interface StaleNote {
  path: readonly (string | number)[];
  ageSeconds: number;
}

/** One execution of an operation, its only one or the one for an event of a subscription, with permissions, loaders and a time of its own. */
export class Execution {
  readonly context: Context;
  readonly #parts: ExecutionParts;
  readonly #request: DecodedRequest;
  readonly #prepared: Prepared;
  readonly #audit: OperationAudit;
  readonly #calls: CallBudget;
  readonly #budget: AnswerBudget;
  /** By path; absent until there is one. */
  #stale: Map<string, StaleNote> | undefined;

  constructor(parts: ExecutionParts, request: DecodedRequest, prepared: Prepared, principal: Principal, began: number) {
    const { configuration, policies, store, progress, loaders } = parts;
    this.#parts = parts;
    this.#request = request;
    this.#prepared = prepared;
    this.#audit = new OperationAudit(parts.auditLog, request.requestId, principal.subject ?? undefined);
    this.#calls = new CallBudget(prepared.estimated, configuration.maxUpstreamCalls);
    this.#budget = new AnswerBudget(configuration.limits.answer);
    this.context = {
      principal,
      permissions: createRequestPermissions(policies.current().forPrincipal(principal), principal, {
        now: () => began,
      }),
      loaders: createLoaders(withinBudget(store, this.#calls), this.#readOptions(began), began, loaders),
      progress,
      store,
      introspection: configuration.introspection,
      now: began,
      audit: (entry) => this.#audit.note(entry),
      noteStale: (path, ageSeconds) => {
        this.#stale ??= new Map();
        this.#stale.set(path.join('.'), { path, ageSeconds });
      },
    };
  }

  /** @param root The event, for a subscription. */
  execute(root?: unknown): ExecutionResult | Promise<ExecutionResult> {
    const { document, operation, variables } = this.#prepared;
    const given = this.#request.parameters.variables ?? {};
    const { context } = this;
    return this.#parts.execute({ document, operation, given, variables, context, root, budget: this.#budget });
  }

  /** Turns its result into what the client gets: errors masked, extensions added. */
  finish(result: ExecutionResult): ExecutionResult {
    const { report } = this.#request;
    report.estimated = Math.max(report.estimated, this.#calls.estimated);
    const costs = upstreamCallsFor(this.#request);
    const { exceeded } = this.#budget;
    if (exceeded !== undefined) return withExtensions(failed(answerTooLarge(exceeded)), costs);
    const stale = this.#stale === undefined ? undefined : { stale: [...this.#stale.values()] };
    return withExtensions(this.#masked(result), stale, costs);
  }

  /** To be called once, whatever became of it. */
  end(): void {
    this.#audit.close();
  }

  #masked(result: ExecutionResult): ExecutionResult {
    const { errors } = result;
    if (errors === undefined) return result;
    const { requestId } = this.#request;
    const unexpected = (error: Error) => this.#parts.logger.error({ requestId, err: error }, 'unexpected error');
    return { ...result, errors: errors.map((error) => fieldError(error, unexpected)) };
  }

  #readOptions(began: number): OperationReadOptions {
    const request = this.#request;
    return {
      signal: request.signal,
      deadline: began + this.#parts.configuration.requestTimeoutMs,
      // Clients of event streams send `no-cache` by convention, for a stream whose events read again and again.
      readThrough: request.readThrough && request.report.operationType !== 'subscription',
      meter: request.report.meter,
    };
  }
}
