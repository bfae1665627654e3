import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { startGatewayProcess } from './gateway-process.ts';

const root = new URL('../../', import.meta.url).pathname;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** Starts the process as `npm start` does, and waits until it has said what it has to say. */
async function start(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['gateway/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, PORT: '0', ...environment },
  });
  children.push(child);
  let output = '';
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text) => {
      output += text;
      if (output.includes('Health') && (output.includes("-d '") || environment.UPSTREAM_ENDPOINT)) resolve();
    });
    child.on('exit', () => resolve());
  });
  return { child, output: () => output, errors: () => errors };
}

describe('the process', () => {
  it('prints URLs, three demo principals with tokens, and a curl that returns backups', async () => {
    const { output } = await start();
    for (const line of [/GraphQL +http:\/\/127\.0\.0\.1:\d+\/graphql/, /Console +http/, /Health +http.*\/health/]) {
      expect(output()).toMatch(line);
    }
    expect(output().match(/^ {2}eyJ[\w.-]+$/gm)).toHaveLength(3);
    const command = output().slice(output().indexOf('  curl'));
    const { stdout } = await promisify(execFile)('bash', ['-c', command]);
    expect(JSON.parse(stdout).data.instance.clusterBackups.nodes).toHaveLength(5);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with code 0 on %s', async (signal) => {
    const { child } = await start();
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('leaves nothing behind when npm is ended, whose shell passes no signal on', async () => {
    const gateway = await startGatewayProcess(
      { npm_lifecycle_event: 'start' },
      { command: ['sh', '-c', `"${process.execPath}" gateway/main.ts; true`], cwd: root },
    );
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    // Settles when whatever writes to its output is gone.
    await gateway.end('SIGTERM');
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow('fetch failed');
  });

  it.each([
    ['PORT', { PORT: 'abc' }, /PORT.*abc.*0 to 65535/],
    ['UPSTREAM', { NODE_ENV: 'production' }, /UPSTREAM/],
    ['RAM_POLICIES', { RAM_POLICIES: '/nowhere/policies.json' }, /RAM_POLICIES/],
    ['AUTH_JWKS', { UPSTREAM: 'alibaba' }, /AUTH_JWKS/],
    ['UPSTREAM_ENDPOINT', { UPSTREAM_ENDPOINT: 'https://evil.example' }, /UPSTREAM_ENDPOINT.*loopback/],
  ])('names %s when it is wrong, and ends with code 1', async (_, environment, line) => {
    const { child, errors, output } = await start(environment as Record<string, string>);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(errors()).toMatch(line);
    expect(output()).toBe('');
  });
});
