import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { hasChromium, launchChromium } from '../console/browser.ts';
import { runGateway } from '../end-to-end/running-gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

describe('the Relay example', () => {
  /** The repository as far as the example sees it, so that nothing is written into the real one. */
  const folder = mkdtempSync(join(tmpdir(), 'relay-example-'));
  const example = join(folder, 'examples/relay');
  beforeAll(async () => {
    for (const path of ['examples/relay', 'schema.graphql', 'tsconfig.json']) {
      cpSync(join(ROOT, path), join(folder, path), {
        recursive: true,
        filter: (source) => !/__generated__|\/dist$/.test(source),
      });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await run(process.execPath, [join(ROOT, 'node_modules/relay-compiler/cli.js')], { cwd: example });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is compiled by relay-compiler against the schema: @connection and @refetchable on both connections', () => {
    const artifacts = join(example, 'src/__generated__');
    expect(readdirSync(artifacts)).toEqual(
      expect.arrayContaining(['backupsPaginationQuery.graphql.ts', 'shardsPaginationQuery.graphql.ts']),
    );
    const text = (name: string) => readFileSync(join(artifacts, name), 'utf8');
    expect(text('backups_instance.graphql.ts')).toMatch(/"__backups_clusterBackups_connection"/);
    expect(text('shards_backup.graphql.ts')).toMatch(/"__shards_shardBackups_connection"/);
    // Both are read again by the global id of what they belong to.
    for (const name of ['backupsPaginationQuery.graphql.ts', 'shardsPaginationQuery.graphql.ts']) {
      expect(text(name)).toMatch(/node\(id: \$id\)/);
    }
  });

  it('has no type errors', async () => {
    const { stdout } = await run(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', example]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe('');
  });

  it.skipIf(!hasChromium)(
    'pages through backups by cursor in a browser, reads all shards of one, and shows progress live',
    async () => {
      await using running = await runGateway();
      await using site = await servedExample(example, running.url);
      await using browser = await launchChromium();
      const { instanceId, regionId } = running.sandbox.demo;
      const now = Date.now();
      const backups: ExplicitBackup[] = Array.from({ length: 25 }, (_, index) => ({
        id: `cb-${index}`,
        start: now - (index + 1) * 3_600_000,
        sizes: [1, 2, 3, 4],
      }));
      const live: ExplicitBackup = {
        id: 'cb-live',
        start: now - 60_000,
        status: 'RUNNING',
        progress: 25,
        sizes: [1, 2],
      };
      running.sandbox.backups.set(instanceId, [live, ...backups]);

      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(`${site.address}?instanceId=${instanceId}&regionId=${regionId}`);

      const rows = page.locator('ol > li');
      await expect.poll(() => rows.count()).toBe(10);
      await expect.poll(() => rows.first().textContent()).toMatch(/cb-live RUNNING 25 %/);
      for (const count of [20, 26]) {
        await page.getByRole('button', { name: 'More' }).click();
        await expect.poll(() => rows.count()).toBe(count);
      }
      expect(await page.getByRole('button', { name: 'More' }).count()).toBe(0);
      const ids = await rows.locator('code').allTextContents();
      expect(new Set(ids).size).toBe(26);

      const second = rows.nth(1);
      expect(await second.locator('ul > li').count()).toBe(3);
      await second.getByRole('button', { name: 'All shards' }).click();
      await expect.poll(() => second.locator('ul > li').count()).toBe(4);

      live.status = 'OK';
      await expect.poll(() => rows.first().textContent()).toMatch(/cb-live OK/);
      expect(complaints).toEqual([]);
    },
  );
});

/** The example as it is deployed: built, and served from one origin with the gateway. */
async function servedExample(example: string, gateway: string): Promise<{ address: string } & AsyncDisposable> {
  const configFile = join(example, 'vite.config.ts');
  await build({ configFile, logLevel: 'error' });
  const proxy = { '/graphql': gateway, '/demo-principals.json': gateway };
  const server = await preview({ configFile, logLevel: 'error', preview: { port: 0, host: '127.0.0.1', proxy } });
  const [address = ''] = server.resolvedUrls?.local ?? [];
  return { address, [Symbol.asyncDispose]: () => server.close() };
}
