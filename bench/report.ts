import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { CONTENDERS } from './contenders.ts';
import { LOAD_GENERATOR } from './load.ts';
import type { Section, SectionResult } from './section.ts';
import { holdTable, ratioTable } from './summary.ts';
import { markdown } from './table.ts';

const folder = join(import.meta.dirname, 'results');
const docs = join(import.meta.dirname, '../docs');

/** Keeps what came of a section, for this report and for later ones. */
export function keepResult(name: string, result: SectionResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
}

/** Before everything is measured anew, so that a report is of one run. */
export function forgetResults(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes `docs/performance.md`, and its drawings, from all results that are kept. */
export function writeReport(sections: readonly Section[]): void {
  const results = sections.flatMap((section) => {
    const result = keptResult(section.name);
    return result === undefined ? [] : [{ section, result }];
  });
  const ratios = results.flatMap(({ result }) => result.ratios ?? []);
  const holds = results.flatMap(({ result }) => result.holds);
  const parts = [
    HEAD,
    `Measured with Node ${process.versions.node} on ${machine()}; requests come from ${LOAD_GENERATOR} on the same machine.`,
    ...(ratios.length === 0 ? [] : ['## Against the others', RATIOS, markdown(ratioTable(ratios))]),
    '## What has to hold',
    markdown(holdTable(holds, '**fails**')),
    METHOD,
    serverList(),
    ...results.map(({ section, result }) => sectionText(section, result)),
  ];
  writeFileSync(join(docs, 'performance.md'), `${parts.join('\n\n')}\n`);
}

function sectionText({ name, title, text }: Section, { tables, drawing }: SectionResult): string {
  const parts = [`## ${title}`, text];
  for (const { caption, table } of tables) parts.push(...(caption === undefined ? [] : [caption]), markdown(table));
  if (drawing !== undefined) {
    writeFileSync(join(docs, 'images', `${name}.svg`), drawing.text);
    parts.push(`![${drawing.alternative}](images/${name}.svg)`);
  }
  return parts.join('\n\n');
}

function serverList(): string {
  const { yogaSubgraph: _in, ...servers } = CONTENDERS;
  return Object.values(servers)
    .map(({ name, note }) => `- **${name}**${note === undefined ? '' : `: ${note}`}`)
    .join('\n');
}

function keptResult(name: string): SectionResult | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch {
    return undefined;
  }
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`;
}

const HEAD = `# Performance

What a request costs here, beside servers that do less. This page is written by \`npm run bench -- --full\`, in one run; \`npm run bench\` alone prints
what has to hold against the others in about three minutes. Neither needs more than this repository: the other servers are installed into
\`bench/peers\` when they are not there, and where wrk is not there a client in a Node process sends the requests.`;

const RATIOS = `Requests per second of this gateway as multiples of theirs: above 1 it is faster.`;

const METHOD = `## How it is measured

Every server has a process of its own, is started as for production, and gives the same answer from the same data. They are measured in turn, round by
round, each after two seconds that do not count. Figures are medians over the rounds, the spread is half of the distance between the best round and the worst,
and ratios are medians of the ratios within the rounds, so that what else the machine does falls on all of them. Processor time is that of the whole process for
each request, as the process itself reads it.

The gateway is always whole: it verifies a token, decides permissions for each field, keeps limits of documents, bodies and upstream calls, counts metrics, and
writes a line of log for every request. The others do none of this.`;
