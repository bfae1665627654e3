import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasChromium } from '../browser.ts';
import { consoleInChromium } from '../console-in-chromium.ts';
import { DIST, startConsole } from '../console-under-test.ts';

describe.skipIf(!hasChromium)('signing in to the console', () => {
  const tested = consoleInChromium({ instances: 40 });

  it('shows real data after one click', async () => {
    const { page } = await tested.open();
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page
      .getByRole('img', { name: /^Last 30 days: \d+ ok/ })
      .first()
      .waitFor();
    expect(new URL(page.url()).hash).toBe('#/cn-hangzhou');
    expect(await page.getByRole('row', { name: tested.sandbox.demo.name }).first().isVisible()).toBe(true);
  });

  it('comes back to the address that was shared', async () => {
    const { page } = await tested.openAs('Administrator', tested.instancePath('?days=7'));
    await page.getByRole('heading', { level: 1, name: tested.sandbox.demo.name }).waitFor();
    expect(await page.getByRole('link', { name: '7 days' }).getAttribute('aria-current')).toBe('true');
  });

  it('finds a slip of the clipboard before anything is sent', async () => {
    const { page, operations } = await tested.open();
    await page.getByLabel('Or with a token of your own').fill('hunter2');
    await page.keyboard.press('Enter');
    await page.getByText('That is not a token').waitFor();
    expect(operations).toEqual([]);
  });

  it('says so when the gateway does not accept a token, and forgets it', async () => {
    const watched = await tested.open();
    const { page } = watched;
    await page.getByLabel('Or with a token of your own').fill('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.x');
    await page.keyboard.press('Enter');
    await page.getByText('The gateway does not accept this token').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    // The browser itself notes every 401.
    watched.complaints.splice(0);
  });

  it('leaves nothing of one principal for the next', async () => {
    const { page } = await tested.openAs('Administrator');
    await page.getByRole('row', { name: tested.sandbox.demo.name }).first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Guest' }).click();
    await page.getByRole('heading', { name: 'You may not see the instances of this region' }).waitFor();
    expect(await page.getByText(tested.sandbox.demo.instanceId).count()).toBe(0);
  });

  it('needs less than 200 kB of compressed script for its first view', () => {
    const html = readFileSync(`${DIST}index.html`, 'utf8');
    const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.map((path) => gzipSync(readFileSync(`${DIST}${path}`)).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
  });

  it('runs where only persisted documents do', async () => {
    await using strict = await startConsole(
      { instances: 12 },
      { PERSISTED_DOCUMENTS: 'console/generated/persisted-documents.json', PERSISTED_DOCUMENTS_ONLY: 'true' },
    );
    const watched = await tested.open('/', {}, strict.url);
    await watched.page.getByRole('button', { name: 'Administrator' }).click();
    await watched.page.getByRole('link', { name: strict.sandbox.demo.name, exact: true }).click();
    await watched.page.getByRole('progressbar').waitFor();
    await watched.page.locator('.backup-row').first().waitFor();
    // Of the first documents the text was sent, which the browser notes as refused.
    watched.complaints.splice(0);
    await watched.context.close();
  });
});
