import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { officialClient, sdk } from './official-client.ts';

const MAIN = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;
const children: Child[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...options: string[]) {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const output = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.error += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output, ended };
}

async function started(...options: string[]) {
  const process = start('--port', '0', ...options);
  await expect.poll(() => process.output.out).toContain('/_sandbox/faults');
  const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(process.output.out)?.[1]);
  return { ...process, port };
}

describe('npm run sandbox', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'starts, says where and how, answers, and ends well on %s',
    async (signal) => {
      const { child, output, ended, port } = await started('--instances', '12', '--account', '222:key:key-secret');
      expect(output.out).toMatch(/account +1234567890123456/);
      expect(output.out).toMatch(/access key +sandbox\n/);
      expect(output.out).toMatch(/secret +sandbox-secret\n/);
      expect(output.out).toMatch(/an instance +r-bp1\w{15} \(orders-cluster\) in cn-hangzhou/);
      const client = officialClient({ port, accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' });
      const { body } = await client.describeInstances(new sdk.DescribeInstancesRequest({}));
      expect(body?.totalCount).toBe(12);
      const other = officialClient({ port, accessKeyId: 'key', accessKeySecret: 'key-secret' });
      expect((await other.describeInstances(new sdk.DescribeInstancesRequest({}))).body?.totalCount).toBe(12);
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(output.error).toBe('');
    },
  );

  it('leaves nothing behind when npm is ended, whose shell passes no signal on', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" ${MAIN} --port 0; true`], {
      env: { ...process.env, npm_lifecycle_event: 'sandbox' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [greeting] = (await once(shell.stdout, 'data')) as [Buffer];
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(greeting)) ?? [];
    expect((await fetch(`${url}/_sandbox`)).status).toBe(200);
    shell.kill('SIGTERM');
    // Closes when whatever writes to its output is gone.
    await once(shell, 'close');
    await expect(fetch(`${url}/_sandbox`)).rejects.toThrow('fetch failed');
  });

  it('starts with faults and switches', async () => {
    const { port } = await started(
      '--calls-per-minute',
      '1',
      '--behaviour',
      'throttlingStatus=429',
      '--fault',
      '{"kind":"latency","ms":5}',
    );
    const client = officialClient({ port, accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' });
    await client.describeRegions(new sdk.DescribeRegionsRequest({}));
    const second = client.describeRegions(new sdk.DescribeRegionsRequest({}));
    await expect(second).rejects.toMatchObject({ code: 'Throttling.User', statusCode: 429 });
  });

  it('explains itself', async () => {
    const { output, ended } = start('--help');
    expect(await ended).toBe(0);
    expect(output.out).toContain('npm run sandbox');
  });

  it.each([
    ['an unknown option', ['--ports', '1'], /--ports/],
    ['a port that is no number', ['--port', 'x'], /--port takes a number, got "x"/],
    ['a world without instances', ['--instances', '0'], /instances takes a whole number from 1 to \d+, got 0/],
    ['a fault that is no JSON', ['--fault', '{'], /--fault takes JSON/],
    ['a number below zero', ['--instances', '-1'], /--instances takes a number, got "-1"/],
    ['a share that is none', ['--error-rate', '2'], /--error-rate: .*<=1/],
    ['a fault of no kind', ['--fault', '{"kind":"x"}'], /--fault: .*'latency' \| 'error'/],
    ['an unknown switch', ['--behaviour', 'colour=red'], /--behaviour: .*colour/],
    ['an account without a secret', ['--account', '1:secretive'], /^(?!.*secretive).*--account takes ID:KEY:SECRET/],
  ])('ends with code 1 and one readable line for %s', async (_what, options, line) => {
    const { output, ended } = start(...options);
    expect(await ended).toBe(1);
    expect(output.error).toMatch(line);
    expect(output.error.trimEnd().split('\n')).toHaveLength(1);
    expect(output.out).toBe('');
  });

  it('says so when its port is taken', async () => {
    const { port } = await started();
    const { output, ended } = start('--port', String(port));
    expect(await ended).toBe(1);
    expect(output.error).toBe('sandbox: the port is taken; choose another with --port\n');
  });
});
