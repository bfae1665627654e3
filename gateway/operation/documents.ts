import { hash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { DocumentLimits } from '../configuration/limits.ts';
import { exceededLimit, exceededTextLimit } from './document-limits.ts';
import { documentLimitExceeded, parseFailed, validationFailed } from './request-errors.ts';

/** A document that may run, or why it may not; `hash` is the SHA-256 of its text in hex. */
export type CheckedDocument = { hash: string } & ({ document: DocumentNode } | { errors: readonly GraphQLError[] });

export interface DocumentsOptions {
  schema: GraphQLSchema;
  introspection: boolean;
  limits: DocumentLimits;
}

/** Of all documents that are remembered; a parsed document takes about 70 bytes for each. */
const MAX_REMEMBERED_CHARACTERS = 1_000_000;

/** Parses, validates and measures documents, and remembers what came of it by their text. */
export function createDocuments(options: DocumentsOptions): (text: string) => CheckedDocument {
  const remembered = new LRUCache<string, CheckedDocument>({
    maxSize: MAX_REMEMBERED_CHARACTERS,
    // What a document becomes is larger than its text; short ones still take some room.
    sizeCalculation: (_, text) => text.length + 200,
  });
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const checked = { hash: hash('sha256', text, 'hex'), ...check(text, options) };
    remembered.set(text, checked);
    return checked;
  };
}

function check(
  text: string,
  { schema, introspection, limits }: DocumentsOptions,
): { document: DocumentNode } | { errors: readonly GraphQLError[] } {
  const exceededText = exceededTextLimit(text, limits);
  if (exceededText !== undefined) return { errors: [documentLimitExceeded(exceededText)] };
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [parseFailed(error)] };
  }
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const errors = faultsOf(() => validate(schema, document, rules, { maxErrors: 20, hideSuggestions: !introspection }));
  if (errors.length > 0) return { errors: errors.map(validationFailed) };
  const exceeded = exceededLimit(document, limits);
  if (exceeded !== undefined) return { errors: [documentLimitExceeded(exceeded)] };
  return { document: linesOf(text) > MAX_LOCATED_LINES ? parse(text, { noLocation: true }) : document };
}

/** graphql-js's rule for the root fields of subscriptions throws where `@skip` or `@include` has a variable, or lacks its argument. */
function faultsOf(validating: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return validating();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** graphql-js counts lines from the document's start for the location of each error, of each item of a list: in longer documents errors have none. */
const MAX_LOCATED_LINES = 2_000;

function linesOf(text: string): number {
  let lines = 1;
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lines += 1;
  return lines;
}
