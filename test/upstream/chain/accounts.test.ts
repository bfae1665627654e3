import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../sandbox/server.ts';
import { OTHER_ACCOUNT, pastPage, reader, storeAt } from './store-at.ts';

describe('accounts', () => {
  const start = () =>
    startSandbox({
      accounts: [
        { accountId: OTHER_ACCOUNT, accessKeys: [{ accessKeyId: OTHER_ACCOUNT, accessKeySecret: 'other-secret' }] },
      ],
    });

  it('do not see what was remembered for each other', async () => {
    await using sandbox = await start();
    await using store = storeAt(sandbox.url);
    const query = { regionId: 'cn-hangzhou', pageSize: 30, pageNumber: 1 };
    const [first, second] = await Promise.all(
      [sandbox.accountId, OTHER_ACCOUNT].map((accountId) => store.describeInstances({ accountId, ...query }, reader())),
    );
    expect(first?.value.rows[0]?.instanceId).not.toBe(second?.value.rows[0]?.instanceId);
    const theirs = pastPage(sandbox.demo.instanceId, { accountId: OTHER_ACCOUNT });
    await store.describeClusterBackupList({ ...theirs, accountId: sandbox.accountId }, reader());
    await expect(store.describeClusterBackupList(theirs, reader())).rejects.toMatchObject({ kind: 'not-found' });
  });

  it("do not use up each other's quota, line or patience", async () => {
    await using sandbox = await start();
    await using store = storeAt(sandbox.url, { callsPerMinute: 8, concurrency: 1, attemptTimeoutMs: 300 });
    const other = sandbox.instanceAt(0, OTHER_ACCOUNT).instanceId;
    const mine = (pageNumber: number) =>
      store.describeClusterBackupList(pastPage(sandbox.demo.instanceId, { pageNumber }), reader());
    const theirs = () =>
      store.describeClusterBackupList(
        pastPage(other, { accountId: OTHER_ACCOUNT }),
        reader({ deadline: Date.now() + 250, readThrough: true }),
      );
    sandbox.faults.add({ kind: 'hang', instanceId: sandbox.demo.instanceId });
    const hanging = Promise.allSettled([1, 2, 3, 4].map(mine));
    expect((await theirs()).stale).toBe(false);
    await hanging;
    await expect(mine(5)).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await theirs()).stale).toBe(false);
  });
});
