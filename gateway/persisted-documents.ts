import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { badRequestInput, persistedQueryNotFound, requestError } from './request-errors.ts';

/** What a client sent to be run. */
export interface OperationParameters {
  query?: string | undefined;
  operationName?: string | undefined;
  variables?: Readonly<Record<string, unknown>> | undefined;
  extensions?: Readonly<Record<string, unknown>> | undefined;
  /** SHA-256 of a persisted document, with or without `sha256:` before it. */
  documentId?: string | undefined;
}

/** Finds the text of what is to run, or why nothing is. */
export type DocumentText = (parameters: OperationParameters) => { text: string } | { error: GraphQLError };

const SHA_256 = /^[0-9a-f]{64}$/;
const fileSchema = z.record(
  z.string().regex(/^(sha256:)?[0-9a-f]{64}$/, 'expected a SHA-256 in hex'),
  z.string().min(1),
);
const extensionSchema = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/**
 * Documents that are known in advance, from a file `{ SHA-256: document }`, as codegen's client-preset writes it. With `only`, nothing else runs.
 * @throws Error when the file is not of that form
 */
export function createPersistedDocuments(path: string | undefined, only: boolean): DocumentText {
  const known = path === undefined ? new Map<string, string>() : readDocuments(path);
  return (parameters) => {
    const { query } = parameters;
    const given = hashOf(parameters);
    if (given === undefined) {
      if (only)
        return {
          error: requestError('PERSISTED_QUERY_NOT_FOUND', 'Only persisted documents run here', {
            status: 400,
            spec: true,
          }),
        };
      return query === undefined || query === ''
        ? { error: badRequestInput('query: expected a document, got none') }
        : { text: query };
    }
    const hash = given.replace(/^sha256:/, '');
    if (!SHA_256.test(hash)) return { error: badRequestInput('documentId: expected a SHA-256 in hex') };
    const text = known.get(hash);
    if (query !== undefined && query !== '' && sha256(query) !== hash) {
      return { error: badRequestInput('query: its SHA-256 is not the hash that was sent with it') };
    }
    return text === undefined ? { error: persistedQueryNotFound() } : { text };
  };
}

function hashOf({ documentId, extensions }: OperationParameters): string | undefined {
  if (documentId !== undefined) return documentId;
  const parsed = extensionSchema.safeParse(extensions);
  return parsed.success ? parsed.data.persistedQuery.sha256Hash : undefined;
}

function readDocuments(path: string): Map<string, string> {
  const parsed = fileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`PERSISTED_DOCUMENTS: ${z.prettifyError(parsed.error)}`);
  return new Map(Object.entries(parsed.data).map(([hash, text]) => [hash.replace(/^sha256:/, ''), text]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
