import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Accounts, accountsFile, createAccounts } from '../../upstream/accounts.ts';
import { staticCredentials } from '../../upstream/credentials.ts';
import {
  type AnsweringServer,
  answeringServer,
  answerJson,
  attemptAt,
  failureOf,
  forever,
  plainCall,
} from './answering-server.ts';

const own = staticCredentials({ accessKeyId: 'own-id', accessKeySecret: 'own-secret' });
const others = accountsFile.parse([
  { id: '2222', credentials: { type: 'access_key', accessKeyId: 'other-id', accessKeySecret: 'other-secret' } },
  {
    id: '3333',
    credentials: { type: 'sts', accessKeyId: 'third', accessKeySecret: 'secret', securityToken: 'token' },
    regions: ['cn-hangzhou', 'cn-beijing'],
  },
]);

describe('accounts', () => {
  const accounts = createAccounts({ defaultAccount: { id: '1111', credentials: own }, others });

  it('have each its own credentials', async () => {
    expect(await accounts.credentialsOf('1111')?.current()).toMatchObject({ accessKeyId: 'own-id' });
    expect(await accounts.credentialsOf('2222')?.current()).toMatchObject({ accessKeyId: 'other-id' });
    expect(await accounts.credentialsOf('3333')?.current()).toMatchObject({ securityToken: 'token' });
    for (const unknown of ['', '4444', 'default', '__proto__', 'undefined']) {
      expect(accounts.credentialsOf(unknown), unknown).toBeUndefined();
    }
  });

  it('are known in all regions, or in those that their entry names', () => {
    expect(accounts.knows('1111', 'us-east-1')).toEqual({ account: true, region: true });
    expect(accounts.knows('3333', 'cn-beijing')).toEqual({ account: true, region: true });
    expect(accounts.knows('3333', 'us-east-1')).toEqual({ account: true, region: false });
    expect(accounts.knows('1111', 'evil.example#')).toEqual({ account: true, region: false });
    expect(accounts.knows('4444', 'us-east-1')).toEqual({ account: false, region: true });
  });

  it('keep an entry of the file that has the id of the default account', async () => {
    const both = createAccounts({ defaultAccount: { id: '2222', credentials: own }, others });
    expect(await both.credentialsOf('2222')?.current()).toMatchObject({ accessKeyId: 'other-id' });
  });

  it('sign their calls each with their own', async () => {
    const server = await answeringServer((_request, response) => answerJson(response, 200, {}));
    const attempt = attemptAt(server.url, { credentialsOf: accounts.credentialsOf });
    for (const accountId of ['1111', '2222']) await attempt(plainCall({ accountId }), forever);
    const keys = server.requests.map(({ headers }) => /Credential=([^,]*)/.exec(headers.authorization ?? '')?.[1]);
    expect(keys).toEqual(['own-id', 'other-id']);
    await attempt.close();
    await server.close();
  });
});

describe('the file of accounts', () => {
  const credentials = { type: 'access_key', accessKeyId: 'id', accessKeySecret: 'top-secret' };

  it('is refused with an id twice, an unknown region, no region, or no credentials, and the secret is not repeated', () => {
    const files = [
      [
        { id: '1', credentials },
        { id: '1', credentials },
      ],
      [{ id: '1', credentials, regions: ['xx-new-1'] }],
      [{ id: '1', credentials, regions: [] }],
      [{ id: '1' }],
      [{ id: '', credentials }],
      [{ credentials: { ...credentials, type: 'none' } }],
      { id: '1', credentials },
    ];
    for (const file of files) {
      const { error } = accountsFile.safeParse(file);
      expect(error, JSON.stringify(file)).toBeDefined();
      expect(error?.message).not.toContain('top-secret');
    }
    expect(accountsFile.parse([])).toEqual([]);
  });
});

describe("the default account's id", () => {
  let server: AnsweringServer;
  let attempt: ReturnType<typeof attemptAt>;
  let accounts: Accounts;
  let status: number;
  beforeEach(async () => {
    status = 200;
    server = await answeringServer((_request, response) =>
      answerJson(response, status, status === 200 ? { AccountId: '1234567890123456' } : { Code: 'InternalError' }),
    );
    accounts = createAccounts({ defaultAccount: { credentials: own }, others });
    attempt = attemptAt(server.url, { credentialsOf: accounts.credentialsOf });
  });
  afterEach(async () => {
    await attempt.close();
    await server.close();
  });

  it('is asked from STS once, whoever waits for it', async () => {
    expect(accounts.defaultAccountId).toBeUndefined();
    const ids = await Promise.all(Array.from({ length: 8 }, () => accounts.resolveDefaultAccountId(attempt, forever)));
    expect(new Set(ids)).toEqual(new Set(['1234567890123456']));
    expect(await accounts.resolveDefaultAccountId(attempt, forever)).toBe('1234567890123456');
    expect(accounts.defaultAccountId).toBe('1234567890123456');
    expect(accounts.credentialsOf('1234567890123456')).toBe(own);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers).toMatchObject({
      'x-acs-action': 'GetCallerIdentity',
      'x-acs-version': '2015-04-01',
    });
  });

  it('is asked again after a failure', async () => {
    status = 500;
    expect(await failureOf(accounts.resolveDefaultAccountId(attempt, forever))).toMatchObject({ kind: 'unavailable' });
    status = 200;
    expect(await accounts.resolveDefaultAccountId(attempt, forever)).toBe('1234567890123456');
  });

  it('is asked again at once when the clock was wrong', async () => {
    let refusals = 1;
    const strict = await answeringServer((_request, response) => {
      if (refusals-- > 0) answerJson(response, 400, { Code: 'InvalidTimeStamp.Expired' });
      else answerJson(response, 200, { AccountId: '1234567890123456' });
    });
    const now = () => Date.now() - 3_600_000;
    const late = attemptAt(strict.url, { credentialsOf: accounts.credentialsOf, now });
    expect(await accounts.resolveDefaultAccountId(late, forever)).toBe('1234567890123456');
    expect(strict.requests).toHaveLength(2);
    await late.close();
    await strict.close();
  });

  it('is not asked where it is given', async () => {
    const given = createAccounts({ defaultAccount: { id: '1111', credentials: own } });
    expect(await given.resolveDefaultAccountId(attempt, forever)).toBe('1111');
    expect(server.requests).toHaveLength(0);
  });

  it('is still found for the others when one of those who wait gives up', async () => {
    const controller = new AbortController();
    const impatient = accounts.resolveDefaultAccountId(attempt, { signal: controller.signal });
    const patient = accounts.resolveDefaultAccountId(attempt, forever);
    controller.abort(new Error('nobody waits'));
    expect((await failureOf(impatient)).message).toBe('nobody waits');
    expect(await patient).toBe('1234567890123456');
    expect(server.requests).toHaveLength(1);
  });
});
