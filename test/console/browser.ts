import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether there is a browser to test in. */
export const hasChromium = existsSync(CHROMIUM);

/** A headless Chromium that talks to nobody by itself. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
}

/** A page, and what must not happen on it: whatever the console complains about, and every request to another host. */
export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  complaints: string[];
  foreignRequests: string[];
  /** Operations that were sent, by name, each with how it ended. */
  operations: { name: string; variables: Record<string, unknown>; outcome: 'open' | 'answered' | 'cancelled' }[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens an empty tab of its own. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const watched: WatchedPage = {
    page,
    context,
    complaints: [],
    foreignRequests: [],
    operations: [],
    [Symbol.asyncDispose]: () => context.close(),
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text());
  });
  page.on('pageerror', (error) => watched.complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin: other, pathname } = new URL(request.url());
    if (other !== origin && !request.url().startsWith('data:')) watched.foreignRequests.push(request.url());
    if (pathname !== '/graphql') return;
    const { operationName, variables } = request.postDataJSON() as {
      operationName: string;
      variables: Record<string, unknown>;
    };
    const operation: WatchedPage['operations'][number] = { name: operationName, variables, outcome: 'open' };
    watched.operations.push(operation);
    request.response().then(
      (response) => {
        operation.outcome = response === null ? 'cancelled' : 'answered';
      },
      () => {
        operation.outcome = 'cancelled';
      },
    );
  });
  return watched;
}
