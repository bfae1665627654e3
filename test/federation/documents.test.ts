import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { reportComposition } from '../../checks/composition.ts';
import { PORTAL_SDL, startPortal } from '../../examples/supergraph/portal.ts';
import { runSupergraph } from './running-supergraph.ts';

const guide = read('docs/federation.md');
const readme = read('examples/supergraph/README.md');
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

describe('the README of the supergraph example', () => {
  it('shows what its query is answered with', async () => {
    await using running = await runSupergraph([{ name: 'portal', sdl: PORTAL_SDL, start: () => startPortal() }]);
    const [query = ''] = blocks(readme, 'graphql');
    const [answer = '', denied = ''] = blocks(readme, 'json');

    expect(shapeOf(await running.ask(query, 'alice', { 'x-upstream-calls': '1' }))).toEqual(
      shapeOf(JSON.parse(answer)),
    );
    const question = '{ service(name: "orders") { name cache { name } } }';
    expect(readme).toContain(question);
    expect(await running.ask(question, 'mallory')).toEqual(JSON.parse(denied));
  });
});

/** An answer without what the clock moves. */
function shapeOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, part) =>
    ['clusterBackupId', 'startTime', 'status'].includes(name) ? typeof part : part,
  );
}

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
