import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { hasChromium, launchChromium } from '../console/browser.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { type OpenGraphiQL, openGraphiQL, runTab, shownAnswer } from './graphiql.ts';

describe.skipIf(!hasChromium)('GraphiQL', () => {
  let running: RunningGateway;
  let browser: Browser;
  let opened: OpenGraphiQL;
  beforeAll(async () => {
    running = await runGateway();
    browser = await launchChromium();
    opened = await openGraphiQL(browser, running.url);
  });
  afterAll(async () => {
    await browser.close();
    await running[Symbol.asyncDispose]();
  });

  it('opens with a tab for each example, each of which answers as it stands', async () => {
    const { page } = opened;
    const names = await page.locator('.graphiql-tab-button').allTextContents();
    expect(names).toEqual(['NewestBackups', 'Progress', 'Instances', 'FailedBackups', 'Viewer']);
    for (const [name, answer] of [
      ['NewestBackups', /"name": "orders-cluster"/],
      ['Instances', /"totalCount": \d+/],
      ['FailedBackups', /"totalCount": \d+/],
      ['Viewer', /"reason": "ALLOW"/],
    ] as const) {
      await runTab(page, name);
      await expect.poll(() => shownAnswer(page)).toMatch(answer);
      expect(await shownAnswer(page)).not.toMatch(/"errors"/);
    }
  });

  it('shows the progress of a running backup live', async () => {
    const { page } = opened;
    const backup: ExplicitBackup = { id: 'cb-1', start: Date.now() - 60_000, status: 'RUNNING', progress: 37 };
    running.sandbox.backups.set(running.sandbox.demo.instanceId, [backup]);
    await runTab(page, 'Progress');
    await expect.poll(() => shownAnswer(page)).toMatch(/"progressPercent": 37/);
    backup.status = 'OK';
    await expect.poll(() => shownAnswer(page)).toMatch(/"status": "OK"/);
  });

  it('has its tabs and its token still when it is loaded again, and keeps no token', async () => {
    const { page } = opened;
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toMatch(/eyJ/);
    await page.reload();
    await runTab(page, 'Viewer');
    await expect.poll(() => shownAnswer(page)).toMatch(/"reason": "ALLOW"/);
  });

  it('asks no other host, and the browser finds nothing wrong with it', () => {
    expect(opened.foreignRequests).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });
});
