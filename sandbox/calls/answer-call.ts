import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../accounts.ts';
import { findAction } from '../actions/find-action.ts';
import type { CallRecorder, RecordedCall } from '../call-log.ts';
import type { World } from '../data/instances.ts';
import type { Sandbox } from '../sandbox.ts';
import { ApiError, errorBody } from './api-error.ts';
import { type ApiRequest, readApiRequest } from './api-request.ts';
import { authenticate } from './authenticate.ts';
import { breakConnection, isBodyFault, isConnectionFault, send, sendBroken } from './broken-answers.ts';
import type { FaultRegistry, SpoilingFault } from './fault-registry.ts';
import type { Nonces } from './nonces.ts';

/** What every call is answered from. */
export interface CallContext {
  sandbox: Pick<Sandbox, 'accounts' | 'behaviour' | 'backups' | 'rewrite'>;
  calls: CallRecorder;
  faults: FaultRegistry;
  nonces: Nonces;
  worldOf(account: Account): World;
  now(): number;
  signatureNow(): number;
}

/** Default of `x-acs-retry-after` where a fault asks for `Throttling*` without saying when to come back. */
const RETRY_AFTER_MS = 1000;

/**
 * One call from the socket and back: faults of the network, signature, throttling, faults of the service, the action, faults
 * of the body.
 */
export async function answerCall(
  message: IncomingMessage,
  response: ServerResponse,
  context: CallContext,
): Promise<void> {
  const requestId = randomUUID().toUpperCase();
  const headers = { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': requestId };
  setDate(response, context.signatureNow());
  const call = emptyCall(context.now());
  let request: ApiRequest | undefined;
  try {
    request = await readApiRequest(message);
    record(request, call, context, response);
    const { latencyMs, clockSkewMs, spoiling } = context.faults.strike(request);
    setDate(response, context.signatureNow() + clockSkewMs);
    if (latencyMs > 0) await waitWhileConnected(latencyMs, response);
    if (response.destroyed) return;
    if (isConnectionFault(spoiling)) return breakConnection(response, spoiling);
    const body = answer(request, call, context, clockSkewMs, spoiling);
    call.status = 200;
    const good = { status: 200, headers, body: JSON.stringify({ RequestId: requestId, ...body }) };
    if (isBodyFault(spoiling)) await sendBroken(response, good, spoiling);
    else send(response, good);
  } catch (error) {
    // whoever took the answer is gone
    if (response.headersSent) return void response.destroy();
    const failure = error instanceof ApiError ? error : bugOf(error);
    Object.assign(call, { status: failure.status, code: failure.code });
    const { action, accountId } = call;
    const body = errorBody(failure, { requestId, host: request?.host ?? '', action, accountId });
    send(response, {
      status: failure.status,
      headers: { ...headers, ...failure.headers },
      body: JSON.stringify(body),
    });
  }
}

function answer(
  request: ApiRequest,
  call: RecordedCall,
  context: CallContext,
  clockSkewMs: number,
  spoiling: SpoilingFault | undefined,
): Record<string, unknown> {
  const { sandbox } = context;
  if (request.method !== 'GET' && request.method !== 'POST') throw new ApiError('UnsupportedHTTPMethod');
  if (request.path !== '/') throw new ApiError('InvalidApi.NotFound');
  const { account, accessKey } = authenticate(request, {
    accounts: sandbox.accounts,
    nonces: context.nonces,
    now: context.signatureNow() + clockSkewMs,
    tokenExpiredStatus: sandbox.behaviour.tokenExpiredStatus,
  });
  call.accountId = account.accountId;
  const action = findAction(request.version, request.action);
  if (!action) throw new ApiError('InvalidApi.NotFound');
  const wait = context.faults.throttle(request, account.accountId, context.now());
  if (wait > 0) throw throttled('Throttling.User', wait, context);
  if (spoiling?.kind === 'error') throw askedFor(spoiling, context);
  if (spoiling?.kind === 'code-in-200') throw new ApiError(spoiling.code, { status: 200 });
  const body = action({
    parameters: request.parameters,
    world: context.worldOf(account),
    accessKeyId: accessKey.accessKeyId,
    now: context.now(),
    behaviour: sandbox.behaviour,
    backups: sandbox.backups,
  });
  return sandbox.rewrite ? sandbox.rewrite(request.action, body) : body;
}

function askedFor(fault: Extract<SpoilingFault, { kind: 'error' }>, context: CallContext): ApiError {
  const { code, message, status, retryAfterMs } = fault;
  if (code.startsWith('Throttling'))
    return throttled(code, retryAfterMs ?? RETRY_AFTER_MS, context, { message, status });
  return new ApiError(code, { message, status, headers: retryAfter(retryAfterMs) });
}

function throttled(
  code: string,
  waitMs: number,
  { sandbox }: CallContext,
  { message, status }: { message?: string | undefined; status?: number | undefined } = {},
): ApiError {
  return new ApiError(code, {
    message,
    status: status ?? sandbox.behaviour.throttlingStatus,
    headers: sandbox.behaviour.retryAfterHeader ? retryAfter(waitMs) : {},
  });
}

function retryAfter(milliseconds: number | undefined): Record<string, string> {
  return milliseconds === undefined ? {} : { 'x-acs-retry-after': String(Math.ceil(milliseconds)) };
}

/** A bug of the sandbox, or of a test that wrote down what makes no sense: nothing is gained by hiding it. */
function bugOf(error: unknown): ApiError {
  return new ApiError('InternalError', {
    message: `The sandbox failed: ${error instanceof Error ? error.stack : error}`,
  });
}

function emptyCall(at: number): RecordedCall {
  return { action: '', method: '', parameters: {}, accountId: undefined, at, status: undefined, code: undefined };
}

function record(request: ApiRequest, call: RecordedCall, { calls }: CallContext, response: ServerResponse): void {
  const { Signature, AccessKeyId, SecurityToken, ...parameters } = request.parameters;
  Object.assign(call, { action: request.action, method: request.method, parameters });
  calls.begin(call);
  response.once('close', () => calls.end());
}

/** The server's own clock, by which a client can correct its own. */
function setDate(response: ServerResponse, time: number): void {
  response.setHeader('date', new Date(time).toUTCString());
}

async function waitWhileConnected(milliseconds: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  response.once('close', abort);
  await delay(milliseconds, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off('close', abort);
}
