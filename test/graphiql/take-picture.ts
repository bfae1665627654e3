import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../console/browser.ts';
import { runGateway } from '../end-to-end/running-gateway.ts';
import { openGraphiQL, runTab } from './graphiql.ts';

// Part of `npm run pictures`: GraphiQL as it opens on the sandbox, with the answer to its first example.
const IMAGE = fileURLToPath(new URL('../../docs/images/graphiql.png', import.meta.url));
const MAX_BYTES = 200_000;

await using running = await runGateway();
await using browser = await launchChromium();
await using opened = await openGraphiQL(browser, running.url);
const { page } = opened;
// The other tool shows a token.
await page.getByRole('button', { name: 'Variables' }).click();
await runTab(page, 'NewestBackups');
await page.locator('.graphiql-response').getByText('instanceName').first().waitFor();
await page.screenshot({ path: IMAGE, animations: 'disabled' });
const { size } = statSync(IMAGE);
if (size > MAX_BYTES) throw new Error(`${IMAGE} has ${size} bytes`);
process.stdout.write(`${IMAGE} ${Math.round(size / 1000)} kB\n`);
