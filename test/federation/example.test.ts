import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('starts by one command, prints a curl that works, and ends by a signal', async () => {
  const example = spawn(process.execPath, ['examples/supergraph/main.ts', '--port', '0'], { cwd: root });
  const ended = once(example, 'exit');
  try {
    let printed = '';
    for await (const line of createInterface({ input: example.stdout })) {
      printed += `${line}\n`;
      if (line.includes("-d '")) break;
    }
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
  } finally {
    example.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});
