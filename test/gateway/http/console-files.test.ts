import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConsoleFiles } from '../../../gateway/http/console-files.ts';

describe('the files of the console', () => {
  let folder: string;
  let url: string;
  let close: () => void;
  const serve = async () => {
    const files = createConsoleFiles(join(folder, 'dist'));
    const server = createServer((request, response) => {
      if (!files(request.url ?? '/', request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'dist', 'index.html'), '<title>console</title>');
    writeFileSync(join(folder, 'dist', 'assets', 'main-abc.js'), 'x'.repeat(10_000));
    writeFileSync(join(folder, 'secret.json'), '{}');
  });
  afterEach(() => {
    close();
    rmSync(folder, { recursive: true });
  });

  it('are sent compressed, under a strict policy, and are kept for as long as their names say', async () => {
    await serve();
    const script = await fetch(`${url}/assets/main-abc.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(script.headers.get('cache-control')).toMatch(/immutable/);
    expect((await script.text()).length).toBe(10_000);
    const page = await fetch(`${url}/`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const again = await fetch(`${url}/`, { headers: { 'if-none-match': page.headers.get('etag') as string } });
    expect(again.status).toBe(304);
  });

  it('are the only ones that can be asked for', async () => {
    await serve();
    for (const path of [
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/assets/../../secret.json',
      '/nothing.js',
      '/assets/',
    ]) {
      expect((await fetch(`${url}${path}`)).status, path).toBe(404);
    }
  });

  it('are told how to make when they are missing', async () => {
    rmSync(join(folder, 'dist'), { recursive: true });
    await serve();
    expect(await (await fetch(url)).text()).toMatch(/npm run build:console/);
  });
});
