import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';

/** A JWK Set behind a real loopback server that counts, and can be made to misbehave. */
export interface JwksServer {
  readonly url: string;
  keys: JWK[];
  /** Answers in place of the keys. */
  answer: ((response: ServerResponse) => void) | undefined;
  readonly requests: number;
  /** Takes no more connections. */
  refuse(): void;
  close(): Promise<void>;
}

export async function serveJwks(keys: JWK[]): Promise<JwksServer> {
  let requests = 0;
  const http = createServer((_request, response) => {
    requests += 1;
    if (server.answer === undefined) response.end(JSON.stringify({ keys: server.keys }));
    else server.answer(response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    http.close();
    http.closeAllConnections();
  };
  const server: JwksServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks.json`,
    keys,
    answer: undefined,
    get requests() {
      return requests;
    },
    refuse: stop,
    close: async () => stop(),
  };
  return server;
}
