import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { SandboxOptions } from '../../sandbox/options.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CHROMIUM, hasChromium, launchChromium, openPage, type WatchedPage } from './browser.ts';
import { type ConsoleUnderTest, startConsole } from './console-under-test.ts';

/** A console, and tabs of a browser that look at it. */
export interface ConsoleInChromium {
  readonly sandbox: Sandbox;
  /** Opens a path in a tab of its own, which is closed after the test. */
  open(path?: string, options?: BrowserContextOptions, url?: string): Promise<WatchedPage>;
  /** The same, signed in as a demo principal. */
  openAs(principal: string, path?: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  /** The path of the demo instance, with more behind it. */
  instancePath(more?: string): string;
}

/**
 * Starts a console and a Chromium for the tests of the `describe` it is called in. After each test it is checked that no
 * page complained, and that none sent anything to another host.
 */
export function consoleInChromium(options: SandboxOptions): ConsoleInChromium {
  if (!hasChromium) console.warn(`The console is not tested: there is no ${CHROMIUM} (CHROMIUM_PATH names another).`);
  let browser: Browser;
  let tested: ConsoleUnderTest;
  let opened: WatchedPage[] = [];

  beforeAll(async () => {
    [browser, tested] = await Promise.all([
      launchChromium(),
      startConsole(options, { UPSTREAM_CALLS_PER_MINUTE: '5000' }),
    ]);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await tested?.[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    tested.sandbox.faults.clear();
    const pages = opened;
    opened = [];
    for (const watched of pages) await watched[Symbol.asyncDispose]();
    expect(
      pages.flatMap(({ foreignRequests }) => foreignRequests),
      'requests to other hosts',
    ).toEqual([]);
    expect(
      pages.flatMap(({ complaints }) => complaints),
      'complaints of the browser',
    ).toEqual([]);
  });

  async function open(path = '/', contextOptions: BrowserContextOptions = {}, url = tested.url): Promise<WatchedPage> {
    const watched = await openPage(browser, url, contextOptions);
    opened.push(watched);
    await watched.page.goto(url + path);
    return watched;
  }

  return {
    get sandbox() {
      return tested.sandbox;
    },
    open,
    async openAs(principal, path, contextOptions) {
      const watched = await open(path, contextOptions);
      await watched.page.getByRole('button', { name: principal }).click();
      return watched;
    },
    instancePath: (more = '') => `/#/${tested.sandbox.demo.regionId}/${tested.sandbox.demo.instanceId}${more}`,
  };
}
