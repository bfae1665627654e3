import { globSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createExecutor } from '../../execution/executor.ts';
import { createSchema } from '../../schema/index.ts';
import { expectAgreement, keepUnhandledRejections } from './agreement.ts';
import { unrulySchema } from './unruly-schema.ts';

keepUnhandledRejections();

test('every operation in the tests, the examples, the console and the documentation is executed as graphql-js executes it', {
  timeout: 60_000,
}, async () => {
  const schema = unrulySchema(createSchema());
  const run = createExecutor(schema);
  const documents = writtenDocuments().filter((document) => validate(schema, document).length === 0);
  expect(documents.length).toBeGreaterThan(50);
  for (const [index, document] of documents.entries()) {
    for (const trouble of [0, 0.1, 0.3]) {
      for (const delay of [0, 0.5])
        await expectAgreement(schema, run, document, variablesOf(document), { seed: index, trouble, delay });
    }
  }
});

/** Whatever in the sources reads as a document of one query. */
function writtenDocuments(): DocumentNode[] {
  const texts = globSync(
    ['{test,bench,examples,console,gateway}/**/*.{ts,tsx,graphql}', '{docs,examples}/**/*.md', 'README.md'],
    {
      exclude: ['**/node_modules/**', '**/dist/**'],
    },
  ).flatMap((path) => {
    const source = readFileSync(path, 'utf8');
    return path.endsWith('.graphql')
      ? [source]
      : [...source.matchAll(/`([^`]*)`|'([^'\n]*)'|```graphql\n(.*?)```/gs)].map(([, ...found]) => found.join(''));
  });
  return [...new Set(texts)].flatMap((text) => {
    if (!/\{\s*\w|query/.test(text)) return [];
    try {
      const document = parse(text.replaceAll(/\$\{[^}]*\}/g, 'id'));
      const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      return operations.length === 1 ? [document] : [];
    } catch {
      return [];
    }
  });
}

/** A value for every variable that is required. */
function variablesOf(document: DocumentNode): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, type } of definition.variableDefinitions ?? []) {
      if (type.kind === Kind.NON_NULL_TYPE)
        variables[variable.name.value] =
          type.type.kind === Kind.LIST_TYPE
            ? []
            : VALUES[type.type.kind === Kind.NAMED_TYPE ? type.type.name.value : ''];
    }
  }
  return variables;
}

const VALUES: Readonly<Record<string, unknown>> = { String: 'text', ID: 'id', Int: 3, Boolean: true, SafeInt: 3 };
