import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { changesSince } from '../../checks/breaking-changes.ts';

const root = new URL('../../', import.meta.url);
const CURRENT = readFileSync(new URL('schema.graphql', root), 'utf8');
const UNCHANGED = { breaking: [], dangerous: [] };

/** The schema with a change in it. */
function changed(from: string | RegExp, to: string): string {
  const text = CURRENT.replace(from, to);
  if (text === CURRENT) throw new Error(`nothing to change: ${from}`);
  return text;
}

describe('what changed since the last release', () => {
  it('is nothing for the same schema', async () => {
    expect(await changesSince(CURRENT, CURRENT)).toEqual(UNCHANGED);
  });

  it.each([
    ['a field that is gone', changed(/ {2}""".*"""\n {2}instanceClass: String\n/, ''), /instanceClass/],
    ['a field of another type', changed('capacityMegabytes: Int', 'capacityMegabytes: String'), /capacityMegabytes/],
    ['a field that may be null now', changed('accountId: String!\n', 'accountId: String\n'), /accountId/],
    ['an argument that is required now', changed('accountId: String\n', 'accountId: String!\n'), /accountId/],
    ['an enum value that is gone', changed(/ {2}""".*"""\n {2}RWSPLIT\n/, ''), /RWSPLIT/],
    ['a type that is no node any more', changed('type Instance implements Node', 'type Instance'), /Instance/],
  ])('is breaking for %s', async (_, schema, message) => {
    const { breaking } = await changesSince(CURRENT, schema);
    expect(breaking.length).toBeGreaterThan(0);
    for (const change of breaking) expect(change).toMatch(message);
  });

  it('is not breaking for a field that is gone after it was deprecated', async () => {
    const released = changed('instanceClass: String', 'instanceClass: String @deprecated(reason: "unused")');
    expect(await changesSince(released, changed(/ {2}""".*"""\n {2}instanceClass: String\n/, ''))).toMatchObject({
      breaking: [],
    });
  });

  it('is dangerous for a new enum value', async () => {
    const { breaking, dangerous } = await changesSince(
      CURRENT,
      changed('  RWSPLIT\n', '  RWSPLIT\n  """New."""\n  NEW\n'),
    );
    expect(breaking).toEqual([]);
    expect(dangerous).toEqual([expect.stringContaining('NEW')]);
  });

  it('is nothing to worry about for a new field', async () => {
    expect(await changesSince(CURRENT, changed('  zoneId: String\n', '  zoneId: String\n  shelf: Int\n'))).toEqual(
      UNCHANGED,
    );
  });
});

describe('the conventions of the schema', () => {
  const eslint = new ESLint({ cwd: root.pathname });
  const problemsOf = async (schema: string) => {
    const results = await eslint.lintText(schema, { filePath: 'schema.graphql' });
    return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
  };

  it('are kept', async () => {
    expect(await problemsOf(CURRENT)).toEqual([]);
  });

  it.each([
    [
      'a field without a description',
      changed(/ {2}""".*"""\n {2}zoneId: String\n/, '  zoneId: String\n'),
      'require-description',
    ],
    ['a field in snake case', changed('  zoneId: String\n', '  zone_id: String\n'), 'naming-convention'],
    ['an edge with a list for its node', changed('node: ClusterBackup!', 'node: [ClusterBackup!]'), 'relay-edge-types'],
    ['a page info without its cursors', changed(/ {2}startCursor: String\n/, '  start: String\n'), 'relay-page-info'],
    [
      'an object without an id',
      changed('type Tag {', 'type Label {\n"""Text."""\ntext: String\n}\n\n"""New."""\ntype Tag {'),
      'strict-id-in-types',
    ],
  ])('refuse %s', async (_, schema, rule) => {
    expect(await problemsOf(schema)).toContain(`@graphql-eslint/${rule}`);
  });
});
