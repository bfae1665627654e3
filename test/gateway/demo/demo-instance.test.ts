import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoInstanceAt } from '../../../gateway/demo/demo-instance.ts';
import { welcomeText } from '../../../gateway/welcome.ts';
import { startSandbox } from '../../../sandbox/server.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the demo instance of a standalone sandbox', () => {
  it('is the one that it names, and a curl for it is printed', async () => {
    await using sandbox = await startSandbox();
    const instance = await demoInstanceAt(sandbox.url);
    const { instanceId, regionId } = sandbox.demo;
    expect(instance).toEqual({ instanceId, regionId });
    expect(sandbox.calls.count()).toBe(0);
    const principals = [{ name: 'A', description: 'reads', subject: 'a', groups: [], token: 'a.b.c' }];
    const text = welcomeText({ url: 'http://127.0.0.1:1', upstream: 'it', demo: { principals, instance } });
    expect(text).toContain(`instanceId: \\"${instanceId}\\", regionId: \\"${regionId}\\"`);
  });

  it.each<[string, RequestListener]>([
    ['does not know the path', (_, response) => response.writeHead(404).end('{}')],
    ['answers with a page', (_, response) => response.end('<html></html>')],
    ['answers with something else', (_, response) => response.end('{"demo":{"instanceId":1}}')],
    [
      'names what a shell would run',
      (_, response) => response.end(JSON.stringify({ demo: { regionId: 'cn-hangzhou', instanceId: "r-1';reboot;'" } })),
    ],
    ['breaks off', (request) => request.socket.destroy()],
    ['does not answer', () => {}],
  ])('is unknown where the endpoint %s', async (_, listener) => {
    expect(await demoInstanceAt(await listen(listener))).toBeUndefined();
  });

  it('is unknown where nothing listens', async () => {
    const sandbox = await startSandbox();
    await sandbox.close();
    expect(await demoInstanceAt(sandbox.url)).toBeUndefined();
  });
});
