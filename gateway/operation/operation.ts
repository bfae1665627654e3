import type { ExecutionResult } from 'graphql';
import type { Principal } from '../../permissions/principal.ts';
import type { Authenticator, TokenPrincipal } from '../authentication/authentication.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { clientAddress } from '../http/client-address.ts';
import type { DecodedRequest } from './decoded-request.ts';
import { Execution, type ExecutionParts } from './execution.ts';
import type { OpenSubscriptions } from './open-subscriptions.ts';
import { createPreparation, type PreparationParts, type Prepared } from './preparation.ts';
import {
  documentLimitExceeded,
  eventsNotAccepted,
  internalError,
  notAuthenticated,
  operationTooCostly,
  tooManyRequests,
} from './request-errors.ts';
import type { RequestRate } from './request-rate.ts';
import { noteResult } from './request-report.ts';
import { failed, upstreamCallsFor, withExtensions } from './results.ts';
import { runSubscription } from './subscription.ts';

export type OperationResult = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Everything between a decoded request and its result: who asks, what may run, what it costs, and the running of it. Never rejects. */
export type RunOperation = (request: DecodedRequest) => Promise<OperationResult>;

export interface OperationParts extends PreparationParts, ExecutionParts {
  configuration: PreparationParts['configuration'] &
    ExecutionParts['configuration'] &
    Pick<Configuration, 'maxUpstreamCalls' | 'trustProxy'>;
  authenticator: Authenticator;
  /** Absent: requests are not counted. */
  requestRate: RequestRate | undefined;
  subscriptions: OpenSubscriptions;
  now?: () => number;
}

export function createRunOperation(parts: OperationParts): RunOperation {
  const run = createUnreportedRun(parts);
  return async (request) => {
    let result: OperationResult;
    try {
      result = await run(request);
    } catch (error) {
      parts.logger.error({ requestId: request.requestId, err: error }, 'unexpected error');
      result = failed(internalError());
    }
    const note = (one: ExecutionResult) => {
      noteResult(request.report, one);
      return one;
    };
    return Symbol.asyncIterator in result ? mapped(result, note) : note(result);
  };
}

function createUnreportedRun(parts: OperationParts): RunOperation {
  const { configuration, authenticator, requestRate, now = Date.now } = parts;
  const prepare = createPreparation(parts);

  return async (request) => {
    const authenticating = authenticator.authenticate(request.authorization);
    const authenticated = authenticating instanceof Promise ? await authenticating : authenticating;
    if (authenticated.kind === 'refused') {
      return failed(notAuthenticated(authenticated.reason, authenticated.wwwAuthenticate));
    }
    const token = authenticated.kind === 'authenticated' ? authenticated.principal : undefined;
    request.report.subject = token?.subject;
    const principal = principalOf(request, token, configuration.trustProxy);
    const exceededRate = await requestRate?.take(principal.subject, principal.sourceIp);
    if (exceededRate !== undefined) return failed(tooManyRequests(exceededRate));

    const prepared = prepare(request);
    if ('errors' in prepared) return { errors: prepared.errors };
    const { operation, estimated } = prepared;
    if (estimated > configuration.maxUpstreamCalls) {
      const refusal = operationTooCostly(estimated, configuration.maxUpstreamCalls);
      return withExtensions(failed(refusal), upstreamCallsFor(request));
    }

    const begin = () => new Execution(parts, request, prepared, principal, now());
    if (operation.operation === 'subscription') return subscribe(parts, request, prepared, begin, token?.expiresAt);
    const execution = begin();
    try {
      const result = execution.execute();
      return execution.finish(result instanceof Promise ? await result : result);
    } finally {
      execution.end();
    }
  };
}

function principalOf(
  { connection }: DecodedRequest,
  token: TokenPrincipal | undefined,
  trustedProxies: number,
): Principal {
  const { address, secure } = clientAddress(connection, trustedProxies);
  return {
    subject: token?.subject ?? null,
    groups: token?.groups ?? [],
    sourceIp: address,
    secureTransport: secure,
    mfaPresent: token?.mfaPresent ?? false,
  };
}

async function subscribe(
  { schema, subscriptions, now = Date.now }: OperationParts,
  request: DecodedRequest,
  { document, operation }: Prepared,
  begin: () => Execution,
  expiresAt: number | undefined,
): Promise<OperationResult> {
  if (!request.takesEvents) return failed(eventsNotAccepted());
  const place = subscriptions.take(request.report.subject ?? '');
  if ('exceeded' in place) return failed(documentLimitExceeded(place.exceeded));
  const variableValues = request.parameters.variables ?? {};
  const source = { schema, document, operationName: operation.name?.value, variableValues };
  return runSubscription({ source, begin, expiresAt, signal: request.signal, ended: place.giveBack, now });
}

async function* mapped(
  events: AsyncIterable<ExecutionResult>,
  map: (result: ExecutionResult) => ExecutionResult,
): AsyncGenerator<ExecutionResult, void, void> {
  for await (const event of events) yield map(event);
}
