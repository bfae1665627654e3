import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { reportComposition } from '../../checks/composition.ts';

const guide = read('docs/federation.md');
const blocks = (text: string, language: string) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , block]) => block ?? '');

describe('docs/federation.md', () => {
  const schemas = blocks(guide, 'graphql');

  it('shows portals that compose with the subgraph without errors or hints', () => {
    expect(schemas.length).toBe(3);
    for (const sdl of schemas) {
      const report = reportComposition([
        { name: 'kvstore', sdl: read('subgraph.graphql') },
        { name: 'portal', sdl },
      ]);
      expect(report).toEqual({ errors: [], hints: [] });
    }
  });

  it('shows router configurations that are YAML', () => {
    const configurations = blocks(guide, 'yaml');
    expect(configurations.length).toBe(3);
    for (const text of configurations) {
      for (const document of parseAllDocuments(text)) expect([...document.errors, ...document.warnings]).toEqual([]);
    }
  });
});

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
