import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';

/** The path of `redis-server`; undefined where there is none, and tests that need it are skipped. */
export const REDIS_SERVER = (process.env.PATH ?? '')
  .split(delimiter)
  .concat('/usr/bin', '/usr/local/bin')
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

if (!REDIS_SERVER) console.warn('redis-server is missing: what replicas share is not tested');

export interface RedisServer extends AsyncDisposable {
  url: string;
  /** Kills it; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  /** Lets it hang, and go on. */
  pause(): void;
  resume(): void;
  /** Every string in it, decoded by `decode`, and every member of its sets. */
  contents(decode: (bytes: Buffer) => string): Promise<string[]>;
}

/** A Redis of its own on a free loopback port, which writes nothing to disk. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kvstore-gateway-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}/0`;
  let server: ChildProcess | undefined;

  const start = async () => {
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    server = spawn(REDIS_SERVER ?? '', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of server.stdout ?? []) if (String(line).includes('Ready to accept connections')) break;
    server.stdout?.resume();
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    start,
    kill,
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
    contents: async (decode) => {
      const redis = new Redis(url);
      const found: string[] = [];
      for (const key of await redis.keys('*')) {
        found.push(key);
        const type = await redis.type(key);
        if (type === 'string') found.push(decode((await redis.getBuffer(key)) ?? Buffer.alloc(0)));
        if (type === 'zset') found.push(...(await redis.zrange(key, 0, -1)));
        if (type === 'set') found.push(...(await redis.smembers(key)));
      }
      redis.disconnect();
      return found;
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
