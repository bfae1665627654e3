/** An operation of the upstream's API: how it is asked, and how its answer becomes clean values. */
export interface Operation<Request, Value> {
  /** RPC action and RAM action name: `DescribeClusterBackupList`. */
  action: string;
  /** The method that the official SDK uses for it; parameters travel in the query either way. */
  method: 'GET' | 'POST';
  /** Flat wire parameters; lists are `Name.1`, objects in lists `Tag.1.Key`. */
  parameters(request: Request): Record<string, string>;
  /** Reads a 200 body that was JSON; throws an `UpstreamError` of kind `error` when it makes no sense. */
  parse(body: unknown): Value;
}

/** One call as the chain of links passes it on. */
export interface Call<Value> {
  accountId: string;
  regionId: string;
  action: string;
  method: 'GET' | 'POST';
  parameters: Readonly<Record<string, string>>;
  parse(body: unknown): Value;
}

/** One signed HTTP exchange: a fresh date and nonce, sent once, the answer parsed. Raises `UpstreamError` and nothing else. */
export type Attempt = <Value>(call: Call<Value>, options: { signal: AbortSignal }) => Promise<Value>;
