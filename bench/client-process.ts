import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Job, Seen } from './client.ts';

// node bench/client-process.ts: reads a job from standard input, sends its requests and writes what it saw. It knows as much of HTTP as the
// servers that are measured answer with: a length or chunks, one answer at a time on a connection.
const job = (await json(process.stdin)) as Job;
const { hostname, port, pathname } = new URL(job.url);
const { before, digits, after } = job.body;
const length = Buffer.byteLength(before + after) + digits;
const heads = job.headers.map((headers) => {
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers, 'content-length': String(length) });
  return `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${before}`;
});
const same = digits === 0 && heads.length === 1 ? Buffer.from(`${heads[0]}${after}`) : undefined;
const most = job.requests ?? Number.POSITIVE_INFINITY;
let number = job.from ?? Math.floor(Math.random() * 10 ** digits);
let sent = 0;
let failed = 0;
let lastAnswerAt = 0;
const took: number[] = [];
/** What is not answered so long after the end is not waited for. */
const LONGEST_MS = 30_000;
const NOTHING = Buffer.alloc(0);

const connections = await Promise.all(Array.from({ length: job.connections }, open));
const ended = Promise.withResolvers<void>();
const began = performance.now();
const until = began + 1_000 * (job.requests === undefined ? (job.seconds ?? 1) : 120);
for (const connection of connections) sendNext(connection);
setTimeout(endWhenAnswered, until - began);
setTimeout(() => ended.resolve(), until - began + LONGEST_MS);
await ended.promise;
took.sort((a, b) => a - b);
const quantile = (q: number) => took[Math.min(took.length - 1, Math.floor(q * took.length))] ?? 0;
const seen: Seen = {
  requests: sent,
  ms: lastAnswerAt - began,
  p50: quantile(0.5),
  p90: quantile(0.9),
  p99: quantile(0.99),
  failed: failed + sent - took.length,
};
process.stdout.write(JSON.stringify(seen), () => process.exit());

interface Connection {
  socket: Socket;
  open: boolean;
  /** Whether an answer is waited for. */
  busy: boolean;
  /** When its request was sent. */
  since: number;
  /** Bytes of the answer so far. */
  received: number;
  /** Bytes of the whole answer, once its head is there; infinite for chunks. */
  expected: number;
  head: Buffer;
  /** The last bytes, which say whether a body of chunks has ended. */
  tail: string;
}

async function open(): Promise<Connection> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const connection: Connection = {
    socket,
    open: true,
    busy: false,
    since: 0,
    received: 0,
    expected: 0,
    head: NOTHING,
    tail: '',
  };
  socket.on('data', (chunk: Buffer) => receive(connection, chunk));
  // A server may close what it does not need.
  const broke = () => {
    connection.open = false;
    if (connection.busy) ended.resolve();
  };
  socket.on('error', broke).on('end', broke);
  return connection;
}

function sendNext(connection: Connection): void {
  if (!connection.open || sent >= most || performance.now() >= until) return;
  const head = heads[sent % heads.length];
  sent += 1;
  connection.busy = true;
  connection.since = performance.now();
  connection.received = 0;
  connection.expected = 0;
  connection.tail = '';
  if (same !== undefined) {
    connection.socket.write(same);
    return;
  }
  const text = digits === 0 ? '' : String(number).padStart(digits, '0');
  number = (number + 1) % 10 ** digits;
  connection.socket.write(`${head}${text}${after}`);
}

function receive(connection: Connection, chunk: Buffer): void {
  connection.received += chunk.length;
  if (connection.expected === 0) {
    connection.head = connection.received === chunk.length ? chunk : Buffer.concat([connection.head, chunk]);
    const end = connection.head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = connection.head.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) failed += 1;
    const announced = /^content-length: *(\d+)/im.exec(head)?.[1];
    connection.expected = announced === undefined ? Number.POSITIVE_INFINITY : end + 4 + Number(announced);
  }
  if (connection.expected === Number.POSITIVE_INFINITY) {
    connection.tail = `${connection.tail}${chunk.subarray(-5).toString('latin1')}`.slice(-5);
    if (connection.tail === '0\r\n\r\n') answered(connection);
  } else if (connection.received >= connection.expected) answered(connection);
}

function answered(connection: Connection): void {
  lastAnswerAt = performance.now();
  connection.busy = false;
  took.push(lastAnswerAt - connection.since);
  if (job.restMs) setTimeout(sendNext, Math.random() * job.restMs, connection);
  else sendNext(connection);
  endWhenAnswered();
}

function endWhenAnswered(): void {
  if (took.length === sent && (sent >= most || performance.now() >= until)) ended.resolve();
}
