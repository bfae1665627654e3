import { readdirSync, readFileSync } from 'node:fs';
import { changesSince } from './breaking-changes.ts';
import { reportComposition } from './composition.ts';

// `npm run lint:schema`: whether the subgraph still composes with portals of every kind, and whether clients of the released schema would
// notice anything. Exit code 1 when something is wrong.

/** Hints that come with what a portal wants: they are its own choice. */
const WANTED_HINTS: Readonly<Record<string, readonly string[]>> = {
  'is-relay-itself': ['OVERRIDDEN_FIELD_CAN_BE_REMOVED', 'INCONSISTENT_OBJECT_VALUE_TYPE_FIELD'],
};

const portals = new URL('portals/', import.meta.url);
const kvstore = { name: 'kvstore', sdl: read('../subgraph.graphql') };

report('subgraph.graphql alone', faultsWith([]));
for (const file of readdirSync(portals)) {
  const name = file.replace('.graphql', '');
  const sdl = readFileSync(new URL(file, portals), 'utf8');
  report(
    `subgraph.graphql with a portal that ${name.replaceAll('-', ' ')}`,
    faultsWith([{ name, sdl }], WANTED_HINTS[name]),
  );
}
const { breaking, dangerous } = await changesSince(read('../schema.released.graphql'), read('../schema.graphql'));
report('schema.graphql since the last release', breaking);
for (const change of dangerous) console.log(`  clients may be surprised: ${change}`);

function faultsWith(others: { name: string; sdl: string }[], wanted: readonly string[] = []): string[] {
  const { errors, hints } = reportComposition([kvstore, ...others]);
  return [...errors, ...hints.filter((hint) => !wanted.some((code) => hint.startsWith(`${code}:`)))];
}

function report(what: string, faults: readonly string[]): void {
  console.log(`${what}: ${faults.length === 0 ? 'fits' : 'does not fit'}`);
  if (faults.length === 0) return;
  for (const fault of faults) console.error(`  ${fault}`);
  process.exitCode = 1;
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
