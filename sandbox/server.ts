import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from './accounts.ts';
import { findAction } from './actions/find-action.ts';
import { type ApiRequest, readApiRequest } from './api-request.ts';
import { authenticate } from './authenticate.ts';
import { type Behaviour, DEFAULT_BEHAVIOUR } from './behaviour.ts';
import { createCallLog, type RecordedCall } from './call-log.ts';
import { instanceAt, type World, worldOf } from './data/instances.ts';
import { ApiError, errorBody } from './errors.ts';
import { createNonces } from './nonces.ts';
import { accountsOf, DEFAULTS, type SandboxOptions } from './options.ts';
import type { Sandbox } from './sandbox.ts';

/** Starts an emulated R-KVStore on a loopback socket. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.now ?? Date.now;
  const signatureNow = options.signatureNow ?? now;
  const accounts = accountsOf(options);
  const behaviour: Behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
  const backups: Sandbox['backups'] = new Map(options.backups ?? []);
  const calls = createCallLog();
  const nonces = createNonces();

  const worldFor = (account: Account): World =>
    worldOf(account.accountId, {
      seed: options.seed ?? DEFAULTS.seed,
      instances: account.instances ?? options.instances ?? DEFAULTS.instances,
      days: options.days ?? DEFAULTS.days,
      shards: options.shards,
      runningBackups: options.runningBackups ?? true,
    });

  const answer = (request: ApiRequest, call: RecordedCall): unknown => {
    if (request.method !== 'GET' && request.method !== 'POST') throw new ApiError('UnsupportedHTTPMethod');
    if (request.path !== '/') throw new ApiError('InvalidApi.NotFound');
    const caller = authenticate(request, {
      accounts,
      nonces,
      now: signatureNow(),
      tokenExpiredStatus: behaviour.tokenExpiredStatus,
    });
    call.accountId = caller.account.accountId;
    const action = findAction(request.version, request.action);
    if (!action) throw new ApiError('InvalidApi.NotFound');
    const body = action({
      parameters: request.parameters,
      world: worldFor(caller.account),
      accessKeyId: caller.accessKey.accessKeyId,
      now: now(),
      behaviour,
      backups,
    });
    return sandbox.rewrite ? sandbox.rewrite(request.action, body) : body;
  };

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID().toUpperCase();
    const request = await readApiRequest(message);
    const call: RecordedCall = {
      action: request.action,
      method: request.method,
      parameters: request.parameters,
      accountId: undefined,
      at: now(),
      status: undefined,
      code: undefined,
    };
    calls.begin(call);
    response.once('close', () => calls.end());
    try {
      const body = answer(request, call);
      send(response, 200, requestId, { RequestId: requestId, ...(body as object) });
      call.status = 200;
    } catch (error) {
      const failure = error instanceof ApiError ? error : new ApiError('InternalError');
      call.status = failure.status;
      call.code = failure.code;
      const details = { requestId, host: request.host, action: request.action, accountId: call.accountId };
      send(response, failure.status, requestId, errorBody(failure, details), failure.headers);
    }
  };

  const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 65_000 }, (message, response) => {
    handle(message, response).catch(() => response.destroy());
  });
  const host = options.host ?? DEFAULTS.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? DEFAULTS.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  const first = accounts[0];
  const firstKey = first?.accessKeys[0];
  if (!first || !firstKey) throw new TypeError('expected an account with an access key');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const describe = (index: number, accountId = first.accountId) => {
    const account = accounts.find((each) => each.accountId === accountId);
    if (!account) throw new TypeError(`expected an account of the sandbox, got ${accountId}`);
    const { regionId, instanceId, name, shardCount } = instanceAt(worldFor(account), index, now());
    return { accountId, regionId, instanceId, name, shardCount };
  };
  const sandbox: Sandbox = {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    host,
    port,
    accountId: first.accountId,
    accessKeyId: firstKey.accessKeyId,
    accessKeySecret: firstKey.accessKeySecret,
    demo: describe(0),
    accounts,
    behaviour,
    backups,
    calls,
    rewrite: undefined,
    instanceAt: describe,
    close,
    [Symbol.asyncDispose]: close,
  };
  return sandbox;
}

function send(
  response: ServerResponse,
  status: number,
  requestId: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json;charset=utf-8',
    'x-acs-request-id': requestId,
    ...headers,
  });
  response.end(JSON.stringify(body));
}
