import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../sandbox/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { officialClient, sdk } from './official-client.ts';
import { exchange, type Reply, type SignedCall, signedCall } from './signed-call.ts';

const clock = { now: 0 };
let sandbox: Sandbox;
beforeEach(async () => {
  clock.now = Date.UTC(2024, 6, 1, 9, 26);
  sandbox = await startSandbox({ now: () => clock.now });
});
afterEach(() => sandbox.close());

function call(change: SignedCall = {}): Promise<Reply> {
  return signedCall(sandbox, { date: clock.now, ...change });
}

async function statuses(count: number, change: SignedCall = {}): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await call(change)).status);
  return all;
}

describe('a fault', () => {
  it('strikes so many calls as it was asked for, then no more', async () => {
    sandbox.faults.add({ kind: 'error', code: 'ServiceUnavailable', times: 2 });
    expect(await statuses(4)).toEqual([503, 503, 200, 200]);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('strikes calls of its action, or of its instance, alone', async () => {
    sandbox.faults.add({ kind: 'error', code: 'InternalError', action: 'DescribeInstances' });
    expect((await call()).status).toBe(200);
    expect((await call({ action: 'DescribeInstances' })).status).toBe(500);
    sandbox.faults.clear();
    const { instanceId } = sandbox.demo;
    sandbox.faults.add({ kind: 'error', code: 'InternalError', instanceId });
    const attribute = (InstanceId: string) => call({ action: 'DescribeInstanceAttribute', parameters: { InstanceId } });
    expect((await attribute(instanceId)).status).toBe(500);
    expect((await attribute(sandbox.instanceAt(1).instanceId)).status).toBe(200);
  });

  it('strikes a share of the calls, the same ones for the same seed', async () => {
    sandbox.faults.add({ kind: 'error', code: 'InternalError', rate: 0.4 });
    const struck = await statuses(50);
    expect(struck.filter((status) => status === 500).length).toBeGreaterThan(8);
    expect(struck.filter((status) => status === 200).length).toBeGreaterThan(15);
    const again = await startSandbox({
      now: () => clock.now,
      faults: [{ kind: 'error', code: 'InternalError', rate: 0.4 }],
    });
    const replies: number[] = [];
    for (let n = 0; n < 50; n++) replies.push((await signedCall(again, { date: clock.now })).status);
    await again.close();
    expect(replies).toEqual(struck);
  });

  it('is listed with how often it has struck, and removed by its id', async () => {
    const id = sandbox.faults.add({ kind: 'error', code: 'InternalError' });
    await call();
    expect(sandbox.faults.list()).toEqual([{ kind: 'error', code: 'InternalError', id, applied: 1 }]);
    expect(sandbox.faults.remove(id)).toBe(true);
    expect(sandbox.faults.remove(id)).toBe(false);
    expect((await call()).status).toBe(200);
  });

  it('that makes no sense is refused', () => {
    expect(() => sandbox.faults.add({ kind: 'earthquake' } as unknown as FaultRequest)).toThrow(/kind/);
    expect(() => sandbox.faults.add({ kind: 'latency', ms: -1 })).toThrow(/ms/);
    expect(() => sandbox.faults.add({ kind: 'reset', time: 3 } as FaultRequest)).toThrow(/time/);
  });

  it('of the network also strikes who is not known', async () => {
    sandbox.faults.add({ kind: 'html' });
    expect((await call({ accessKeyId: 'nobody' })).status).toBe(502);
  });
});

describe('the kinds of faults', () => {
  it('latency: the answer comes later, whatever else is wrong with it', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 80 });
    sandbox.faults.add({ kind: 'error', code: 'InternalError' });
    const began = performance.now();
    expect((await call()).status).toBe(500);
    expect(performance.now() - began).toBeGreaterThanOrEqual(79);
  });

  it('error: the envelope, its status, message and header', async () => {
    sandbox.faults.add({ kind: 'error', code: 'Some.Code', status: 418, message: 'For a reason.', retryAfterMs: 250 });
    const { status, headers, json } = await call();
    expect([status, headers['x-acs-retry-after']]).toEqual([418, '250']);
    expect(json).toMatchObject({ Code: 'Some.Code', Message: 'For a reason.' });
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'error', code: 'Forbidden.RAM' });
    const denied = await call();
    expect(denied.status).toBe(403);
    expect(denied.json.AccessDeniedDetail).toMatchObject({
      AuthAction: 'kvstore:DescribeRegions',
      AuthPrincipalOwnerId: '1234567890123456',
      NoPermissionType: 'ImplicitDeny',
    });
  });

  it('error: throttling says when to come back, unless that is switched off', async () => {
    sandbox.faults.add({ kind: 'error', code: 'Throttling.Api' });
    const first = await call();
    expect([first.status, first.headers['x-acs-retry-after']]).toEqual([400, '1000']);
    Object.assign(sandbox.behaviour, { throttlingStatus: 429, retryAfterHeader: false });
    const second = await call();
    expect([second.status, second.headers['x-acs-retry-after']]).toEqual([429, undefined]);
  });

  it('throttle: so many calls of an account and action in any minute', async () => {
    sandbox.accounts.push({ accountId: '2', accessKeys: [{ accessKeyId: 'two', accessKeySecret: 'two-secret' }] });
    sandbox.faults.add({ kind: 'throttle', callsPerMinute: 3 });
    expect(await statuses(2)).toEqual([200, 200]);
    clock.now += 40_000;
    expect(await statuses(2)).toEqual([200, 400]);
    const { json, headers } = await call();
    expect(json.Code).toBe('Throttling.User');
    expect(headers['x-acs-retry-after']).toBe('20000');
    expect((await call({ action: 'DescribeInstances' })).status).toBe(200);
    expect((await call({ accessKeyId: 'two', accessKeySecret: 'two-secret' })).status).toBe(200);
    clock.now += 20_000;
    expect(await statuses(3)).toEqual([200, 200, 400]);
  });

  it('throttle: the official SDK raises it as a throttling error', async () => {
    const real = await startSandbox({ faults: [{ kind: 'throttle', callsPerMinute: 0 }] });
    const regions = officialClient(real).describeRegions(new sdk.DescribeRegionsRequest({}));
    await expect(regions).rejects.toMatchObject({ name: 'ThrottlingError', code: 'Throttling.User' });
    await real.close();
  });

  it('reset: the connection breaks', async () => {
    sandbox.faults.add({ kind: 'reset', times: 1 });
    await expect(call()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await call()).status).toBe(200);
  });

  it('hang: no answer at all, and closing the sandbox ends it', async () => {
    sandbox.faults.add({ kind: 'hang' });
    const hanging = call();
    const outcome = hanging.then(
      () => 'answered',
      () => 'broken',
    );
    await expect.poll(() => sandbox.calls.inFlight).toBe(1);
    expect(await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 60, 'waiting'))])).toBe('waiting');
    await sandbox.close();
    expect(await outcome).toBe('broken');
    await expect.poll(() => sandbox.calls.inFlight).toBe(0);
  });

  it('hang after headers: half an answer', async () => {
    sandbox.faults.add({ kind: 'hang', after: 'headers' });
    const received = new Promise<{ length: number; text: string }>((resolve, reject) => {
      signedHeaders().then((headers) => {
        const outgoing = get(
          { port: sandbox.port, host: '127.0.0.1', path: '/?', headers, agent: false },
          (response) => {
            response.once('data', (chunk) => {
              resolve({ length: Number(response.headers['content-length']), text: String(chunk) });
              outgoing.destroy();
            });
            response.on('error', () => undefined);
          },
        );
        outgoing.on('error', reject);
      }, reject);
    });
    const { length, text } = await received;
    expect(text).toMatch(/^\{"RequestId"/);
    expect(text.length).toBeLessThan(length);
  });

  it('drip: the right answer, slowly', async () => {
    const whole = await call();
    sandbox.faults.add({ kind: 'drip', ms: 1, bytes: 500 });
    const began = performance.now();
    const dripped = await call();
    expect(dripped.json.RegionIds).toEqual(whole.json.RegionIds);
    expect(performance.now() - began).toBeGreaterThan(whole.text.length / 500);
  });

  it('truncated: the first half of the JSON', async () => {
    const whole = await call();
    sandbox.faults.add({ kind: 'truncated' });
    const half = await call();
    expect(half.status).toBe(200);
    expect(half.json).toBeUndefined();
    expect(half.text.length).toBeLessThan(whole.text.length * 0.6);
    expect(half.text).toMatch(/^\{"RequestId"/);
  });

  it('html: a page instead of JSON', async () => {
    sandbox.faults.add({ kind: 'html' });
    const { status, headers, text } = await call();
    expect([status, headers['content-type']]).toEqual([502, 'text/html']);
    expect(text).toContain('<h1>502 Bad Gateway</h1>');
  });

  it('code-in-200: an error that looks like success', async () => {
    sandbox.faults.add({ kind: 'code-in-200', code: 'ServiceUnavailable' });
    const { status, json } = await call();
    expect(status).toBe(200);
    expect(json).toMatchObject({ Code: 'ServiceUnavailable', RequestId: expect.any(String) });
    expect(json).not.toHaveProperty('RegionIds');
  });

  it('huge: a body of just that size', async () => {
    sandbox.faults.add({ kind: 'huge', bytes: 3_000_000 });
    const { status, text, json } = await call();
    expect([status, text.length]).toEqual([200, 3_000_000]);
    expect(json.Padding).toMatch(/^x+$/);
  });

  it('huge with gzip: small on the wire', async () => {
    sandbox.faults.add({ kind: 'huge', bytes: 3_000_000, gzip: true });
    const headers = await signedHeaders();
    const body = await new Promise<Buffer>((resolve, reject) => {
      get({ port: sandbox.port, host: '127.0.0.1', path: '/?', headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        expect(response.headers['content-encoding']).toBe('gzip');
        response.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      }).on('error', reject);
    });
    expect(body.length).toBeLessThan(20_000);
    expect(gunzipSync(body)).toHaveLength(3_000_000);
  });

  it('redirect: somewhere else', async () => {
    sandbox.faults.add({ kind: 'redirect', location: 'http://100.100.100.200/latest/meta-data/' });
    const { status, headers } = await call();
    expect([status, headers.location]).toEqual([302, 'http://100.100.100.200/latest/meta-data/']);
  });

  it('clock-skew: right dates are expired, and dates by the server’s clock are not', async () => {
    sandbox.faults.add({ kind: 'clock-skew', ms: 20 * 60_000 });
    const { json, headers } = await call();
    expect(json.Code).toBe('InvalidTimeStamp.Expired');
    // whoever reads the clock from the answer can sign by it
    expect(Date.parse(headers.date ?? '')).toBe(clock.now + 20 * 60_000);
    expect((await call({ date: clock.now + 20 * 60_000 })).status).toBe(200);
  });
});

describe('the calls', () => {
  it('are counted by action, faults and refusals included, and logged with their parameters and outcome', async () => {
    sandbox.faults.add({ kind: 'error', code: 'InternalError', times: 1 });
    await call({ parameters: { AcceptLanguage: 'en-US' } });
    await call({ action: 'DescribeInstances', method: 'POST', parameters: { RegionId: 'cn-beijing' } });
    await call({ accessKeyId: 'nobody' });
    expect(sandbox.calls.byAction()).toEqual({ DescribeRegions: 2, DescribeInstances: 1 });
    expect([sandbox.calls.count(), sandbox.calls.count('DescribeInstances')]).toEqual([3, 1]);
    expect(sandbox.calls.recent()).toEqual([
      {
        action: 'DescribeRegions',
        method: 'GET',
        parameters: { AcceptLanguage: 'en-US' },
        accountId: '1234567890123456',
        at: clock.now,
        status: 500,
        code: 'InternalError',
      },
      expect.objectContaining({
        action: 'DescribeInstances',
        parameters: { RegionId: 'cn-beijing' },
        status: 200,
        code: undefined,
      }),
      expect.objectContaining({ accountId: undefined, status: 404, code: 'InvalidAccessKeyId.NotFound' }),
    ]);
    sandbox.calls.clear();
    expect([sandbox.calls.count(), sandbox.calls.recent()]).toEqual([0, []]);
  });

  it('are counted while they are in flight', async () => {
    sandbox.faults.add({ kind: 'latency', ms: 300 });
    await Promise.all(Array.from({ length: 5 }, () => call()));
    await expect.poll(() => sandbox.calls.inFlight).toBe(0);
    expect(sandbox.calls.peakInFlight).toBe(5);
  });
});

describe('POST /_sandbox/faults', () => {
  const json = { 'content-type': 'application/json' };
  const post = (body: unknown, headers: Record<string, string> = json) =>
    exchange(sandbox, 'POST', { path: '/_sandbox/faults', headers, body: JSON.stringify(body) });

  it('turns faults on, one or several, lists them and turns them off', async () => {
    const added = await post([
      { kind: 'error', code: 'ServiceUnavailable' },
      { kind: 'latency', ms: 1 },
    ]);
    expect(added.status).toBe(200);
    expect(added.json).toMatchObject([
      { id: '1', kind: 'error', applied: 0 },
      { id: '2', kind: 'latency' },
    ]);
    expect((await call()).status).toBe(503);
    const removed = await exchange(sandbox, 'DELETE', { path: '/_sandbox/faults/1' });
    expect(removed.json).toMatchObject([{ id: '2', applied: 1 }]);
    expect((await call()).status).toBe(200);
    expect((await exchange(sandbox, 'DELETE', { path: '/_sandbox/faults' })).json).toEqual([]);
    expect((await exchange(sandbox, 'DELETE', { path: '/_sandbox/faults/1' })).status).toBe(404);
  });

  it('says what is wrong with a fault', async () => {
    const { status, json: answer } = await post({ kind: 'latency' });
    expect(status).toBe(400);
    expect(answer.error).toContain('ms');
    expect((await exchange(sandbox, 'POST', { path: '/_sandbox/faults', headers: json, body: '{' })).status).toBe(400);
  });

  it('is closed to web pages and to other machines’ names', async () => {
    expect((await post({ kind: 'reset' }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post({ kind: 'reset' }, { ...json, host: 'evil.example' })).status).toBe(403);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('has neighbours: the sandbox, its switches and its calls', async () => {
    const about = await exchange(sandbox, 'GET', { path: '/_sandbox' });
    expect(about.json).toMatchObject({
      accountId: '1234567890123456',
      demo: sandbox.demo,
      behaviour: { order: 'newest-first' },
    });
    expect(about.text).not.toContain('sandbox-secret');
    const patch = (body: unknown) =>
      exchange(sandbox, 'PATCH', { path: '/_sandbox/behaviour', headers: json, body: JSON.stringify(body) });
    expect((await patch({ order: 'oldest-first' })).json).toMatchObject({
      order: 'oldest-first',
      ties: 'id-descending',
    });
    expect(sandbox.behaviour.order).toBe('oldest-first');
    expect((await patch({ order: 'sideways' })).status).toBe(400);
    await call();
    const calls = await exchange(sandbox, 'GET', { path: '/_sandbox/calls' });
    expect(calls.json).toMatchObject({ byAction: { DescribeRegions: 1 }, recent: [{ action: 'DescribeRegions' }] });
    await exchange(sandbox, 'DELETE', { path: '/_sandbox/calls' });
    expect(sandbox.calls.count()).toBe(0);
    expect((await exchange(sandbox, 'GET', { path: '/_sandbox/nothing' })).status).toBe(404);
  });
});

/** The headers of a right call, for clients that read the answer in their own way. */
async function signedHeaders(): Promise<Record<string, string | string[]>> {
  let headers: Record<string, string | string[]> = {};
  const other = { ...sandbox, port: sandbox.port };
  await signedCall(other, {
    date: clock.now,
    tamper: (sent) => {
      headers = { ...sent.headers };
      // the nonce has to stay unused
      sent.headers.authorization = 'none';
    },
  }).catch(() => undefined);
  return headers;
}
