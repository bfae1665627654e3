import { parseArgs } from 'node:util';
import type { Pace } from './measure.ts';
import { peersAreThere } from './peers.ts';
import { forgetResults, keepResult, writeReport } from './report.ts';
import type { Hold, Ratios, Section, SectionResult } from './section.ts';
import { deepPaging } from './sections/deep-paging.ts';
import { documents } from './sections/documents.ts';
import { growth } from './sections/growth.ts';
import { halfLoad } from './sections/half-load.ts';
import { identical } from './sections/identical.ts';
import { memory } from './sections/memory.ts';
import { permissions } from './sections/permissions.ts';
import { slowUpstream } from './sections/slow-upstream.ts';
import { startUp } from './sections/start-up.ts';
import { supergraph } from './sections/supergraph.ts';
import { overview, warm } from './sections/warm.ts';
import { holdTable, ratioTable } from './summary.ts';
import { markdown } from './table.ts';

const USAGE = `Usage: npm run bench -- [options]

Without options: the parts that have bounds against others (SHORT), in about three minutes.

  --full         everything, and docs/performance.md is written anew; takes about ten minutes
  --only A,B     these parts (NAMES), and docs/performance.md with what is known of the others
  --help
`;

const SECTIONS: readonly Section[] = [
  warm,
  overview,
  permissions,
  slowUpstream,
  halfLoad,
  identical,
  deepPaging,
  supergraph,
  documents,
  startUp,
  growth,
  memory,
];
const IN_SHORT: readonly Section[] = [warm, slowUpstream, identical, startUp];
const QUICK: Pace = { rounds: 3, seconds: 1, connections: 32 };
const FULL: Pace = { rounds: 7, seconds: 1, connections: 32 };

const { values } = parseArgs({
  options: { full: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) process.stdout.write(USAGE.replace('SHORT', namesOf(IN_SHORT)).replace('NAMES', namesOf(SECTIONS)));
else await main();

async function main(): Promise<void> {
  const asked = values.only?.split(',');
  const unknown = asked?.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown !== undefined) return refuse(`--only: ${unknown} is none of ${namesOf(SECTIONS)}`);
  // Everything forgets what was known, and parts alone would then be all that is left of the report.
  if (values.full && asked !== undefined) return refuse('--full, --only: expected one of them, got both');
  const quick = !values.full && asked === undefined;
  const peers = peersAreThere();
  if (values.full && peers) forgetResults();
  const ratios: Ratios[] = [];
  const holds: Hold[] = [];
  for (const section of quick ? IN_SHORT : SECTIONS.filter(({ name }) => asked?.includes(name) ?? true)) {
    const tell = (progress: string) => process.stderr.write(`${section.title}: ${progress}\n`);
    const result = await section.run({ pace: quick ? QUICK : FULL, peers, tell });
    process.stdout.write(`\n${section.title}\n\n${textOf(result)}\n`);
    ratios.push(...(result.ratios ?? []));
    holds.push(...result.holds);
    if (!quick && peers) keepResult(section.name, result);
  }
  if (ratios.length > 0) process.stdout.write(`Requests per second, × those of\n${markdown(ratioTable(ratios))}\n\n`);
  if (holds.length > 0) process.stdout.write(`What has to hold\n${markdown(holdTable(holds))}\n`);
  if (!quick && peers) writeReport(SECTIONS);
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function namesOf(sections: readonly Section[]): string {
  return sections.map(({ name }) => name).join(', ');
}

function textOf({ tables, holds }: SectionResult): string {
  const parts = tables.map(
    ({ caption, table }) => `${caption === undefined ? '' : `${caption}\n`}${markdown(table)}\n`,
  );
  const checks = holds.map(
    ({ what, wanted, got, ok }) => `${ok ? 'holds' : 'FAILS'}  ${what}: ${got}, wanted ${wanted}\n`,
  );
  return [...parts, checks.join('')].join('\n');
}
