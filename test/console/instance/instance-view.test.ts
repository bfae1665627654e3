import { describe, expect, it } from 'vitest';
import { hasChromium } from '../browser.ts';
import { consoleInChromium } from '../console-in-chromium.ts';

describe.skipIf(!hasChromium)('one instance in the console', () => {
  const tested = consoleInChromium({ instances: 40 });

  it('has a table of its backups that is read on to the end as one scrolls', async () => {
    const { page, operations } = await tested.openAs('Administrator', tested.instancePath('?days=90'));
    await page.getByRole('rowheader').first().waitFor();
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 4_000);
        return page.getByText(/^That is all: \d+ backups in 90 days/).count();
      })
      .toBe(1);
    const shown = await page.locator('.backup-row').count();
    expect(await page.getByText(/^That is all/).textContent()).toContain(`: ${shown} backups`);
    expect(shown).toBeGreaterThan(45);
    const pages = operations.filter(({ name }) => name === 'BackupPage');
    expect(new Set(pages.map(({ variables }) => variables.after)).size).toBe(Math.ceil(shown / 30));
  });

  it('draws the sizes of its backups, from a script that comes only then', async () => {
    const { page } = await tested.open();
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(request.url());
    });
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('link', { name: tested.sandbox.demo.name, exact: true }).click();
    await page.locator('.size-figure path').first().waitFor();
    expect(scripts.filter((url) => url.includes('size-plot'))).toHaveLength(1);
  });

  it('opens a backup to its shards, at an address that can be shared', async () => {
    const { page } = await tested.openAs('Administrator', tested.instancePath('?backups=OK'));
    await page.locator('.disclose').first().click();
    await page.getByText(`${tested.sandbox.demo.shardCount} shards of 4 GiB each`).waitFor();
    const other = await tested.openAs('Administrator', `/${new URL(page.url()).hash}`);
    await other.page.getByText(`${tested.sandbox.demo.shardCount} shards of 4 GiB each`).waitFor();
  });

  it('shows a linked backup that is older than the rows that were read', async () => {
    const { page } = await tested.openAs('Administrator', tested.instancePath('?days=90'));
    await page.locator('.backup-row').nth(29).waitFor();
    await page.getByRole('button', { name: /Show more|Loading/ }).scrollIntoViewIfNeeded();
    const id = (await page.locator('.backup-row').nth(45).locator('code').textContent()) ?? '';
    const other = await tested.openAs('Administrator', tested.instancePath(`/${id}?days=7`));
    await other.page.getByRole('table', { name: 'The backup of this address' }).waitFor();
    await other.page.locator('.shard-table').waitFor();
  });

  it('asks for a download link only when somebody wants it', async () => {
    const { page, operations } = await tested.openAs('Administrator', tested.instancePath('?backups=OK'));
    await page.locator('.disclose').first().click();
    const ask = page.getByRole('button', { name: /^Get link/ }).first();
    await ask.waitFor();
    expect(operations.some(({ name }) => name === 'DownloadLinks')).toBe(false);
    await ask.click();
    const link = page.getByRole('link', { name: /^Download/ });
    await link.waitFor();
    expect(await link.getAttribute('href')).toMatch(/^https?:\/\/.+Expires=/);
    expect(operations.filter(({ name }) => name === 'DownloadLinks')).toHaveLength(1);
  });

  it('says that it is none when there is no such', async () => {
    const { page } = await tested.openAs('Administrator', '/#/cn-hangzhou/r-bp1nosuchinstance0');
    await page.getByRole('heading', { name: 'There is no such instance' }).waitFor();
  });

  it('shows a running backup move, and its end when it ends', async () => {
    const { instanceId } = tested.sandbox.instanceAt(4);
    const start = new Date(Date.now() - 60_000).toISOString();
    const backup = { id: 'cb-watched', start, status: 'RUNNING', progress: 40 };
    tested.sandbox.backups.set(instanceId, [backup]);
    const { page } = await tested.openAs('Administrator', `/#/${tested.sandbox.instanceAt(4).regionId}/${instanceId}`);
    const bar = page.getByRole('progressbar', { name: 'Progress of cb-watched' });
    await expect.poll(() => bar.getAttribute('value')).toBe('40');
    const row = page.locator('.backup-row', { hasText: 'cb-watched' });
    expect(await row.textContent()).toContain('running 40 %');

    backup.progress = 75;
    await expect.poll(() => bar.getAttribute('value')).toBe('75');
    expect(await row.textContent()).toContain('running 75 %');

    Object.assign(backup, { status: 'OK', end: new Date().toISOString() });
    await page.getByText('Backup cb-watched has ended: ok.').waitFor();
    await bar.waitFor({ state: 'detached' });
    await expect.poll(() => row.textContent()).toContain('ok');
  }, 45_000);
});
