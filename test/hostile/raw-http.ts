import { connect } from 'node:net';

/** An answer as it came over the socket. */
export interface RawAnswer {
  status: number;
  /** Lower-case names; several of one name are joined by commas. */
  headers: Record<string, string>;
  text: string;
}

/** Nothing may take longer; a test that has to wait for it fails. */
const HARD_TIMEOUT_MS = 15_000;

/**
 * Writes bytes to a server as they are, and reads one answer: until it is whole, or the server closes. Rejects when there is no answer, which for
 * most of what is sent here is a fault.
 */
export function exchange(url: string, bytes: string | Buffer, timeoutMs = HARD_TIMEOUT_MS): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  const end = (error: Error) => {
    clearTimeout(timer);
    socket.destroy();
    const answer = parseAnswer(Buffer.concat(chunks), true);
    if (answer === undefined) reject(error);
    else resolve(answer);
  };
  const timer = setTimeout(() => end(new Error('no answer in time')), timeoutMs);
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    const answer = parseAnswer(Buffer.concat(chunks), false);
    if (answer === undefined) return;
    clearTimeout(timer);
    socket.destroy();
    resolve(answer);
  });
  socket.on('error', end);
  socket.on('close', () =>
    end(new Error(`closed without an answer, after ${JSON.stringify(String(Buffer.concat(chunks)))}`)),
  );
  socket.write(bytes);
  return promise;
}

/** Everything that comes back until the server closes. */
export function everything(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(new Error('not closed in time')), HARD_TIMEOUT_MS);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}

/** Lines of a request, with the empty one at its end. */
export function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`;
}

/** A request as bytes. A header whose value is undefined is left out; a body brings its length with it. */
export function request(
  method: string,
  target: string,
  headers: Record<string, string | undefined> = {},
  body?: string | Buffer,
): Buffer {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const all = {
    host: 'gateway.test',
    connection: 'close',
    ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}\r\n`));
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    bytes ?? Buffer.alloc(0),
  ]);
}

/** The first answer in these bytes; undefined while it is not whole, unless nothing will follow. */
function parseAnswer(bytes: Buffer, closed: boolean): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  if (status === 100) return parseAnswer(bytes.subarray(end + 4), closed);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  const rest = bytes.subarray(end + 4);
  if (headers['transfer-encoding'] === 'chunked') {
    const body = unchunked(rest);
    return body === undefined && !closed ? undefined : { status, headers, text: (body ?? rest).toString() };
  }
  const length = Number(headers['content-length'] ?? (status === 204 ? 0 : Number.POSITIVE_INFINITY));
  if (rest.length < length && !closed) return undefined;
  return { status, headers, text: rest.toString() };
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
    if (at > bytes.length) return undefined;
  }
}
