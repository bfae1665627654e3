import type { ExecutionResult } from 'graphql';

/** A subscription as it comes over the wire, read as it comes. */
export interface EventStream extends AsyncDisposable {
  response: Response;
  /** Results so far. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  results: any[];
  /** Comment lines so far: what keeps the connection alive. */
  beats: () => number;
  /** Resolves when the server has ended the stream: whether it said `complete`. */
  ended: Promise<{ complete: boolean }>;
  /** Goes away. */
  leave(): void;
}

/** Subscribes with nothing but `fetch`. */
export async function subscribe(
  url: string,
  token: string | null,
  query: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const controller = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query }),
    signal: controller.signal,
  });
  const results: ExecutionResult[] = [];
  let beats = 0;
  let complete = false;
  const read = async () => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (rest + chunk).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        if (message === ':') beats += 1;
        else if (message.startsWith('event: complete')) complete = true;
        else if (message.startsWith('event: next')) results.push(JSON.parse(message.slice(message.indexOf('{'))));
      }
    }
  };
  const ended = read().then(
    () => ({ complete }),
    () => ({ complete }),
  );
  const leave = () => controller.abort();
  return {
    response,
    results,
    beats: () => beats,
    ended,
    leave,
    async [Symbol.asyncDispose]() {
      leave();
      await ended;
    },
  };
}
