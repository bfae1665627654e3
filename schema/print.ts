import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printClientSchema, printSubgraph } from './index.ts';

// `npm run schema` writes the two files; `npm run schema -- --check` says which of them is stale.
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const files = { 'schema.graphql': printClientSchema(), 'subgraph.graphql': printSubgraph() };

for (const [name, text] of Object.entries(files)) {
  const path = new URL(`../${name}`, import.meta.url);
  if (!values.check) {
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  } else if (read(path) === text) {
    console.log(`${name} is up to date`);
  } else {
    console.error(`${name} is stale: run "npm run schema"`);
    process.exitCode = 1;
  }
}

function read(path: URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
