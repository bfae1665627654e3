import type { IncomingMessage, ServerResponse } from 'node:http';
import { ZodError, z } from 'zod';
import { behaviourSchema } from './behaviour.ts';
import { faultRequestSchema } from './faults.ts';
import type { Sandbox } from './sandbox.ts';

/** Where the sandbox is controlled over HTTP, unsigned, and from this machine only. */
export const CONTROL_PATH = '/_sandbox';

/** A route answers a value, which is sent as JSON, or undefined when there is no such thing. */
type Route = (sandbox: Sandbox, argument: { id: string | undefined; body: unknown }) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET ': (sandbox) => ({
    url: sandbox.url,
    accountId: sandbox.accountId,
    accessKeyId: sandbox.accessKeyId,
    demo: sandbox.demo,
    behaviour: sandbox.behaviour,
  }),
  'GET faults': (sandbox) => sandbox.faults.list(),
  'POST faults': (sandbox, { body }) => {
    const faults = z.array(faultRequestSchema).parse([body].flat());
    const ids = faults.map((fault) => sandbox.faults.add(fault));
    return sandbox.faults.list().filter((fault) => ids.includes(fault.id));
  },
  'DELETE faults': (sandbox, { id }) => {
    if (id === undefined) sandbox.faults.clear();
    else if (!sandbox.faults.remove(id)) return undefined;
    return sandbox.faults.list();
  },
  'PATCH behaviour': (sandbox, { body }) => Object.assign(sandbox.behaviour, behaviourSchema.partial().parse(body)),
  'GET calls': ({ calls }) => ({
    byAction: calls.byAction(),
    inFlight: calls.inFlight,
    peakInFlight: calls.peakInFlight,
    recent: calls.recent(),
  }),
  'DELETE calls': ({ calls }) => {
    calls.clear();
    return calls.byAction();
  },
};

/** Answers a request below `CONTROL_PATH`. */
export async function control(message: IncomingMessage, response: ServerResponse, sandbox: Sandbox): Promise<void> {
  const refusal = refusalOf(message);
  if (refusal) return sendJson(response, refusal.status, { error: refusal.error });
  const [, , resource = '', id, ...rest] = new URL(message.url ?? '/', 'http://sandbox').pathname.split('/');
  const route = ROUTES[`${message.method} ${resource}`];
  try {
    const body =
      message.method === 'POST' || message.method === 'PATCH'
        ? await z.json().parseAsync(await jsonOf(message))
        : undefined;
    const value = rest.length === 0 ? route?.(sandbox, { id, body }) : undefined;
    sendJson(response, value === undefined ? 404 : 200, value ?? { error: 'There is nothing here.' });
  } catch (error) {
    const text = error instanceof ZodError ? z.prettifyError(error) : 'The body is not JSON.';
    sendJson(response, 400, { error: text });
  }
}

/** A web page that the browser on this machine shows must not reach it either: hence the host's name and the content type. */
function refusalOf(message: IncomingMessage): { status: number; error: string } | undefined {
  const local = /^(::ffff:)?127\.|^::1$/.test(message.socket.remoteAddress ?? '');
  const localName = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/.test(message.headers.host ?? '');
  if (!local || !localName) return { status: 403, error: 'The sandbox is controlled from its own machine only.' };
  const writes = message.method === 'POST' || message.method === 'PATCH';
  if (writes && !/^application\/json\b/.test(message.headers['content-type'] ?? '')) {
    return { status: 415, error: 'Send application/json.' };
  }
  return undefined;
}

async function jsonOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
  response.end(`${JSON.stringify(value)}\n`);
}
