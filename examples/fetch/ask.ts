/** Where the gateway is, and whose token to show it. */
export interface Gateway {
  /** `http://127.0.0.1:4000/graphql` */
  url: string;
  token: string;
}

/** One error of an answer; https://spec.graphql.org/October2021/#sec-Errors, and the `extensions` that the gateway adds. */
export interface AnswerError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; retryable?: boolean; retryAfterSeconds?: number };
}

/** `data` may be partial: each field that is missing has its error. */
export interface Answer<Data> {
  data?: Data | null;
  errors?: AnswerError[];
}

/** Raised when nothing of an operation was answered. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly errors: readonly AnswerError[];

  constructor(errors: readonly AnswerError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/** Sends a query, and once more when the gateway says how long to wait. Raises `Refused`. */
export async function ask<Data>(
  { url, token }: Gateway,
  query: string,
  variables: Record<string, unknown> = {},
  { signal, retries = 1 }: { signal?: AbortSignal; retries?: number } = {},
): Promise<{ data: Data; errors: readonly AnswerError[] }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      // With this type a refused document is a 400; with `application/json` it is a 200 with errors.
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { data, errors = [] } = (await response.json()) as Answer<Data>;
  const wait = Math.max(0, ...errors.map(({ extensions }) => extensions.retryAfterSeconds ?? 0));
  if (wait > 0 && retries > 0) {
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
    return ask({ url, token }, query, variables, { retries: retries - 1, ...(signal === undefined ? {} : { signal }) });
  }
  if (data == null) throw new Refused(errors);
  return { data, errors };
}
