import type { ExecutionResult, GraphQLError } from 'graphql';
import { AnswerBudget } from '../../execution/answer-budget.ts';
import type { Execute } from '../../execution/executor.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { createLoaders, type RunBatch } from '../../resolvers/loaders.ts';
import type { BackupProgress } from '../../resolvers/progress/backup-progress.ts';
import type { Context } from '../../schema/context.ts';
import type { CallMeter, RKVStore } from '../../upstream/rkvstore.ts';
import type { Authenticator } from '../authentication/authentication.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Policies } from '../configuration/policies.ts';
import { type Connection, clientAddress } from '../http/client-address.ts';
import type { TraceParent } from '../http/trace-parent.ts';
import type { AuditLog } from '../observability/audit-log.ts';
import type { Logger } from '../observability/logger.ts';
import type { OpenSubscriptions } from './open-subscriptions.ts';
import { OperationAudit } from './operation-audit.ts';
import type { OperationParameters } from './persisted-documents.ts';
import { createPreparation, type PreparationParts } from './preparation.ts';
import {
  answerTooLarge,
  documentLimitExceeded,
  eventsNotAccepted,
  fieldError,
  internalError,
  notAuthenticated,
  operationTooCostly,
  tooManyRequests,
} from './request-errors.ts';
import type { RequestRate } from './request-rate.ts';
import { noteResult, type RequestReport } from './request-report.ts';
import { type Execution, runSubscription } from './subscription.ts';

/** A request once it is decoded, however it came. */
export interface DecodedRequest {
  parameters: OperationParameters;
  /** Whether it came by GET, which must not change anything. */
  byGet: boolean;
  /** Several `Authorization` headers are joined by commas. */
  authorization: string | undefined;
  connection: Connection;
  requestId: string;
  /** Where the caller's trace stands; undefined without one. */
  traceParent: TraceParent | undefined;
  /** Whether `Cache-Control: no-cache` was sent. */
  readThrough: boolean;
  /** Whether `X-Upstream-Calls: 1` was sent. */
  wantsUpstreamCalls: boolean;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  /** Whether the client takes an event stream. */
  takesEvents: boolean;
  /** Filled in on the way. */
  report: RequestReport;
}

export type OperationResult = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Everything between a decoded request and its result: who asks, what may run, what it costs, and the running of it. */
export type RunOperation = (request: DecodedRequest) => Promise<OperationResult>;

export interface OperationParts extends PreparationParts {
  configuration: Pick<
    Configuration,
    'introspection' | 'limits' | 'maxUpstreamCalls' | 'requestTimeoutMs' | 'trustProxy'
  >;
  execute: Execute;
  authenticator: Authenticator;
  policies: Policies;
  /** Absent: requests are not counted. */
  requestRate: RequestRate | undefined;
  store: RKVStore;
  progress: BackupProgress;
  subscriptions: OpenSubscriptions;
  auditLog: AuditLog;
  logger: Logger;
  /** Runs the batches of loaders. */
  runBatch?: RunBatch | undefined;
  now?: () => number;
}

export function createRunOperation(parts: OperationParts): RunOperation {
  const run = createUnreportedRun(parts);
  return async (request) => {
    const note = (result: ExecutionResult) => {
      noteResult(request.report, result);
      return result;
    };
    const result = await run(request).catch((error: unknown) => {
      parts.logger.error({ requestId: request.requestId, err: error }, 'unexpected error');
      return failed(internalError());
    });
    return Symbol.asyncIterator in result ? mapped(result, note) : note(result);
  };
}

function createUnreportedRun(parts: OperationParts): RunOperation {
  const { configuration, schema, execute, authenticator, logger, now = Date.now } = parts;
  const prepare = createPreparation(parts);

  return async (request) => {
    const { report } = request;
    const authenticating = authenticator.authenticate(request.authorization);
    const authenticated = authenticating instanceof Promise ? await authenticating : authenticating;
    if (authenticated.kind === 'refused') {
      return failed(notAuthenticated(authenticated.reason, authenticated.wwwAuthenticate));
    }
    const token = authenticated.kind === 'authenticated' ? authenticated.principal : undefined;
    report.subject = token?.subject;
    const { address, secure } = clientAddress(request.connection, configuration.trustProxy);
    const exceededRate = await parts.requestRate?.take(token?.subject ?? null, address);
    if (exceededRate !== undefined) return failed(tooManyRequests(exceededRate));
    const prepared = prepare(request);
    if ('errors' in prepared) return { errors: prepared.errors };
    const { document, operation, variables, estimated } = prepared;

    const { meter } = report;
    const costs = () => (request.wantsUpstreamCalls ? { upstreamCalls: { estimated, ...meter } } : undefined);
    if (estimated > configuration.maxUpstreamCalls) {
      return withExtensions(failed(operationTooCostly(estimated, configuration.maxUpstreamCalls)), costs());
    }

    const principal: Principal = {
      subject: token?.subject ?? null,
      groups: token?.groups ?? [],
      sourceIp: address,
      secureTransport: secure,
      mfaPresent: token?.mfaPresent ?? false,
    };
    const unexpected = (error: Error) => logger.error({ requestId: request.requestId, err: error }, 'unexpected error');
    const given = request.parameters.variables ?? {};
    const begin = (): Execution => {
      const audit = new OperationAudit(parts.auditLog, request.requestId, principal.subject ?? undefined);
      const stale = new Map<string, StaleNote>();
      const context = createContext(parts, request, principal, { audit, stale, meter, began: now() });
      const budget = new AnswerBudget(configuration.limits.answer);
      const finish = (result: ExecutionResult): ExecutionResult => {
        const { exceeded } = budget;
        if (exceeded !== undefined) return withExtensions(failed(answerTooLarge(exceeded)), costs());
        const masked =
          result.errors === undefined
            ? result
            : { ...result, errors: result.errors.map((error) => fieldError(error, unexpected)) };
        return withExtensions(masked, stale.size === 0 ? undefined : { stale: [...stale.values()] }, costs());
      };
      return {
        context,
        execute: (root) => execute({ document, operation, given, variables, context, root, budget }),
        finish,
        end: () => audit.close(),
      };
    };

    if (operation.operation === 'subscription') {
      if (!request.takesEvents) return failed(eventsNotAccepted());
      const place = parts.subscriptions.take(principal.subject ?? '');
      if ('exceeded' in place) return failed(documentLimitExceeded(place.exceeded));
      const { signal } = request;
      const { giveBack: ended } = place;
      const source = { schema, document, operationName: operation.name?.value, variableValues: given };
      return runSubscription({ source, begin, expiresAt: token?.expiresAt, signal, ended, now });
    }
    const execution = begin();
    try {
      return execution.finish(await execution.execute());
    } finally {
      execution.end();
    }
  };
}

interface StaleNote {
  path: readonly (string | number)[];
  ageSeconds: number;
}

function createContext(
  { configuration, policies, store, progress, runBatch }: OperationParts,
  request: DecodedRequest,
  principal: Principal,
  {
    audit,
    stale,
    meter,
    began,
  }: { audit: OperationAudit; stale: Map<string, StaleNote>; meter: CallMeter; began: number },
): Context {
  const options = {
    signal: request.signal,
    deadline: began + configuration.requestTimeoutMs,
    // Event streams are asked for with `no-cache` by convention, and read again and again.
    readThrough: request.readThrough && request.report.operationType !== 'subscription',
    meter,
  };
  return {
    principal,
    permissions: createRequestPermissions(policies.current().forPrincipal(principal), principal, { now: () => began }),
    loaders: createLoaders(store, options, began, runBatch),
    progress,
    store,
    introspection: configuration.introspection,
    now: began,
    audit: (entry) => audit.note(entry),
    noteStale: (path, ageSeconds) => stale.set(path.join('.'), { path, ageSeconds }),
  };
}

function failed(error: GraphQLError): ExecutionResult {
  return { errors: [error] };
}

function withExtensions(result: ExecutionResult, ...more: (Record<string, unknown> | undefined)[]): ExecutionResult {
  const extensions = Object.assign({}, result.extensions, ...more);
  return Object.keys(extensions).length === 0 ? result : { ...result, extensions };
}

async function* mapped(
  events: AsyncIterable<ExecutionResult>,
  map: (result: ExecutionResult) => ExecutionResult,
): AsyncGenerator<ExecutionResult, void, void> {
  for await (const event of events) yield map(event);
}
