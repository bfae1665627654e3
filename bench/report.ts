import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Section, SectionResult } from './section.ts';
import { markdown, type Table } from './table.ts';

const folder = join(import.meta.dirname, 'results');
const document = join(import.meta.dirname, '../docs/performance.md');

/** Keeps what came of a section, for this report and for later ones. */
export function keepResult(name: string, result: SectionResult): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
}

/** Writes `docs/performance.md` from all results that are kept. */
export function writeReport(sections: readonly Section[]): void {
  const results = sections.flatMap((section) => {
    const result = keptResult(section.name);
    return result === undefined ? [] : [{ section, result }];
  });
  const holds = results.flatMap(({ result }) => result.holds);
  const bounds: Table = [
    ['what', 'has to be', 'is', ''],
    ...holds.map(({ what, wanted, got, ok }) => [what, wanted, got, ok ? 'holds' : '**fails**']),
  ];
  const parts = results.map(({ section, result }) =>
    [
      `## ${section.title}`,
      section.text,
      ...result.tables.flatMap(({ caption, table }) => [...(caption === undefined ? [] : [caption]), markdown(table)]),
    ].join('\n\n'),
  );
  writeFileSync(document, `${[HEAD, machine(), '## What has to hold', markdown(bounds), ...parts].join('\n\n')}\n`);
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
  return `Measured with Node ${process.versions.node} on ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}).`;
}

const HEAD = `# Performance

Written by \`npm run bench -- --full\`; \`npm run bench\` alone prints the first part in less than a minute.

Every server has a process of its own, started as for production, and gives the same answer from the same data. They are measured in turn,
round by round, with wrk over 32 connections. Figures are medians over the rounds, the spread is half of the distance between the best round and
the worst, and ratios are medians of the ratios within the rounds: the machine has other work too, and what it does to one it does to all.
“Bare” is a handler of \`node:http\` that copies the answer field by field and writes it as JSON; “JIT” is mercurius with graphql-jit.
At the gateway a token is verified, permissions are decided, limits are kept, metrics are counted, and a line of log is written for every request;
the others do none of this.`;
