import { type ExecutionResult, execute, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSubscription } from '../../../gateway/operation/subscription.ts';
import { AccessDenied } from '../../../schema/access-errors.ts';
import { CheckedEvents } from '../../../schema/checked-events.ts';
import type { Context } from '../../../schema/context.ts';

/** Events that come when a test says so. */
class Source implements AsyncIterableIterator<string> {
  left = false;
  readonly #waiting: ((result: IteratorResult<string>) => void)[] = [];
  #failing: ((error: Error) => void) | undefined;

  send(event: string): void {
    this.#waiting.shift()?.({ done: false, value: event });
  }

  fail(error: Error): void {
    this.#failing?.(error);
  }

  next(): Promise<IteratorResult<string>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      this.#failing = reject;
    });
  }

  async return(): Promise<IteratorResult<string>> {
    this.left = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

describe('a subscription', () => {
  let source: Source;
  let allowed: boolean;
  let contexts: Context[];
  let ends: number;
  let gone: AbortController;
  let results: ExecutionResult[];
  let over: boolean;
  const ended = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    ended.mockClear();
    source = new Source();
    allowed = true;
    contexts = [];
    ends = 0;
    gone = new AbortController();
    results = [];
    over = false;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const check = async (context: Context) => {
    contexts.push(context);
    if (!allowed) throw new AccessDenied('kvstore:Read', 'acs:kvstore:*');
  };
  const schemaOf = (subscribe: () => unknown) =>
    new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLString } } }),
      subscription: new GraphQLObjectType({
        name: 'Subscription',
        fields: { news: { type: GraphQLString, subscribe, resolve: (event: string) => event } },
      }),
    });
  const start = async (
    expiresAt?: number,
    subscribe: () => unknown = () => new CheckedEvents(['news'], source, check),
  ) => {
    const document = { schema: schemaOf(subscribe), document: parse('subscription { news }') };
    const run = await runSubscription({
      source: document,
      begin: () => ({
        context: { now: Date.now() } as Context,
        execute: (rootValue) => execute({ ...document, rootValue }),
        finish: (result) => result,
        end: () => {
          ends += 1;
        },
      }),
      expiresAt,
      signal: gone.signal,
      ended,
      now: Date.now,
    });
    if (!(Symbol.asyncIterator in run)) return run;
    const read = async () => {
      for await (const result of run) results.push(result);
      over = true;
    };
    void read();
    return undefined;
  };
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

  it('executes and checks each event with a context of its own', async () => {
    await start();
    source.send('one');
    await pass(5);
    source.send('two');
    await pass(0);
    expect(results).toEqual([{ data: { news: 'one' } }, { data: { news: 'two' } }]);
    expect(contexts.map(({ now }) => now)).toEqual([0, 5_000]);
  });

  it('is checked every minute while nothing happens, and ends with the error of a check that fails', async () => {
    await start();
    await pass(59);
    expect(contexts).toHaveLength(0);
    await pass(62);
    expect(contexts.map(({ now }) => now)).toEqual([60_000, 120_000]);
    allowed = false;
    await pass(60);
    expect(over).toBe(true);
    expect(results).toHaveLength(1);
    expect(results[0]?.data).toBeUndefined();
    expect(results[0]?.errors?.[0]).toMatchObject({ path: ['news'], originalError: { name: 'AccessDenied' } });
    expect(source.left).toBe(true);
    expect(ended).toHaveBeenCalledOnce();
    // One more for the start, and every execution that began has ended.
    expect(ends).toBe(contexts.length + 1);
  });

  it('does not show an event that came after the permission was gone', async () => {
    await start();
    allowed = false;
    source.send('secret');
    await pass(0);
    expect(over).toBe(true);
    expect(JSON.stringify(results)).not.toMatch(/secret/);
    expect(results[0]?.errors?.[0]?.message).toMatch(/Not allowed/);
  });

  it('ends at the second in which the token expires', async () => {
    await start(90_000);
    await pass(89);
    expect(over).toBe(false);
    await pass(1);
    expect(over).toBe(true);
    expect(results[0]?.errors?.[0]).toMatchObject({ originalError: { name: 'Unauthenticated' } });
    expect(source.left).toBe(true);
  });

  it('does not start for a token that has expired', async () => {
    const subscribe = vi.fn();
    expect(await start(0, subscribe)).toMatchObject({ errors: [{ originalError: { name: 'Unauthenticated' } }] });
    expect(subscribe).not.toHaveBeenCalled();
    expect(ended).toHaveBeenCalledOnce();
  });

  it('ends with the error of its events', async () => {
    await start();
    source.fail(new Error('the upstream is down'));
    await pass(0);
    expect(over).toBe(true);
    expect(results).toMatchObject([{ errors: [{ message: 'the upstream is down', path: ['news'] }] }]);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('leaves nothing behind when its client goes, even one that never read', async () => {
    await start();
    gone.abort();
    await pass(0);
    expect(over).toBe(true);
    expect(results).toEqual([]);
    const silent = await runSubscription({
      source: {
        schema: schemaOf(() => new CheckedEvents(['news'], source, check)),
        document: parse('subscription { news }'),
      },
      begin: () => ({ context: {} as Context, execute: () => ({}), finish: (result) => result, end: () => {} }),
      expiresAt: undefined,
      signal: AbortSignal.any([gone.signal]),
      ended,
      now: Date.now,
    });
    expect(Symbol.asyncIterator in silent).toBe(true);
    expect(source.left).toBe(true);
    expect(ended).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives its place back when it cannot start', async () => {
    const refused = await start(undefined, () => {
      throw new AccessDenied('kvstore:Read', 'acs:kvstore:*');
    });
    expect(refused?.errors).toHaveLength(1);
    expect(refused).not.toHaveProperty('data');
    expect(ended).toHaveBeenCalledOnce();
    expect(ends).toBe(1);
  });

  it('refuses events that nobody goes on checking', async () => {
    await expect(start(undefined, () => source)).rejects.toThrow(/CheckedEvents/);
    expect(ended).toHaveBeenCalledOnce();
  });
});
