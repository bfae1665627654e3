import { parseArgs } from 'node:util';
import { wrkIsThere } from './load.ts';
import type { Pace } from './measure.ts';
import { peersAreThere } from './peers.ts';
import { keepResult, writeReport } from './report.ts';
import type { Section, SectionResult } from './section.ts';
import { permissions } from './sections/permissions.ts';
import { slowUpstream } from './sections/slow-upstream.ts';
import { overview, warm } from './sections/warm.ts';
import { markdown } from './table.ts';

const USAGE = `Usage: npm run bench -- [options]

Without options: warm reads, in less than a minute.

  --full         everything, and docs/performance.md is written anew; takes a quarter of an hour
  --only A,B     these parts (NAMES), and docs/performance.md with what is known of the others
  --help
`;

const SECTIONS: readonly Section[] = [warm, overview, permissions, slowUpstream];
const QUICK: Pace = { rounds: 4, seconds: 1, connections: 32 };
const FULL: Pace = { rounds: 7, seconds: 3, connections: 32 };

const { values } = parseArgs({
  options: { full: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(USAGE.replace('NAMES', SECTIONS.map(({ name }) => name).join(', ')));
} else if (!wrkIsThere()) {
  process.stderr.write('The benchmark needs wrk: apt-get install wrk, or brew install wrk.\n');
  process.exitCode = 1;
} else {
  await main();
}

async function main(): Promise<void> {
  const asked = values.only?.split(',');
  const unknown = asked?.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown !== undefined)
    throw new Error(`--only: ${unknown} is none of ${SECTIONS.map(({ name }) => name).join(', ')}`);
  const quick = !values.full && asked === undefined;
  const peers = peersAreThere();
  for (const section of quick ? [warm] : SECTIONS.filter(({ name }) => asked?.includes(name) ?? true)) {
    const tell = (progress: string) => process.stderr.write(`${section.title}: ${progress}\n`);
    const result = await section.run({ pace: quick ? QUICK : FULL, peers, tell });
    process.stdout.write(`\n${section.title}\n\n${textOf(result)}\n`);
    if (!quick && peers) keepResult(section.name, result);
  }
  if (!quick && peers) writeReport(SECTIONS);
}

function textOf({ tables, holds }: SectionResult): string {
  const parts = tables.map(
    ({ caption, table }) => `${caption === undefined ? '' : `${caption}\n`}${markdown(table)}\n`,
  );
  const checks = holds.map(
    ({ what, wanted, got, ok }) => `${ok ? 'holds' : 'FAILS'}  ${what}: ${got}, wanted ${wanted}`,
  );
  return [...parts, ...checks].join('\n');
}
