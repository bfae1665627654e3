import { type Answer, type Gateway, Refused } from './ask.ts';

/** The results of a subscription, as they come; ends when the gateway says that it is complete. Raises `Refused`. */
export async function* events<Data>(
  { url, token }: Gateway,
  query: string,
  variables: Record<string, unknown> = {},
  signal = new AbortController().signal,
): AsyncGenerator<Data, void, void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  if (response.body === null) throw new Error(`expected an event stream, got HTTP ${response.status}`);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + text).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const { event, data } = fieldsOf(message);
      if (event === 'complete') return;
      if (event !== 'next' || data === undefined) continue;
      const { data: result, errors = [] } = JSON.parse(data) as Answer<Data>;
      if (result == null) throw new Refused(errors);
      yield result;
    }
  }
  // A gateway that ends tells nobody that it is complete: subscribe again, and another one answers.
  throw new Error('the stream was cut off');
}

/** The lines `name: value` of a message; a line that begins with a colon only keeps the connection alive. */
function fieldsOf(message: string): Record<string, string> {
  const fields = message
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]);
  return Object.fromEntries(fields);
}
