import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionLimits } from '../configuration/limits.ts';
import { sendBadRequest } from './answer.ts';
import { BadRequest } from './bad-request.ts';

/** How long a client that was refused may go on sending before its connection is cut. */
const LINGER_MS = 1_000;

/**
 * Answers, in the same form as everything else, what never becomes a request: bytes that are not HTTP, headers that are too large, senders
 * that are too slow, tunnels and expectations.
 */
export function answerConnectionErrors(server: Server, limits: ConnectionLimits): void {
  const open = new WeakMap<Duplex, ServerResponse>();
  const answered = new WeakSet<Duplex>();

  server.on('request', ({ socket }, response) => {
    open.set(socket, response);
    response.on('close', () => {
      if (open.get(socket) === response) open.delete(socket);
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (answered.has(socket)) return;
    answered.add(socket);
    const response = open.get(socket);
    if (!socket.writable) socket.destroy();
    // Written into the middle of an answer, a refusal would be read as part of it.
    else if (response?.headersSent) response.end(() => socket.destroy());
    else refuse(socket, refusalOf(error.code, response?.req.complete === false, limits));
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    refuse(socket, new BadRequest(405, 'Expected GET or POST', { allow: 'GET, POST, OPTIONS' }));
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('x-request-id', randomUUID());
    sendBadRequest(response, new BadRequest(417, 'Expect: expected 100-continue', { connection: 'close' }));
  });
}

function refusalOf(code: string | undefined, inBody: boolean, limits: ConnectionLimits): BadRequest {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const limit = limits.headerBytes;
      const extensions = { code: 'BAD_USER_INPUT', limitName: 'headerBytes', limit };
      return new BadRequest(431, `The headers are larger than ${limit} bytes`, {}, extensions);
    }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new BadRequest(413, 'The chunk extensions are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const limitName = inBody ? 'receiveTimeoutMs' : 'headersTimeoutMs';
      const extensions = { code: 'BAD_USER_INPUT', limitName, limit: limits[limitName] };
      return new BadRequest(408, `The request took longer than ${limits[limitName]} ms to come`, {}, extensions);
    }
    default:
      return new BadRequest(400, 'Expected well-formed HTTP/1.1');
  }
}

/** Writes an answer by hand, as node has made no response object, and closes. */
function refuse(socket: Socket | Duplex, { status, message, headers, extensions }: BadRequest): void {
  const body = JSON.stringify({ errors: [{ message, extensions }] });
  const lines = Object.entries({
    ...headers,
    'x-request-id': randomUUID(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    date: new Date().toUTCString(),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Without a listener an error of the socket would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
