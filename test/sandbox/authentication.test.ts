import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNonces } from '../../sandbox/calls/nonces.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { exchange, type SignedCall, signedCall } from './signed-call.ts';

const MINUTE = 60_000;
const TOKEN = 'CAISxxExample+Token/with=chars==';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [
      {
        accountId: '2222222222222222',
        instances: 7,
        accessKeys: [
          { accessKeyId: 'second', accessKeySecret: 'second-secret' },
          { accessKeyId: 'STS.temporary', accessKeySecret: 'temporary-secret', securityToken: TOKEN },
          { accessKeyId: 'STS.expired', accessKeySecret: 'expired-secret', securityToken: TOKEN, expiresAt: 1 },
          { accessKeyId: 'retired', accessKeySecret: 'retired-secret', inactive: true },
        ],
      },
    ],
  });
});
afterAll(() => sandbox.close());

async function codeOf(call: SignedCall): Promise<unknown> {
  const { status, json } = await signedCall(sandbox, call);
  return [status, json.Code];
}

const second = { accessKeyId: 'second', accessKeySecret: 'second-secret' };
const temporary = { accessKeyId: 'STS.temporary', accessKeySecret: 'temporary-secret', securityToken: TOKEN };

describe('a signature', () => {
  it('is accepted when it is right, and the answer carries the id of the request twice', async () => {
    const { status, headers, json } = await signedCall(sandbox);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json;charset=utf-8');
    expect(headers['x-acs-request-id']).toBe(json.RequestId);
    expect(json.RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  });

  it('is refused when anything that it covers was changed on the way', async () => {
    const changes: Record<string, SignedCall['tamper']> = {
      parameter: (sent) => {
        sent.path = '/?RegionId=cn-beijing';
      },
      action: (sent) => {
        sent.headers['x-acs-action'] = 'DescribeInstances';
      },
      date: (sent) => {
        sent.headers['x-acs-date'] = `${new Date(Date.now() - MINUTE).toISOString().slice(0, 19)}Z`;
      },
      nonce: (sent) => {
        sent.headers['x-acs-signature-nonce'] = 'another';
      },
      host: (sent) => {
        sent.headers.host = `localhost:${sandbox.port}`;
      },
      body: (sent) => {
        sent.body = 'x';
      },
    };
    for (const [what, tamper] of Object.entries(changes)) {
      const parameters = { RegionId: 'cn-hangzhou' };
      const { status, json } = await signedCall(sandbox, { parameters, ...(tamper && { tamper }) });
      expect([what, status, json.Code]).toEqual([what, 400, 'SignatureDoesNotMatch']);
    }
  });

  it('is shown the text that the server signed, and never the secret', async () => {
    const { json } = await signedCall(sandbox, { accessKeySecret: 'wrong' });
    expect(json.Message).toMatch(/server StringToSign is \[ACS3-HMAC-SHA256\n[0-9a-f]{64}\]/);
    expect(json.Message).toContain('x-acs-action:DescribeRegions');
    expect(json.Message).not.toContain('sandbox-secret');
    expect(json).toMatchObject({
      HostId: `127.0.0.1:${sandbox.port}`,
      Recommend: expect.stringContaining('SignatureDoesNotMatch'),
    });
  });

  it.each(['x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'])(
    'needs the header %s',
    async (name) => {
      const { status, json } = await signedCall(sandbox, { tamper: ({ headers }) => delete headers[name] });
      expect([status, json.Code]).toEqual([400, 'IncompleteSignature']);
      expect(json.Message).toContain(name);
    },
  );

  it('covers every x-acs header, each given once', async () => {
    const unsigned = await signedCall(sandbox, {
      tamper: ({ headers }) => {
        headers['x-acs-extra'] = '1';
      },
    });
    expect([unsigned.status, unsigned.json.Code]).toEqual([400, 'IncompleteSignature']);
    const twice = await signedCall(sandbox, {
      tamper: ({ headers }) => {
        headers['x-acs-action'] = ['DescribeRegions', 'DescribeRegions'];
      },
    });
    expect([twice.status, twice.json.Code]).toEqual([400, 'IncompleteSignature']);
    expect(await codeOf({ headers: { 'x-acs-retry-attempts': '1' } })).toEqual([200, undefined]);
  });

  it.each([
    '',
    'ACS3-HMAC-SHA256',
    'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host',
    'ACS3-HMAC-SHA256 Signature=zz',
  ])('is incomplete as %j', async (authorization) => {
    const { status, json } = await signedCall(sandbox, {
      tamper: ({ headers }) => {
        headers.authorization = authorization;
      },
    });
    expect(status).toBe(400);
    expect(['IncompleteSignature', 'InvalidSignatureMethod']).toContain(json.Code);
  });

  it('of the older version is refused with the reason', async () => {
    const query = new URLSearchParams({
      Action: 'DescribeRegions',
      Version: '2015-01-01',
      Format: 'JSON',
      AccessKeyId: 'sandbox',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: '1',
      Timestamp: '2024-01-10T00:00:00Z',
      Signature: 'c2lnbmF0dXJl',
    });
    const { status, json } = await exchange(sandbox, 'GET', { path: `/?${query}` });
    expect([status, json.Code]).toEqual([400, 'InvalidSignatureMethod']);
    expect(json.Message).toContain('version 1.0');
    expect(json.Message).toContain('ACS3-HMAC-SHA256');
    expect(JSON.stringify(sandbox.calls.recent())).not.toContain('c2lnbmF0dXJl');
  });

  it('by another method is refused with the reason', async () => {
    for (const method of ['ACS3-HMAC-SM3', 'acs', 'Bearer']) {
      const { status, json } = await signedCall(sandbox, {
        tamper: ({ headers }) => {
          headers.authorization = `${method} Credential=a`;
        },
      });
      expect([status, json.Code]).toEqual([400, 'InvalidSignatureMethod']);
    }
  });

  it('works once', async () => {
    expect(await codeOf({ nonce: 'used-once' })).toEqual([200, undefined]);
    expect(await codeOf({ nonce: 'used-once' })).toEqual([400, 'SignatureNonceUsed']);
    expect(await codeOf({ nonce: 'used-once', ...second })).toEqual([200, undefined]);
  });

  it('leaves the nonce unused when it is wrong', async () => {
    expect(await codeOf({ nonce: 'kept', accessKeySecret: 'wrong' })).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await codeOf({ nonce: 'kept' })).toEqual([200, undefined]);
  });

  it('lives for a quarter of an hour, either way', async () => {
    expect(await codeOf({ date: Date.now() - 14 * MINUTE })).toEqual([200, undefined]);
    expect(await codeOf({ date: Date.now() + 14 * MINUTE })).toEqual([200, undefined]);
    expect(await codeOf({ date: Date.now() - 16 * MINUTE })).toEqual([400, 'InvalidTimeStamp.Expired']);
    expect(await codeOf({ date: Date.now() + 16 * MINUTE })).toEqual([400, 'InvalidTimeStamp.Expired']);
  });

  it.each(['2024-01-10', 'Wed, 10 Jan 2024 17:21:25 GMT', '2024-01-10T17:21:25.000Z'])(
    'has no date like %s',
    async (date) => {
      expect(await codeOf({ headers: { 'x-acs-date': date } })).toEqual([400, 'InvalidTimeStamp.Format']);
    },
  );

  it('of an inactive key is refused', async () => {
    expect(await codeOf({ accessKeyId: 'retired', accessKeySecret: 'retired-secret' })).toEqual([
      400,
      'InvalidAccessKeyId.Inactive',
    ]);
  });

  it('is refused as soon as its key is gone', async () => {
    const keys = sandbox.accounts[1]?.accessKeys;
    const key = { accessKeyId: 'rotated', accessKeySecret: 'rotated-secret' };
    keys?.push(key);
    expect(await codeOf(key)).toEqual([200, undefined]);
    keys?.pop();
    expect(await codeOf(key)).toEqual([404, 'InvalidAccessKeyId.NotFound']);
  });
});

describe('a security token', () => {
  it('is needed with a temporary key, and is the right one', async () => {
    expect(await codeOf(temporary)).toEqual([200, undefined]);
    expect(await codeOf({ accessKeyId: 'STS.temporary', accessKeySecret: 'temporary-secret' })).toEqual([
      400,
      'MissingSecurityToken',
    ]);
    expect(await codeOf({ ...temporary, securityToken: 'CAISanother' })).toEqual([
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
    ]);
    expect(await codeOf({ ...temporary, securityToken: 'a token?' })).toEqual([400, 'InvalidSecurityToken.Malformed']);
  });

  it('expires', async () => {
    const expired = { accessKeyId: 'STS.expired', accessKeySecret: 'expired-secret', securityToken: TOKEN };
    expect(await codeOf(expired)).toEqual([400, 'InvalidSecurityToken.Expired']);
    sandbox.behaviour.tokenExpiredStatus = 403;
    expect(await codeOf(expired)).toEqual([403, 'InvalidSecurityToken.Expired']);
  });

  it('may be kilobytes long', async () => {
    const securityToken = 'x'.repeat(20_000);
    sandbox.accounts[1]?.accessKeys.push({ accessKeyId: 'STS.long', accessKeySecret: 'long-secret', securityToken });
    expect(await codeOf({ accessKeyId: 'STS.long', accessKeySecret: 'long-secret', securityToken })).toEqual([
      200,
      undefined,
    ]);
  });
});

describe('an account', () => {
  it('sees its own instances and no others', async () => {
    const list = async (call: SignedCall) => {
      const { json } = await signedCall(sandbox, {
        action: 'DescribeInstances',
        parameters: { PageSize: '50' },
        ...call,
      });
      return json.Instances.KVStoreInstance.map((row: { InstanceId: string }) => row.InstanceId) as string[];
    };
    const [ours, theirs] = [await list({}), await list(second)];
    expect([ours.length, theirs.length]).toEqual([40, 7]);
    expect(ours.filter((id) => theirs.includes(id))).toEqual([]);
    const { json } = await signedCall(sandbox, {
      action: 'DescribeInstanceAttribute',
      parameters: { InstanceId: ours[0] ?? '' },
      ...second,
    });
    expect(json.Code).toBe('InvalidInstanceId.NotFound');
  });

  it('is told whose key it signs with', async () => {
    const identity = { action: 'GetCallerIdentity', version: '2015-04-01', method: 'POST' };
    const { json } = await signedCall(sandbox, identity);
    expect(json).toEqual({
      RequestId: expect.any(String),
      AccountId: '1234567890123456',
      Arn: 'acs:ram::1234567890123456:user/sandbox',
      IdentityType: 'RAMUser',
      PrincipalId: expect.any(String),
      UserId: expect.any(String),
    });
    expect((await signedCall(sandbox, { ...identity, ...second })).json.AccountId).toBe('2222222222222222');
  });
});

describe('a call of something else', () => {
  it.each([
    ['an unknown action', { action: 'DescribeNothing' }],
    ['an action of another version', { version: '2016-01-01' }],
    ['an action in another case', { action: 'describeRegions' }],
  ])('is not found: %s', async (_what, call) => {
    expect(await codeOf(call)).toEqual([404, 'InvalidApi.NotFound']);
  });

  it('is refused with another HTTP method', async () => {
    expect(await codeOf({ method: 'PUT' })).toEqual([400, 'UnsupportedHTTPMethod']);
  });
});

describe('the memory of nonces', () => {
  it('is bounded, and keeps every nonce for half an hour while it is not full', () => {
    const nonces = createNonces(100);
    expect(nonces.use('key', 'first', 0)).toBe(true);
    expect(nonces.use('key', 'first', 29 * MINUTE)).toBe(false);
    expect(nonces.use('key', 'later', 31 * MINUTE)).toBe(true);
    expect(nonces.use('key', 'first', 32 * MINUTE)).toBe(false);
    expect(nonces.use('key', 'first', 62 * MINUTE)).toBe(true);
    for (let n = 0; n < 1000; n++) nonces.use('key', `filler ${n}`, 63 * MINUTE);
    expect(nonces.use('key', 'filler 999', 63 * MINUTE)).toBe(false);
    expect(nonces.use('key', 'filler 0', 63 * MINUTE)).toBe(true);
  });
});
