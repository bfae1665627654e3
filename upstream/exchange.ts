import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, errors } from 'undici';
import { NotSent } from './not-sent.ts';
import { UpstreamError } from './upstream-error.ts';

const inflate = promisify(gunzip);

/** An HTTP answer, whatever its status. */
export interface Answer {
  httpStatus: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON; undefined for a body that is none: empty, cut off, HTML. */
  body: unknown;
}

/** A signed request without a body: parameters are in the query of the path. */
export interface WireRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
}

/**
 * Sends one request and reads its answer to the end, following no redirect. Raises an `UpstreamError` when there is no
 * whole answer within `maxBodyBytes`, before and after decompression; and the signal's reason when that was aborted.
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: WireRequest,
  { signal, maxBodyBytes }: { signal: AbortSignal; maxBodyBytes: number },
): Promise<Answer> {
  try {
    const { statusCode, headers, body } = await dispatcher.request({ ...request, signal });
    const bytes = await readBounded(body, maxBodyBytes);
    const text = await decode(bytes, headers['content-encoding'], maxBodyBytes);
    return { httpStatus: statusCode, headers, body: parse(text) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof UpstreamError ? error : transportError(error);
  }
}

async function readBounded(body: Dispatcher.ResponseData['body'], maxBodyBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early destroys the body, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length);
}

async function decode(bytes: Buffer, encoding: string | string[] | undefined, maxBodyBytes: number): Promise<string> {
  const name = String(encoding ?? 'identity')
    .trim()
    .toLowerCase();
  if (name === 'identity' || name === '' || bytes.length === 0) return bytes.toString('utf8');
  if (name !== 'gzip' && name !== 'x-gzip') {
    throw new UpstreamError({
      kind: 'error',
      message: "The upstream's answer has an encoding that was not asked for.",
    });
  }
  try {
    return (await inflate(bytes, { maxOutputLength: maxBodyBytes })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBodyBytes);
    return '';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The error would quote the text, which may hold links.
    return undefined;
  }
}

function tooLarge(maxBodyBytes: number): UpstreamError {
  return new UpstreamError({ kind: 'error', message: `The upstream's answer is larger than ${maxBodyBytes} bytes.` });
}

function transportError(cause: unknown): UpstreamError {
  if (
    cause instanceof errors.ConnectTimeoutError ||
    cause instanceof errors.HeadersTimeoutError ||
    cause instanceof errors.BodyTimeoutError
  ) {
    return new UpstreamError({
      kind: 'timeout',
      message: 'The upstream did not answer in time.',
      retryable: true,
      cause,
    });
  }
  // A key or token with characters that no header may have; undici's message names the header only.
  if (cause instanceof errors.InvalidArgumentError) {
    return new NotSent({ kind: 'error', message: "The gateway's credentials cannot be sent.", cause });
  }
  const message = 'The upstream cannot be reached, or broke off.';
  return new UpstreamError({ kind: 'unavailable', message, retryable: true, cause });
}
