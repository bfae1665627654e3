import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openPage } from './browser.ts';
import { startConsole } from './console-under-test.ts';

// `npm run pictures`: the pictures of docs/console.md, each view light and dark, on a desk and on a phone.
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const MAX_BYTES = 200_000;
const DAY = 86_400_000;

const SCREENS = {
  wide: { viewport: { width: 1280, height: 800 } },
  narrow: { viewport: { width: 360, height: 720 } },
} as const;

interface View {
  name: string;
  principal: string | undefined;
  /** One for each of its pictures, or the same for all. */
  path: string | readonly string[];
  /** What has to be so before the page is opened. */
  before?: () => void;
  prepare: (page: Page) => Promise<void>;
}

await using shown = await startConsole({ instances: 4_040 }, { UPSTREAM_CALLS_PER_MINUTE: '5000' });
const { demo, instanceAt, faults } = shown.sandbox;
leaveOutNights(instanceAt(20).instanceId, [4, 5, 17]);
const instancePath = `/#/${demo.regionId}/${demo.instanceId}`;

const VIEWS: readonly View[] = [
  {
    name: 'sign-in',
    principal: undefined,
    path: '/',
    prepare: (page) => page.getByRole('button', { name: 'Guest' }).waitFor(),
  },
  {
    name: 'instances',
    principal: 'Administrator',
    path: '/',
    async prepare(page) {
      await page.locator('.cell-strip .night-failed').first().waitFor();
      await page.waitForLoadState('networkidle');
      await page.locator('.legend-failed').waitFor();
      await page.locator('.strip-area').nth(2).locator('.night-failed').first().hover();
    },
  },
  {
    name: 'instance',
    principal: 'Administrator',
    path: instancePath,
    async prepare(page) {
      await page.getByRole('progressbar').waitFor();
      await page.locator('.size-figure path').first().waitFor();
    },
  },
  {
    name: 'shards',
    principal: 'Administrator',
    path: `${instancePath}?backups=FAILED`,
    async prepare(page) {
      await page.locator('.disclose').first().click();
      await page
        .getByRole('button', { name: /^Get link/ })
        .nth(2)
        .click();
      await page.getByRole('link', { name: /^Download/ }).waitFor();
      await page.getByRole('heading', { name: 'Backups', exact: true }).scrollIntoViewIfNeeded();
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    },
  },
  {
    name: 'denied',
    principal: 'Guest',
    path: '/',
    prepare: (page) => page.locator('.notice-denied').waitFor(),
  },
  {
    name: 'quota',
    principal: 'Administrator',
    // Others each time: what has been read is answered from the gateway's cache.
    path: ['sessions', 'messages', 'shipping', 'flags'].map((name) => `/#/${instanceAt(1).regionId}?search=${name}`),
    before() {
      faults.add({ kind: 'error', code: 'Throttling.User', retryAfterMs: 20_000, action: 'DescribeClusterBackupList' });
    },
    async prepare(page) {
      await page.getByText('Waiting for quota').first().waitFor();
    },
  },
];

mkdirSync(IMAGES, { recursive: true });
const browser = await launchChromium();
for (const view of VIEWS) {
  let turn = 0;
  for (const screen of ['wide', 'narrow'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) await take(browser, view, screen, colorScheme, turn++);
  }
}
await browser.close();

/** Nights without a backup do not happen in the sandbox by themselves. */
function leaveOutNights(instanceId: string, missing: readonly number[]): void {
  const kept = Array.from({ length: 45 }, (_, daysAgo) => daysAgo).filter((daysAgo) => !missing.includes(daysAgo));
  const midnight = Math.floor(Date.now() / DAY) * DAY;
  shown.sandbox.backups.set(
    instanceId,
    kept.map((daysAgo) => {
      const start = midnight - daysAgo * DAY;
      return { start, end: start + 300_000, expire: start + 46 * DAY, sizes: Array(4).fill(9_771_050_598) };
    }),
  );
}

async function take(
  browser: Browser,
  view: View,
  screen: keyof typeof SCREENS,
  colorScheme: 'light' | 'dark',
  turn: number,
): Promise<void> {
  await using watched = await openPage(browser, shown.url, { ...SCREENS[screen], colorScheme });
  const { page } = watched;
  view.before?.();
  await page.goto(shown.url + (typeof view.path === 'string' ? view.path : view.path[turn]));
  if (view.principal !== undefined) await page.getByRole('button', { name: view.principal }).click();
  await view.prepare(page);
  faults.clear();
  const path = `${IMAGES}console-${view.name}-${screen}-${colorScheme}.png`;
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes`);
  process.stdout.write(`${path} ${Math.round(size / 1000)} kB\n`);
}
