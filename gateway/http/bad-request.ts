/** A request that is refused before GraphQL sees it: answered with this status, whatever the client accepts. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    extensions: Readonly<Record<string, unknown>> = { code: 'BAD_USER_INPUT' },
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.extensions = extensions;
  }
}
