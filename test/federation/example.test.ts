import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { blocksOf, document } from '../docs/markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the supergraph example, started by its command', () => {
  let example: ChildProcess;
  let printed = '';

  beforeAll(async () => {
    const running = spawn(process.execPath, ['examples/supergraph/main.ts', '--port', '0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    example = running;
    for await (const line of createInterface({ input: running.stdout })) {
      printed += `${line}\n`;
      if (line.includes("-d '")) break;
    }
  });
  afterAll(() => example?.kill('SIGKILL'));

  it('prints a curl that works', async () => {
    const { stdout } = await promisify(execFile)('sh', ['-c', printed.slice(printed.indexOf('curl'))]);
    expect(JSON.parse(stdout)).toEqual({
      data: {
        service: {
          owner: { channel: '#team-checkout' },
          cache: {
            name: 'orders-cluster',
            clusterBackups: { nodes: [{ status: expect.any(String), startTime: expect.any(String) }] },
          },
        },
      },
    });
  });

  it('answers as its README shows', async () => {
    const readme = document('examples/supergraph/README.md');
    const [query = ''] = blocksOf(readme, 'graphql');
    const [answer = '', denied = ''] = blocksOf(readme, 'json');

    expect(shapeOf(await ask(query, 'alice'))).toEqual(shapeOf(JSON.parse(answer)));
    const question = '{ service(name: "orders") { name cache { name } } }';
    expect(readme).toContain(question);
    const { extensions: _costs, ...refused } = await ask(question, 'mallory');
    expect(refused).toEqual(JSON.parse(denied));
  });

  it('says so in a line when one of its ports is taken', async () => {
    const [, port = ''] = /Router +http:\/\/127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
    const second = promisify(execFile)(process.execPath, ['examples/supergraph/main.ts', '--port', port], {
      cwd: root,
    });
    await expect(second).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^One of the ports \d+ to \d+ is taken: [^\n]+\n$/),
    });
  });

  it('ends by a signal', async () => {
    const ended = once(example, 'exit');
    example.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  async function ask(query: string, subject: string) {
    const token = await signDevelopmentToken({ subject, groups: [], ttlSeconds: 60 });
    const [, url = ''] = /Router +(\S+)/.exec(printed) ?? [];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-upstream-calls': '1' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Record<string, unknown>;
  }
});

/** An answer without what the clock moves. */
function shapeOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, part) =>
    ['clusterBackupId', 'startTime', 'status'].includes(name) ? typeof part : part,
  );
}
