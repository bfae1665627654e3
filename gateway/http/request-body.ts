import type { IncomingMessage } from 'node:http';
import { BadRequest } from './bad-request.ts';

/** Reads a body that is not larger than it may be. Raises `BadRequest`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) reject(tooLarge(length, maxBytes));
    else chunks.push(chunk);
  });
  request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  request.on('error', () => reject(new BadRequest(400, 'The body broke off')));
  return promise;
}

function tooLarge(value: number, limit: number): BadRequest {
  return new BadRequest(
    413,
    `The body is larger than ${limit} bytes`,
    { connection: 'close' },
    { code: 'DOCUMENT_LIMIT_EXCEEDED', limitName: 'bodyBytes', limit, value },
  );
}
