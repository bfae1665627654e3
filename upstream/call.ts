/** An operation of the upstream's API: how it is asked, and how its answer becomes clean values. */
export interface Operation<Request, Value> {
  /** RPC action and RAM action name: `DescribeClusterBackupList`. */
  action: string;
  /** The method that the official SDK uses for it; parameters travel in the query either way. */
  method: 'GET' | 'POST';
  /** Flat wire parameters; lists are `Name.1`, objects in lists `Tag.1.Key`. */
  parameters(request: Request): Record<string, string>;
  /** The API that has the operation; absent for R-KVStore. */
  product?: Product;
  /**
   * Reads a 200 body that was JSON; throws an `UpstreamError` of kind `error` when it makes no sense. What was asked
   * decides what an absent list means.
   */
  parse(body: unknown, request: Request): Value;
}

/** The APIs that are called: R-KVStore, and STS for the id of the account behind the credentials. */
export type Product = 'r-kvstore' | 'sts';

/** One call as the chain of links passes it on. */
export interface Call<Value> {
  accountId: string;
  regionId: string;
  action: string;
  method: 'GET' | 'POST';
  /** Absent for R-KVStore. */
  product?: Product;
  parameters: Readonly<Record<string, string>>;
  parse(body: unknown): Value;
}

/**
 * One signed HTTP exchange: a fresh date and nonce, one request, the answer parsed, all within a time of its own. Raises `UpstreamError`
 * (of kind `timeout` when the time was up, a `PutRight` when the same call may be made again at once), or the reason of `signal` when
 * that was aborted, and nothing else.
 */
export type Attempt = <Value>(call: Call<Value>, options: { signal: AbortSignal }) => Promise<Value>;

/** The call that asks an operation for something, with an account's credentials, at the endpoint of a region. */
export function callOf<Request, Value>(
  operation: Operation<Request, Value>,
  { accountId, regionId }: { accountId: string; regionId: string },
  request: Request,
): Call<Value> {
  const { action, method, product } = operation;
  return {
    accountId,
    regionId,
    action,
    method,
    ...(product === undefined ? {} : { product }),
    parameters: operation.parameters(request),
    parse: (body) => operation.parse(body, request),
  };
}
