import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from './accounts.ts';
import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import { createCallLog } from './call-log.ts';
import { answerCall, type CallContext } from './calls/answer-call.ts';
import { createFaultRegistry } from './calls/fault-registry.ts';
import { createNonces } from './calls/nonces.ts';
import { CONTROL_PATH, control } from './control.ts';
import { randomOf } from './data/hash.ts';
import { instanceAt, type World, worldOf } from './data/instances.ts';
import { accountsOf, checkRanges, DEFAULTS, type SandboxOptions } from './options.ts';
import type { DemoInstance, Sandbox } from './sandbox.ts';

/**
 * Starts an emulated R-KVStore on a socket. Raises a `RangeError` or `ZodError` for options that make no sense, and the
 * socket's own error when it cannot listen.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  checkRanges(options);
  const now = options.now ?? Date.now;
  const accounts = accountsOf(options);
  const [first] = accounts;
  const [firstKey] = first?.accessKeys ?? [];
  if (!first || !firstKey) throw new RangeError('the first account needs an access key');

  const faults = createFaultRegistry(randomOf(options.seed ?? DEFAULTS.seed));
  for (const fault of options.faults ?? []) faults.add(fault);
  const calls = createCallLog();
  const describe = (index: number, accountId = first.accountId) =>
    demoInstance(worldFor(accounts, accountId, options), index, now());

  const server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: 65_000 });
  const { host, port, url } = await listen(server, options);
  const close = () => closeServer(server);
  const sandbox: Sandbox = {
    url,
    host,
    port,
    accountId: first.accountId,
    accessKeyId: firstKey.accessKeyId,
    accessKeySecret: firstKey.accessKeySecret,
    demo: describe(0),
    accounts,
    behaviour: { ...DEFAULT_BEHAVIOUR, ...options.behaviour },
    backups: new Map(options.backups ?? []),
    calls,
    faults,
    rewrite: undefined,
    instanceAt: describe,
    close,
    [Symbol.asyncDispose]: close,
  };
  const context: CallContext = {
    sandbox,
    calls,
    faults,
    nonces: createNonces(),
    worldOf: (account) => worldFor(accounts, account.accountId, options),
    now,
    signatureNow: options.signatureNow ?? now,
  };
  server.on('request', (message, response) => {
    const controls = message.url === CONTROL_PATH || message.url?.startsWith(`${CONTROL_PATH}/`);
    const answered = controls ? control(message, response, sandbox) : answerCall(message, response, context);
    // whoever asked is gone
    answered.catch(() => response.destroy());
  });
  return sandbox;
}

function worldFor(accounts: readonly Account[], accountId: string, options: SandboxOptions): World {
  const account = accounts.find((each) => each.accountId === accountId);
  if (!account) throw new RangeError(`expected an account of the sandbox, got ${accountId}`);
  return worldOf(accountId, {
    seed: options.seed ?? DEFAULTS.seed,
    instances: account.instances ?? options.instances ?? DEFAULTS.instances,
    days: options.days ?? DEFAULTS.days,
    shards: options.shards,
    runningBackups: options.runningBackups ?? true,
  });
}

function demoInstance(world: World, index: number, now: number): DemoInstance {
  if (index >= world.instanceCount)
    throw new RangeError(`expected an index below ${world.instanceCount}, got ${index}`);
  const { regionId, instanceId, name, shardCount } = instanceAt(world, index, now);
  return { accountId: world.accountId, regionId, instanceId, name, shardCount };
}

async function listen(server: Server, options: SandboxOptions): Promise<{ host: string; port: number; url: string }> {
  const host = options.host ?? DEFAULTS.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? DEFAULTS.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { host, port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
