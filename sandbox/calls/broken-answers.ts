import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { SpoilingFault } from './fault-registry.ts';

/** An answer as it is about to be sent. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Faults that come before anybody looks at the request: a proxy, or the network. */
export type ConnectionFault = Extract<SpoilingFault, { kind: 'reset' | 'hang' | 'html' | 'redirect' }>;

/** Faults of the right answer on its way. */
export type BodyFault = Extract<SpoilingFault, { kind: 'hang' | 'drip' | 'truncated' | 'huge' }>;

export function isConnectionFault(fault: SpoilingFault | undefined): fault is ConnectionFault {
  if (fault?.kind === 'hang') return fault.after !== 'headers';
  return fault?.kind === 'reset' || fault?.kind === 'html' || fault?.kind === 'redirect';
}

export function isBodyFault(fault: SpoilingFault | undefined): fault is BodyFault {
  return fault?.kind === 'hang' || fault?.kind === 'drip' || fault?.kind === 'truncated' || fault?.kind === 'huge';
}

export function send(response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  response.end(body);
}

/** Answers as a proxy or a broken network does; a hang does not answer at all. */
export function breakConnection(response: ServerResponse, fault: ConnectionFault): void {
  if (fault.kind === 'reset') response.socket?.resetAndDestroy();
  if (fault.kind === 'redirect') send(response, { status: 302, headers: { location: fault.location }, body: '' });
  if (fault.kind === 'html') {
    const title = `${fault.status ?? 502} Bad Gateway`;
    const body = `<html>\n<head><title>${title}</title></head>\n<body>\n<center><h1>${title}</h1></center>\n</body>\n</html>\n`;
    send(response, { status: fault.status ?? 502, headers: { 'content-type': 'text/html' }, body });
  }
}

/** Sends an answer in the way of the fault. Resolves when it is sent, or nobody takes it any more. */
export async function sendBroken(response: ServerResponse, answer: Answer, fault: BodyFault): Promise<void> {
  const body = Buffer.from(answer.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (fault.kind === 'truncated') {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': half.length });
    response.end(half);
  }
  if (fault.kind === 'hang') {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    response.write(half);
  }
  if (fault.kind === 'drip') {
    const size = fault.bytes ?? 64;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    for (let sent = 0; sent < body.length && !response.destroyed; sent += size) {
      response.write(body.subarray(sent, sent + size));
      await delay(fault.ms);
    }
    response.end();
  }
  if (fault.kind === 'huge') await sendHuge(response, answer, fault.bytes, fault.gzip ?? false);
}

/** Valid JSON of so many bytes, made as it is read. */
async function sendHuge(response: ServerResponse, answer: Answer, bytes: number, gzip: boolean): Promise<void> {
  const [opening, closing] = ['{"Padding":"', '"}'];
  const padding = Math.max(0, bytes - opening.length - closing.length);
  const block = 'x'.repeat(65_536);
  const pieces = function* () {
    yield opening;
    for (let left = padding; left > 0; left -= block.length) yield block.slice(0, left);
    yield closing;
  };
  const length = opening.length + padding + closing.length;
  const headers = gzip ? { 'content-encoding': 'gzip' } : { 'content-length': length };
  response.writeHead(answer.status, { ...answer.headers, ...headers });
  const source = Readable.from(pieces());
  await (gzip ? pipeline(source, createGzip(), response) : pipeline(source, response));
}
