import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../resolvers/bad-input.ts';
import type { ConnectionArguments } from '../../resolvers/connection-arguments.ts';
import { pageOfShards } from '../../resolvers/shard-backups.ts';
import type { ShardBackupRow } from '../../upstream/rows.ts';

const BACKUP = {
  instance: { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId: 'r-bp1zxszhcgatnx0000' },
  row: { clusterBackupId: 'cb-hyxdof5x9kqbtust' },
};

function shards(count: number): ShardBackupRow[] {
  return Array.from({ length: count }, (_, index) => ({ backupId: String(500 + index) }) as ShardBackupRow);
}

const idsOf = (page: { rows: readonly ShardBackupRow[] }) => page.rows.map(({ backupId }) => backupId);

describe('a page of shards', () => {
  it('without arguments has all of them', () => {
    const all = shards(256);
    const page = pageOfShards(BACKUP, all, {});
    expect(page).toMatchObject({ rows: all, totalCount: 256, hasNextPage: false, hasPreviousPage: false });
    expect(pageOfShards(BACKUP, [], {})).toMatchObject({ rows: [], totalCount: 0 });
  });

  it('walks them once in either direction, a page of any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (count, size, forwards) => {
          const all = shards(count);
          const seen: string[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = pageOfShards(
              BACKUP,
              all,
              forwards ? { first: size, after: cursor } : { last: size, before: cursor },
            );
            if (forwards) seen.push(...idsOf(page));
            else seen.unshift(...idsOf(page));
            expect(page.totalCount).toBe(count);
            if (!(forwards ? page.hasNextPage : page.hasPreviousPage)) break;
            cursor = page.cursor(forwards ? page.rows.length - 1 : 0);
          }
          expect(seen).toEqual(all.map(({ backupId }) => backupId));
        },
      ),
    );
  });

  it('goes on where a shard that has gone stood', () => {
    const all = shards(8);
    const cursor = pageOfShards(BACKUP, all, { first: 3 }).cursor(2);
    const left = all.filter(({ backupId }) => backupId !== '502');
    expect(idsOf(pageOfShards(BACKUP, left, { first: 2, after: cursor }))).toEqual(['503', '504']);
    expect(idsOf(pageOfShards(BACKUP, left, { last: 2, before: cursor }))).toEqual(['500', '501']);
  });

  it('finds the shard of a cursor wherever it stands by now', () => {
    const all = shards(8);
    const cursor = pageOfShards(BACKUP, all, { first: 3 }).cursor(2);
    expect(idsOf(pageOfShards(BACKUP, all.slice(1), { first: 2, after: cursor }))).toEqual(['503', '504']);
    expect(pageOfShards(BACKUP, all, { first: 0, after: cursor })).toMatchObject({
      rows: [],
      hasNextPage: true,
      hasPreviousPage: true,
    });
  });

  it('refuses counts that cannot be, and cursors of other sets and connections', () => {
    const all = shards(8);
    const cursor = pageOfShards(BACKUP, all, {}).cursor(2);
    const refused = (given: ConnectionArguments, backup = BACKUP) =>
      expect(() => pageOfShards(backup, all, given)).toThrow(BadInput);
    refused({ first: -1 });
    refused({ last: 301 });
    refused({ first: 1, last: 1 });
    refused({ after: 'no' });
    refused({ after: cursor }, { ...BACKUP, row: { clusterBackupId: 'cb-other' } });
    refused({ before: cursor }, { ...BACKUP, instance: { ...BACKUP.instance, regionId: 'cn-shanghai' } });
    for (let index = 0; index < cursor.length; index++) {
      refused({ after: cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1) });
    }
  });
});
