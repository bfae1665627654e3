import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../end-to-end/gateway-process.ts';
import { dockerfileStages } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MEGABYTE = 1_048_576;
const MOST_MEGABYTES = 120;

/** Mounting read-only and becoming somebody else takes root, and the right to a mount namespace of one's own. */
const ISOLATES = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'setpriv', '--version']).status === 0;
if (!ISOLATES)
  console.warn('not root, or without unshare and setpriv: the layout is tried as this user, and written to by nobody');

describe('what the image holds, without a container engine', () => {
  let folder: string;
  let app: string;
  const nodes: Record<string, string> = {};

  beforeAll(() => {
    // Readable for everybody: it is run as somebody else.
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-deploy-'));
    chmodSync(folder, 0o755);
    const checkout = join(folder, 'checkout');
    execFileSync('git', ['clone', '--quiet', root, checkout]);
    npm(['ci', '--omit=dev', '--ignore-scripts'], checkout);
    const console = buildConsole(checkout);
    app = join(folder, 'app');
    nodes['24'] = installNode('24', join(folder, 'node-24'));
    nodes['22.19.0'] = installNode('22.19.0', join(folder, 'node-22'));
    layOut(checkout, console, app, nodes['24']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As the image starts it: as nobody, where nothing can be written. */
  const start = (node: string, more: Record<string, string> = {}) => {
    const command = [node, join(app, 'gateway/main.ts')];
    const environment = {
      NODE_ENV: 'production',
      UPSTREAM: 'sandbox',
      HOME: '/nonexistent',
      TMPDIR: '/nonexistent',
      ...more,
    };
    const isolated = ['unshare', '--mount', 'sh', '-c', ISOLATION, 'sh', folder, ...command];
    return startGatewayProcess(environment, {
      command: (ISOLATES ? isolated : command) as [string, ...string[]],
      cwd: '/',
    });
  };

  it(`is smaller than ${MOST_MEGABYTES} MB`, () => {
    const megabytes = sizeOf(app) / MEGABYTE;
    console.info(`the layout of the image takes ${megabytes.toFixed(0)} MB beside node`);
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  });

  it('has no development dependency, no test and no install script', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
    for (const name of ['vitest', 'vite', 'typescript', '@biomejs/biome', 'playwright-core']) {
      expect(devDependencies).toHaveProperty([name]);
      expect(existsSync(join(app, 'node_modules', name))).toBe(false);
    }
    expect(readdirSync(app)).not.toContain('test');
    const scripted = packagesIn(join(app, 'node_modules')).filter((path) => {
      const { scripts = {} } = JSON.parse(readFileSync(path, 'utf8'));
      return ['preinstall', 'install', 'postinstall'].some((name) => name in scripts);
    });
    expect(scripted).toEqual([]);
  });

  it.each(['22.19.0', '24'])('runs on Node %s as nobody, read-only, from another folder', async (version) => {
    const node = nodes[version] as string;
    await using gateway = await start(node);

    const { pid, uid, writable } = processOf(gateway.url, folder);
    if (ISOLATES) {
      expect(uid).toBe(65_534);
      expect(writable).toBe(false);
    }
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain(node);
    const principals = (await (await fetch(`${gateway.url}/demo-principals.json`)).json()) as { token: string }[];
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${principals[0]?.token}` },
      body: JSON.stringify({
        query:
          '{ instances(regionId: "cn-hangzhou", first: 3) { totalCount nodes { name clusterBackups(first: 1) { nodes { status } } } } }',
      }),
    });
    const answer = (await response.json()) as { data: { instances: { nodes: object[] } }; errors?: unknown };
    expect(answer.errors).toBeUndefined();
    expect(answer.data.instances.nodes.length).toBe(3);
    const page = await fetch(gateway.url);
    expect(page.headers.get('content-type')).toMatch(/text\/html/);
    expect(await page.text()).toMatch(/<script/);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).toMatch(/kvstore_gateway_requests_total/);
    expect(spawnSync(node, ['-e', healthCheck()], { env: { PORT: new URL(gateway.url).port } }).status).toBe(0);

    process.kill(pid, 'SIGTERM');
    const { code } = await gateway.end('SIGCONT');
    expect(code).toBe(0);
    expect(gateway.output()).not.toMatch(/warning|EROFS|EACCES/i);
    expect(spawnSync(node, ['-e', healthCheck()], { env: { PORT: new URL(gateway.url).port } }).status).toBe(1);
  });

  it('starts from code that was compiled when it was built', async () => {
    await using gateway = await start(nodes['24'] as string, { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
    await gateway.end();
    expect(gateway.output().match(/cache for .* was accepted/g)?.length).toBeGreaterThan(900);
    expect(gateway.output()).not.toMatch(/cache for .* was rejected/);
  });

  it('has the traces it can load, and the doctor that looks at it', () => {
    const environment = { PATH: process.env.PATH, UPSTREAM: 'sandbox', NODE_ENV: 'production' };
    const { status, stdout } = spawnSync(nodes['24'] as string, [join(app, 'gateway/commands/doctor.ts')], {
      env: environment,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/All is well/);
    expect(status).toBe(0);
    const load = `await import(${JSON.stringify(join(app, 'gateway/observability/tracing/create-tracing.ts'))})`;
    expect(spawnSync(nodes['24'] as string, ['--input-type=module', '-e', load]).status).toBe(0);
  });
});

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'];

/** A mount namespace of its own in which nothing can be written, and nobody to run in it. */
const ISOLATION = `
mount --make-rprivate / &&
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" &&
mount -o remount,bind,ro / &&
shift && exec ${NOBODY.join(' ')} "$@"`;

/** npm with the registry that it is set up for. */
function npm(args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
}

/** The stage that builds the console, with the tools that are installed here. */
function buildConsole(checkout: string): string {
  const built = join(dirname(checkout), 'console-build');
  cpSync(checkout, built, { recursive: true, filter: (path) => !path.includes('node_modules') });
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'));
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'console', '--logLevel', 'error'],
    { cwd: built },
  );
  return join(built, 'console/dist');
}

/** Does what the last stage of the Dockerfile says. */
function layOut(checkout: string, console: string, app: string, node: string): void {
  mkdirSync(app);
  const last = dockerfileStages(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')).at(-1);
  const stages: Record<string, string> = { dependencies: join(checkout, 'node_modules'), console };
  for (const { keyword, rest } of last?.instructions ?? []) {
    if (keyword !== 'COPY') continue;
    const [, stage, sources = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
    if (stage === 'compiled') {
      compile(app, node);
      continue;
    }
    const paths = sources.split(' ');
    const to = join(app, paths.at(-1) ?? '');
    for (const path of paths.slice(0, -1)) {
      const from = stage === undefined ? join(checkout, path) : stages[stage];
      if (from === undefined) throw new Error(`COPY ${rest}: no such stage`);
      const target = paths.at(-1)?.endsWith('/') ? join(to, path) : to;
      mkdirSync(dirname(target), { recursive: true });
      cpSync(from, target, { recursive: true });
    }
  }
}

/** The stage that compiles, where it is: what is there already is what it begins with. */
function compile(app: string, node: string): void {
  mkdirSync(join(app, 'node_modules/.cache'));
  chmodSync(join(app, 'node_modules/.cache'), 0o777);
  const command = [node, join(app, 'gateway/compile.ts')];
  const [file = '', ...args] = ISOLATES ? [...NOBODY, ...command] : command;
  execFileSync(file, args, { env: { PATH: process.env.PATH }, cwd: '/' });
}

/** Node as npm has it, for this machine. */
function installNode(version: string, folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  npm(['install', `node@${version}`], folder);
  return join(folder, 'node_modules/node/bin/node');
}

/** Who listens there, as whom, and whether that one could write into the folder. */
function processOf(url: string, folder: string): { pid: number; uid: number; writable: boolean } {
  const { port } = new URL(url);
  const hex = Number(port).toString(16).toUpperCase().padStart(4, '0');
  const inode = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((line) => line.includes(`:${hex} 00000000:0000 0A`))
    ?.trim()
    .split(/\s+/)[9];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const holds = readdirSync(`/proc/${pid}/fd`).some(
        (fd) => linkOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
      );
      if (!holds) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const mount = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
        .split('\n')
        .find((line) => line.includes(` ${folder} `));
      const mode = mount?.split(' ')[5] ?? 'rw';
      return {
        pid: Number(pid),
        uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]),
        writable: !mode.split(',').includes('ro'),
      };
    } catch {
      // It ended while it was looked at.
    }
  }
  throw new Error(`nobody listens at ${url}`);
}

function linkOf(path: string): string {
  return execFileSync('readlink', [path], { encoding: 'utf8' }).trim();
}

/** The script of the image's health check. */
function healthCheck(): string {
  const last = dockerfileStages(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')).at(-1);
  const check = last?.instructions.find(({ keyword }) => keyword === 'HEALTHCHECK')?.rest ?? '';
  return JSON.parse(check.slice(check.indexOf('['))).at(-1);
}

function sizeOf(path: string): number {
  const found = lstatSync(path);
  // As the disk counts it: a small file takes a whole block.
  if (!found.isDirectory()) return Math.max(found.size, found.blocks * 512);
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** Every package.json of a package below a node_modules. */
function packagesIn(modules: string): string[] {
  return readdirSync(modules).flatMap((name) => {
    const path = join(modules, name);
    if (name.startsWith('.')) return [];
    if (name.startsWith('@')) return packagesIn(path);
    const nested = join(path, 'node_modules');
    const own = join(path, 'package.json');
    return [...(existsSync(own) ? [own] : []), ...(existsSync(nested) ? packagesIn(nested) : [])];
  });
}
