import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium } from './browser.ts';
import { consoleInChromium } from './console-in-chromium.ts';
import { contrastFaults } from './contrast.ts';

describe.skipIf(!hasChromium)('the console without a mouse, on a phone, in the dark', () => {
  const tested = consoleInChromium({ instances: 40 });

  describe('the keyboard', () => {
    it('leads from the first page to the shards of a backup', async () => {
      const { page } = await tested.open();
      const { keyboard } = page;
      await page.getByRole('button', { name: 'Administrator' }).waitFor();
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      const first = page.getByRole('link', { name: tested.sandbox.demo.name, exact: true });
      await first.waitFor();
      for (let stop = 0; stop < 12 && !(await isFocused(page, '.row-link')); stop += 1) await keyboard.press('Tab');
      expect(await focusedText(page)).toBe(tested.sandbox.demo.name);

      await page
        .getByRole('img', { name: /^Last 30 days/ })
        .first()
        .waitFor();
      await keyboard.press('ArrowLeft');
      await page
        .getByRole('status')
        .filter({ hasText: /\d\d:\d\d/ })
        .waitFor();
      await keyboard.press('ArrowDown');
      expect(await focusedText(page)).not.toBe(tested.sandbox.demo.name);
      await keyboard.press('ArrowUp');
      await keyboard.press('Enter');

      await page.getByRole('heading', { level: 1, name: tested.sandbox.demo.name }).waitFor();
      await page.locator('.disclose').first().waitFor();
      for (let stop = 0; stop < 30 && !(await isFocused(page, '.disclose')); stop += 1) await keyboard.press('Tab');
      await keyboard.press('Enter');
      await page.locator('.disclose[aria-expanded="true"]').waitFor();
    });

    it('always shows where it is', async () => {
      const { page } = await tested.openAs('Administrator', tested.instancePath());
      await page.locator('.backup-row').first().waitFor();
      for (let stop = 0; stop < 15; stop += 1) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(
          '(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return outlineStyle + " " + outlineWidth; })()',
        );
        expect(outline, await focusedText(page)).toBe('solid 2px');
      }
    });
  });

  it.each(['light', 'dark'] as const)(
    'can be read at 360 px in the %s: with contrast, without scrolling sideways',
    async (colorScheme) => {
      const { page } = await tested.open(tested.instancePath('?backups=OK'), { ...NARROW, colorScheme });
      const check = async (view: string, sign: string) => {
        await page.locator(sign).first().waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(360);
        expect(await contrastFaults(page), view).toEqual([]);
      };
      await check('signing in', '.principal-card');
      await page.getByRole('button', { name: 'Administrator' }).click();
      await page.locator('.disclose').first().click();
      await check('an instance', '.shard-table');
      await page.getByRole('navigation', { name: 'Where this is' }).getByRole('link').click();
      await check('instances', '.cell-strip .night-failed');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Guest' }).click();
      await check('a denial', '.notice-denied');
    },
  );
});

const NARROW = { viewport: { width: 360, height: 740 } };

function isFocused(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(`document.activeElement.matches('${selector}')`);
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}
