import type { IncomingMessage } from 'node:http';
import type { OperationParameters } from './persisted-documents.ts';

/** A request that is no GraphQL request: answered with its own status whatever the client accepts. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Most bytes of a body; a document that needs more is over the other limits too. */
export const MAX_BODY_BYTES = 100_000;

/** Reads a body that is not larger than it may be. Raises `BadRequest`. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
}

function tooLarge(): BadRequest {
  // The rest of the body is not read, so the connection cannot be used again.
  return new BadRequest(413, `The body is larger than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const PARAMETERS = new Set(['query', 'operationName', 'variables', 'extensions', 'documentId']);

/** Reads the parameters of a JSON body strictly; of repeated keys the last counts, as JSON.parse has it. Raises `BadRequest`. */
export function parseParameters(body: Buffer): OperationParameters {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new BadRequest(400, 'The body is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequest(400, 'The body is not JSON');
  }
  return checkedParameters(value);
}

/** Checks decoded parameters for their types. Raises `BadRequest`. */
export function checkedParameters(value: unknown): OperationParameters {
  if (Array.isArray(value)) throw new BadRequest(400, 'The body is a list: send one operation a request');
  if (!isObject(value)) throw new BadRequest(400, 'The body is not a JSON object');
  for (const name of Object.keys(value)) {
    if (!PARAMETERS.has(name) && value[name] != null) {
      throw new BadRequest(400, `The body has an unknown member; expected ${[...PARAMETERS].join(', ')}`);
    }
  }
  return {
    query: textOf(value, 'query'),
    operationName: textOf(value, 'operationName'),
    documentId: textOf(value, 'documentId'),
    variables: objectOf(value, 'variables'),
    extensions: objectOf(value, 'extensions'),
  };
}

function textOf(value: Record<string, unknown>, name: string): string | undefined {
  const text = value[name] ?? undefined;
  if (text === undefined || typeof text === 'string') return text;
  throw new BadRequest(400, `${name}: expected a text`);
}

function objectOf(value: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const object = value[name] ?? undefined;
  if (object === undefined || isObject(object)) return object;
  throw new BadRequest(400, `${name}: expected an object`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
