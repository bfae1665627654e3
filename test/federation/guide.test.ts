import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { reportComposition } from '../../checks/composition.ts';
import { blocksOf, document } from '../docs/markdown.ts';

const guide = document('docs/federation.md');

describe('docs/federation.md', () => {
  const schemas = blocksOf(guide, 'graphql');

  it('shows portals that compose with the subgraph without errors or hints', () => {
    expect(schemas.length).toBe(3);
    for (const sdl of schemas) {
      const report = reportComposition([
        { name: 'kvstore', sdl: document('subgraph.graphql') },
        { name: 'portal', sdl },
      ]);
      expect(report).toEqual({ errors: [], hints: [] });
    }
  });

  it('shows router configurations that are YAML', () => {
    const configurations = blocksOf(guide, 'yaml');
    expect(configurations.length).toBe(3);
    for (const text of configurations) {
      for (const { errors, warnings } of parseAllDocuments(text)) expect([...errors, ...warnings]).toEqual([]);
    }
  });
});
