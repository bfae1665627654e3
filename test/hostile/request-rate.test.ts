import { afterEach, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type AskOptions, type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { REDIS_SERVER, startRedis } from '../upstream/chain/redis-server.ts';

const gateways: RunningGateway[] = [];
afterEach(async () => {
  for (const running of gateways.splice(0)) await running[Symbol.asyncDispose]();
});

async function start(environment: Record<string, string>): Promise<RunningGateway> {
  const running = await runGateway(environment);
  gateways.push(running);
  return running;
}

const ask = (running: RunningGateway, options?: AskOptions) => running.ask('{ __typename }', options);
const tokenOf = (subject: string) => signDevelopmentToken({ subject, groups: [], ttlSeconds: 3600 });
const from = (address: string): AskOptions => ({ token: null, headers: { 'x-forwarded-for': address } });

/** How many of so many requests at once are taken. */
async function taken(running: RunningGateway, count: number, options?: AskOptions): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(running, options)));
  for (const { status } of answers) expect([200, 429]).toContain(status);
  return answers.filter(({ status }) => status === 200).length;
}

describe('requests of one principal', () => {
  it('are not counted unless that is asked for', async () => {
    const running = await start({});
    expect(await taken(running, 300)).toBe(300);
  });

  it('over the limit are answered 429 with when to come back, for every type of client, and run nothing', async () => {
    const running = await start({ REQUESTS_PER_MINUTE: '5' });
    expect(await taken(running, 5)).toBe(5);
    for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('alice')}` },
        body: JSON.stringify({ query: '{ regions { regionId } }' }),
      });
      const text = await response.text();
      expect(response.status).toBe(429);
      const seconds = Number(response.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      const { errors, data } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
      expect(data).toBeUndefined();
      expect(errors[0].extensions).toMatchObject({
        code: 'RATE_LIMITED',
        limitName: 'requestsPerMinute',
        limit: 5,
        retryAfterSeconds: expect.any(Number),
      });
      expect(errors[0].extensions.value).toBeGreaterThan(5);
    }
    expect(running.sandbox.calls.count()).toBe(0);
  });

  it('are those of its subject, whatever its token and wherever it comes from; others are not held up', async () => {
    const running = await start({ REQUESTS_PER_MINUTE: '5', TRUST_PROXY: '1' });
    const options = async (seconds: number, address: string): Promise<AskOptions> => ({
      token: await signDevelopmentToken({ subject: 'bob', groups: [`g${seconds}`], ttlSeconds: seconds }),
      headers: { 'x-forwarded-for': address },
    });
    expect(await taken(running, 3, await options(100, '192.0.2.1'))).toBe(3);
    expect(await taken(running, 3, await options(200, '192.0.2.2'))).toBe(2);
    expect(await taken(running, 5, { token: await tokenOf('carol') })).toBe(5);
  });

  it('without a token are those of an address, or of a network of IPv6', async () => {
    const running = await start({ REQUESTS_PER_MINUTE: '5', TRUST_PROXY: '1' });
    expect(await taken(running, 6, from('192.0.2.1'))).toBe(5);
    expect(await taken(running, 6, from('192.0.2.2'))).toBe(5);
    expect(await taken(running, 4, from('2001:db8::1'))).toBe(4);
    expect(await taken(running, 4, from('2001:db8:0:0:ffff::2'))).toBe(1);
    expect(await taken(running, 4, from('2001:db8:0:1::1'))).toBe(4);
    // A subject that is named like an address is somebody else.
    expect(await taken(running, 5, { token: await tokenOf('192.0.2.1') })).toBe(5);
  });

  it('cannot be stretched by headers that no trusted proxy wrote', async () => {
    const running = await start({ REQUESTS_PER_MINUTE: '5' });
    let count = 0;
    for (let index = 0; index < 10; index += 1) count += await taken(running, 1, from(`192.0.2.${index}`));
    expect(count).toBe(5);
  });

  it('that are many aliases of one document are one request', async () => {
    const running = await start({ REQUESTS_PER_MINUTE: '1' });
    const { body } = await running.ask('{ a: __typename b: __typename ...F } fragment F on Query { c: __typename }');
    expect(body.data).toEqual({ a: 'Query', b: 'Query', c: 'Query' });
    expect((await ask(running)).status).toBe(429);
  });
});

describe.skipIf(REDIS_SERVER === undefined)('requests of one principal, with replicas on one Redis', () => {
  it('are counted by all of them together', async () => {
    await using redis = await startRedis();
    const environment = { REQUESTS_PER_MINUTE: '20', REDIS_URL: redis.url };
    const [first, second] = [await start(environment), await start(environment)];
    const counts = await Promise.all([taken(first, 15), taken(second, 15)]);
    expect(counts[0] + counts[1]).toBe(20);
  });

  it('go on being answered, counted by each alone, while Redis is gone, and from its start', async () => {
    await using redis = await startRedis();
    const environment = { REQUESTS_PER_MINUTE: '20', REDIS_URL: redis.url };
    const [first, second] = [await start(environment), await start(environment)];
    expect(await taken(first, 3)).toBe(3);
    await redis.kill();
    expect(await taken(first, 25)).toBe(20);
    expect(await taken(second, 25)).toBe(20);
    const third = await start(environment);
    expect(await taken(third, 25)).toBe(20);
    expect(first.output.join('')).toMatch(/Redis does not count requests/);
  });

  it('do not wait for a Redis that hangs, and are shared again when it is back', async () => {
    await using redis = await startRedis();
    const running = await start({ REQUESTS_PER_MINUTE: '1000', REDIS_URL: redis.url });
    const keys = () => redis.contents((bytes) => bytes.toString());
    await ask(running);
    expect((await keys()).join()).toContain('requests');
    redis.pause();
    expect(await taken(running, 200)).toBe(200);
    redis.resume();
    await expect
      .poll(async () => {
        await ask(running);
        return running.output.join('');
      })
      .toMatch(/counted by all replicas together again/);
  });
});
