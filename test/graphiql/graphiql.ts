import type { Browser, Page } from 'playwright-core';

/** GraphiQL in a tab of a browser that knows nothing of it yet, and what must not happen there. */
export interface OpenGraphiQL extends AsyncDisposable {
  page: Page;
  complaints: string[];
  foreignRequests: string[];
}

/** Opens GraphiQL, and waits until it has read the schema. */
export async function openGraphiQL(browser: Browser, url: string): Promise<OpenGraphiQL> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreignRequests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(url)) foreignRequests.push(request.url());
  });
  await page.goto(`${url}/graphql`);
  await page.getByRole('button', { name: 'NewestBackups' }).waitFor();
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return { page, complaints, foreignRequests, [Symbol.asyncDispose]: () => context.close() };
}

/** Runs the operation of a tab. */
export async function runTab(page: Page, name: string): Promise<void> {
  // As long as a finger takes.
  await page.getByRole('button', { name, exact: true }).click({ delay: 60 });
  const head = page.locator('.graphiql-query-editor .view-line').filter({ hasText: new RegExp(`^\\w+\\s${name}\\s`) });
  await head.waitFor();
  // It takes GraphiQL a moment to know that another operation stands there.
  do {
    await page.locator('.graphiql-execute-button').click();
    await page.waitForTimeout(150);
  } while (/Cannot infer operation/.test(await shownAnswer(page)));
}

/** What is shown of the answer; the editor draws only the lines that fit. */
export async function shownAnswer(page: Page): Promise<string> {
  const lines = await page.locator('.graphiql-response .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
