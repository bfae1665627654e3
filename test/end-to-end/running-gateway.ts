import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { readConfiguration } from '../../gateway/configuration/configuration.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** An answer of the GraphQL endpoint, with what a test wants to look at. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  body: any;
}

/** An upstream in this process is slow where the machine is: that alone is no reason to ask it once more, or to give up. */
const PATIENT = { UPSTREAM_TIMEOUT_MS: '15000', REQUEST_TIMEOUT_MS: '40000' };

/** A gateway in this process, over a real socket to its own sandbox. */
export interface RunningGateway extends AsyncDisposable {
  gateway: Gateway;
  sandbox: Sandbox;
  url: string;
  /** Everything that was logged. */
  output: string[];
  ask(query: string, options?: AskOptions): Promise<Answer>;
  /** How many upstream calls something took. */
  callsOf(work: () => Promise<unknown>): Promise<number>;
}

export interface AskOptions {
  /** Default: the administrator. Null: none. */
  token?: string | null;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
}

export async function runGateway(
  environment: Record<string, string> = {},
  options: Parameters<typeof startGateway>[1] = {},
): Promise<RunningGateway> {
  const output: string[] = [];
  const gateway = await startGateway(readConfiguration({ PORT: '0', ...PATIENT, ...environment }), {
    output: { write: (text) => output.push(text) },
    ...options,
  });
  const administrator = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });
  const sandbox = gateway.sandbox as Sandbox;
  const ask = async (query: string, { token = administrator, variables, headers }: AskOptions = {}) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    gateway,
    sandbox,
    url: gateway.url,
    output,
    ask,
    async callsOf(work) {
      const before = sandbox.calls.count();
      await work();
      return sandbox.calls.count() - before;
    },
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
