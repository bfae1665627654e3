import { readFileSync } from 'node:fs';

/** A document of the repository, by its path from the root. */
export const document = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Cells of the rows of a table, as written, by its first header. */
export function tableOf(text: string, firstHeader: string): string[][] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHeader} |`));
  if (head < 0) throw new Error(`no table begins with ${firstHeader}`);
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks in a text. */
export const codesIn = (text: string): string[] => Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code);

/** A document without its fenced blocks. */
export const prose = (text: string): string => text.replace(/^```.*?^```$/gms, '');

/** Fenced blocks of a language, in order. */
export const blocksOf = (text: string, language: string): string[] =>
  Array.from(text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')), ([, block = '']) => block);

/** Targets of links and pictures, without those in code. */
export const linksOf = (text: string): string[] =>
  Array.from(
    prose(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
    ([, target = '']) => target,
  );

/** The names by which headings can be linked to, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(text).matchAll(/^#{1,6} (.*)$/gm)) {
    const name = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = name;
    for (let repeat = 1; anchors.has(anchor); repeat++) anchor = `${name}-${repeat}`;
    anchors.add(anchor);
  }
  return anchors;
}
