import { describe, expect, it } from 'vitest';
import { hasChromium } from '../browser.ts';
import { consoleInChromium } from '../console-in-chromium.ts';
import { startConsole } from '../console-under-test.ts';

describe.skipIf(!hasChromium)('what the console cannot show', () => {
  const tested = consoleInChromium({ instances: 40 });

  describe('what one may not see', () => {
    it('is explained: what, where, and whom to ask', async () => {
      const { page } = await tested.openAs('Guest');
      const notice = page.getByRole('alert');
      await notice.getByRole('heading', { name: 'You may not see the instances of this region' }).waitFor();
      const text = await notice.textContent();
      expect(text).toContain('kvstore:DescribeInstances');
      expect(text).toContain('acs:kvstore:cn-hangzhou:1234567890123456:instance/*');
      expect(text).toContain('Whoever keeps the RAM policies of this gateway');
      expect(text).toContain('mallory');
    });

    it('is explained for a single instance too', async () => {
      const { page } = await tested.openAs('Guest', tested.instancePath());
      await page.getByRole('heading', { name: 'You may not see the backups of this instance' }).waitFor();
      expect(await page.getByRole('main').textContent()).toContain('kvstore:DescribeClusterBackupList');
      expect(await page.locator('.backup-row').count()).toBe(0);
    });

    it('may be one field alone: backups without their links', async () => {
      const { page } = await tested.openAs('Backup reader', tested.instancePath('?backups=OK'));
      await page.locator('.disclose').first().click();
      await page
        .getByRole('button', { name: /^Get link/ })
        .first()
        .click();
      await page.getByText('You may not see this: kvstore:DescribeClusterBackupList').waitFor();
      expect(await page.getByRole('link', { name: /^Download/ }).count()).toBe(0);
    });
  });

  it('says what is wrong while the upstream is down, and shows the data once it is back', async () => {
    await using down = await startConsole({ instances: 12 });
    down.sandbox.faults.add({ kind: 'html', action: 'DescribeInstances' });
    const { page, context } = await tested.open('/', {}, down.url);
    await page.getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('heading', { name: 'Alibaba Cloud cannot be reached' }).waitFor();
    down.sandbox.faults.clear();
    await expect
      .poll(
        async () => {
          const again = page.getByRole('button', { name: 'Try again' });
          if (await again.isVisible()) await again.click();
          return page.getByRole('row').count();
        },
        { interval: 500 },
      )
      .toBeGreaterThan(2);
    await context.close();
  }, 40_000);
});
