import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ConfigurationError } from '../configuration/configuration.ts';
import type { OperationParameters } from './decoded-request.ts';
import { badRequestInput, onlyPersistedDocuments, persistedQueryNotFound } from './request-errors.ts';

/** Finds the text of what is to run, or why nothing is. */
export type DocumentText = (parameters: OperationParameters) => { text: string } | { error: GraphQLError };

const SHA_256 = /^[0-9a-f]{64}$/;
const fileSchema = z.record(
  z.string().regex(/^(sha256:)?[0-9a-f]{64}$/, 'expected a SHA-256 in hex'),
  z.string().min(1, 'expected a document, got an empty text'),
);
const extensionSchema = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/** Characters of documents that clients sent with their hash, and may ask for by it alone from then on. */
const MAX_REMEMBERED_CHARACTERS = 1_000_000;

/**
 * Documents that are known in advance, from a file `{ SHA-256: document }`, as codegen's client-preset writes it. With `only`, nothing else
 * runs; without it a document that is sent with its hash runs, and is remembered for a while (Apollo's automatic persisted queries).
 *
 * @throws ConfigurationError when the file is not of that form.
 */
export function createPersistedDocuments(path: string | undefined, only: boolean): DocumentText {
  const known = path === undefined ? new Map<string, string>() : readDocuments(path);
  const remembered = new LRUCache<string, string>({
    maxSize: MAX_REMEMBERED_CHARACTERS,
    sizeCalculation: (text, digest) => text.length + digest.length,
  });
  return (parameters) => {
    const query = parameters.query || undefined;
    const asked = askedHash(parameters);
    if (asked === undefined) {
      if (only) return { error: onlyPersistedDocuments() };
      return query === undefined ? { error: badRequestInput('query: expected a document, got none') } : { text: query };
    }
    const digest = asked.text.replace(/^sha256:/, '');
    if (!SHA_256.test(digest)) return { error: badRequestInput(`${asked.parameter}: expected a SHA-256 in hex`) };
    if (query !== undefined && sha256(query) !== digest) {
      return { error: badRequestInput('query: its SHA-256 is not the hash that was sent with it') };
    }
    const text = known.get(digest) ?? (only ? undefined : (query ?? remembered.get(digest)));
    if (text === undefined) return { error: persistedQueryNotFound() };
    if (text === query && !known.has(digest)) remembered.set(digest, text);
    return { text };
  };
}

function askedHash({ documentId, extensions }: OperationParameters): { parameter: string; text: string } | undefined {
  if (documentId !== undefined) return { parameter: 'documentId', text: documentId };
  const parsed = extensionSchema.safeParse(extensions);
  if (!parsed.success) return undefined;
  return { parameter: 'extensions.persistedQuery.sha256Hash', text: parsed.data.persistedQuery.sha256Hash };
}

function readDocuments(path: string): Map<string, string> {
  const fault = (why: string) =>
    new ConfigurationError([
      `PERSISTED_DOCUMENTS: got ${JSON.stringify(path)} (${why}), takes the path of a JSON file { "SHA-256": "document" }`,
    ]);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw fault(error instanceof SyntaxError ? 'not JSON' : ((error as NodeJS.ErrnoException).code ?? 'unreadable'));
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) throw fault(firstFault(parsed.error));
  return new Map(Object.entries(parsed.data).map(([digest, text]) => [digest.replace(/^sha256:/, ''), text]));
}

function firstFault({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined || issue.path.length === 0) return 'not an object';
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${JSON.stringify(issue.path[0])}: ${message}`;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
