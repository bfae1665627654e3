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
import { DOCUMENT_LIMITS, exceededLimit, exceededTokens } from './document-limits.ts';
import { documentLimitExceeded, parseFailed, validationFailed } from './request-errors.ts';

/** A document that may run, or why it may not; `hash` is the SHA-256 of its text in hex. */
export type CheckedDocument = { hash: string } & ({ document: DocumentNode } | { errors: readonly GraphQLError[] });

export interface DocumentsOptions {
  schema: GraphQLSchema;
  introspection: boolean;
}

/** Characters of documents that are remembered, not their number: one long document counts like many short ones. */
const MAX_REMEMBERED_CHARACTERS = 4_000_000;

/** Parses, validates and measures documents, and remembers what came of it by their text. */
export function createDocuments({ schema, introspection }: DocumentsOptions): (text: string) => CheckedDocument {
  const remembered = new LRUCache<string, CheckedDocument>({
    maxSize: MAX_REMEMBERED_CHARACTERS,
    // What a document becomes is larger than its text; short ones still take some room.
    sizeCalculation: (_, text) => text.length + 200,
  });
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const checked = { hash: hash('sha256', text, 'hex'), ...check(text, schema, rules, introspection) };
    remembered.set(text, checked);
    return checked;
  };
}

function check(
  text: string,
  schema: GraphQLSchema,
  rules: typeof specifiedRules,
  introspection: boolean,
): { document: DocumentNode } | { errors: readonly GraphQLError[] } {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: DOCUMENT_LIMITS.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return {
      errors: [
        /more that? \d+ tokens/.test(error.message) ? documentLimitExceeded(exceededTokens()) : parseFailed(error),
      ],
    };
  }
  const errors = validate(schema, document, rules, { maxErrors: 20, hideSuggestions: !introspection });
  if (errors.length > 0) return { errors: errors.map(validationFailed) };
  const exceeded = exceededLimit(document);
  return exceeded === undefined ? { document } : { errors: [documentLimitExceeded(exceeded)] };
}
