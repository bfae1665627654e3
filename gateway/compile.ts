import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// `npm run prepare`, which npm runs at the end of an installation, and the image while it is built: starts the gateway once on its sandbox and asks
// it one thing, so that the compiled code of that is there for every start to come. Exit codes: 0 when it is, 1 when that start went wrong, which
// harms nothing: the first start compiles then.
const LONGEST_MS = 30_000;
const QUESTION =
  '{ instances(regionId: "cn-hangzhou", first: 1) { nodes { name clusterBackups(first: 1) { nodes { status shardBackups { nodes { status } } } } } } }';

const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
  env: { PATH: process.env.PATH, NODE_ENV: 'production', UPSTREAM: 'sandbox', PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(child, 'exit');
const patience = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
try {
  await ask(await listening());
} finally {
  // Node writes down what it has compiled when the process ends by itself.
  child.kill('SIGTERM');
  const [code] = await ended;
  clearTimeout(patience);
  process.exitCode = code === 0 ? 0 : 1;
}

function listening(): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    const url = /GraphQL +(http:\S+)\/graphql/.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.once('exit', () => reject(new Error('The gateway did not start.')));
  return promise;
}

async function ask(url: string): Promise<void> {
  const [principal] = (await (await fetch(`${url}/demo-principals.json`)).json()) as { token: string }[];
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${principal?.token}` },
    body: JSON.stringify({ query: QUESTION }),
  });
  if (!response.ok) throw new Error(`The gateway answered with HTTP ${response.status}.`);
}
