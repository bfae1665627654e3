import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeClusterBackupList } from '../../../upstream/operations/describe-cluster-backup-list.ts';
import type { UnknownValue } from '../../../upstream/operations/enumerations.ts';
import type { ClusterBackupListQuery } from '../../../upstream/rkvstore.ts';
import type { ClusterBackupRow, ShardBackupRow } from '../../../upstream/rows.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';

const query: ClusterBackupListQuery = {
  accountId: '1234567890123456',
  regionId: 'cn-hangzhou',
  instanceId: 'r-1',
  startTime: Date.UTC(2024, 5, 28, 8, 26),
  endTime: Date.UTC(2024, 6, 1, 9, 26),
  pageSize: 30,
  pageNumber: 2,
  withShards: true,
  withLinks: true,
};
const list = describeClusterBackupList();

function rowOf(set: object, changes: Partial<ClusterBackupListQuery> = {}): ClusterBackupRow {
  const body = { RequestId: 'A1', ClusterBackups: [{ ClusterBackupId: 'cb-1', ...set }] };
  return list.parse(body, { ...query, ...changes }).rows[0] as ClusterBackupRow;
}
function shardOf(shard: object): ShardBackupRow {
  return rowOf({ Backups: [{ BackupId: '1', ...shard }] }).shardBackups?.[0] as ShardBackupRow;
}
function failureOf(body: unknown): UpstreamError {
  try {
    list.parse(body, query);
  } catch (error) {
    return error as UpstreamError;
  }
  throw new Error('expected a failure');
}

describe('the parameters of DescribeClusterBackupList', () => {
  it('have whole minutes, and leave NoShardBackup out where shards are wanted', () => {
    expect(list.parameters(query)).toEqual({
      RegionId: 'cn-hangzhou',
      InstanceId: 'r-1',
      StartTime: '2024-06-28T08:26Z',
      EndTime: '2024-07-01T09:26Z',
      PageSize: '30',
      PageNumber: '2',
    });
  });

  it('say NoShardBackup=True where no shards are wanted, and name one backup where one is', () => {
    const parameters = list.parameters({ ...query, withShards: false, clusterBackupId: 'cb-9' });
    expect(parameters).toMatchObject({ NoShardBackup: 'True', ClusterBackupId: 'cb-9' });
  });
});

describe('a cell that the upstream sends in several ways', () => {
  it('is a size as digits or as a number', () => {
    expect(rowOf({ ClusterBackupSize: '2048' }).sizeBytes).toBe(2048);
    expect(rowOf({ ClusterBackupSize: 2048 }).sizeBytes).toBe(2048);
    expect(rowOf({ ClusterBackupSize: '9007199254740991' }).sizeBytes).toBe(Number.MAX_SAFE_INTEGER);
    expect(shardOf({ BackupSize: 0 }).sizeBytes).toBe(0);
  });

  it('is a flag as a number, a text or a boolean', () => {
    for (const yes of [1, '1', true, 'True']) {
      expect(rowOf({ IsAvail: yes }).isAvailable).toBe(true);
      expect(shardOf({ IsAvail: yes }).isAvailable).toBe(true);
    }
    for (const no of [0, '0', false, 'false']) expect(rowOf({ IsAvail: no }).isAvailable).toBe(false);
  });

  it('is a time with or without a zone, seconds and fractions', () => {
    const times: Record<string, string> = {
      '2024-01-10T17:21:25Z': '2024-01-10T17:21:25Z',
      '2024-01-10T17:21:25': '2024-01-10T17:21:25Z',
      '2024-01-10T17:21Z': '2024-01-10T17:21:00Z',
      '2024-01-10T17:21': '2024-01-10T17:21:00Z',
      '2024-01-10 17:21:25': '2024-01-10T17:21:25Z',
      '2024-01-10T17:21:25.999Z': '2024-01-10T17:21:25Z',
      '2024-01-10T17:21:25.5': '2024-01-10T17:21:25Z',
      '2024-01-11T01:21:25+08:00': '2024-01-10T17:21:25Z',
      '2024-01-11T01:21+0800': '2024-01-10T17:21:00Z',
      '2024-02-29T00:00:00Z': '2024-02-29T00:00:00Z',
      '2024-12-31T23:59:59-00:01': '2025-01-01T00:00:59Z',
    };
    for (const [sent, read] of Object.entries(times)) {
      expect(rowOf({ ClusterBackupStartTime: sent }).startTime, sent).toBe(read);
      expect(shardOf({ BackupEndTime: sent }).endTime, sent).toBe(read);
    }
  });

  it('is a progress with or without a percent sign, brought into 0 to 100', () => {
    const sent: [unknown, number][] = [
      ['37%', 37],
      ['100%', 100],
      ['37', 37],
      [37, 37],
      ['37.9%', 37],
      ['250%', 100],
    ];
    for (const [value, read] of sent) expect(rowOf({ Progress: value }).progressPercent).toBe(read);
    expect(Object.is(rowOf({ Progress: '-5%' }).progressPercent, 0)).toBe(true);
  });

  it('is a status in any case', () => {
    expect(
      ['OK', 'Running', 'Failed', 'failed'].map((status) => rowOf({ ClusterBackupStatus: status }).status),
    ).toEqual(['OK', 'RUNNING', 'FAILED', 'FAILED']);
    expect(shardOf({ BackupStatus: 'Error' }).status).toBe('ERROR');
  });

  it('is an id or a version as a number', () => {
    expect(rowOf({ Backups: [{ BackupId: 514645788 }] }).shardBackups?.[0]?.backupId).toBe('514645788');
    expect(shardOf({ ExtraInfo: { CustinsDbVersion: 5 } }).engineVersion).toBe('5');
  });

  it('is null when it is absent, null or empty', () => {
    const cells = [
      'ClusterBackupStatus',
      'ClusterBackupMode',
      'ClusterBackupSize',
      'ClusterBackupStartTime',
      'ClusterBackupEndTime',
      'ExpectExpireTime',
      'IsAvail',
      'Progress',
      'ShardClassMemory',
    ];
    const empty = {
      clusterBackupId: 'cb-1',
      status: null,
      mode: null,
      isAvailable: null,
      sizeBytes: null,
      startTime: null,
      endTime: null,
      expectedExpireTime: null,
      progressPercent: null,
      shardMemoryMegabytes: null,
      shardBackups: [],
    };
    expect(rowOf({})).toEqual(empty);
    for (const nothing of [null, '']) {
      expect(rowOf(Object.fromEntries(cells.map((cell) => [cell, nothing])))).toEqual(empty);
    }
    const shard = shardOf({ BackupDownloadURL: '', BackupIntranetDownloadURL: null, ExtraInfo: null, Engine: '' });
    expect(shard).toMatchObject({ downloadUrl: null, internalDownloadUrl: null, engineVersion: null, engine: null });
    expect(shard).not.toHaveProperty('faults');
  });
});

describe('a cell that cannot be read', () => {
  it('is null, named among the faults with what was received, and the rest of the row stands', () => {
    const row = rowOf({
      ClusterBackupStatus: 'OK',
      ClusterBackupSize: '-1',
      ClusterBackupStartTime: '2024-02-30T00:00:00Z',
      Progress: 'half',
      IsAvail: 2,
      ShardClassMemory: 1.5,
    });
    expect(row).toMatchObject({ status: 'OK', sizeBytes: null, startTime: null, progressPercent: null });
    expect(row.faults).toEqual({
      sizeBytes: '-1',
      startTime: '2024-02-30T00:00:00Z',
      progressPercent: 'half',
      isAvailable: '2',
      shardMemoryMegabytes: '1.5',
    });
  });

  it('is a number that is not whole, not safe, not decimal or no number', () => {
    for (const size of ['abc', '1e400', '9007199254740992', '1.5', '0x10', ' ', -1, 2 ** 53, 1.5, {}, [], true]) {
      expect(rowOf({ ClusterBackupSize: size }), JSON.stringify(size)).toMatchObject({
        sizeBytes: null,
        faults: { sizeBytes: expect.any(String) },
      });
    }
  });

  it('is a time that no calendar has', () => {
    const times = ['0000-00-00T00:00:00Z', '2023-02-29T00:00:00Z', '2024-13-01T00:00:00Z', '2024-01-01T24:00:00Z'];
    for (const time of [...times, '2024-01-01T00:60:00Z', '2024-01-00T00:00', 'soon', '2024-01-01', 1704067200000]) {
      expect(rowOf({ ExpectExpireTime: time }).faults, String(time)).toHaveProperty('expectedExpireTime');
    }
  });

  it('is cut to 64 characters', () => {
    expect(rowOf({ ClusterBackupSize: 'x'.repeat(1_000) }).faults?.sizeBytes).toBe('x'.repeat(64));
  });

  it('is a link that no browser should open, which is not repeated', () => {
    const shard = shardOf({ BackupDownloadURL: 'javascript:alert("secret")' });
    expect(shard.downloadUrl).toBeNull();
    expect(JSON.stringify(shard.faults)).not.toContain('secret');
  });
});

describe('a value that is new', () => {
  it('is UNKNOWN, and reported once however many rows and pages have it', () => {
    const reported: UnknownValue[] = [];
    const operation = describeClusterBackupList((unknown) => void reported.push(unknown));
    const set = { ClusterBackupStatus: 'Paused', Backups: [{ BackupId: '1', BackupStatus: 'LOST' }] };
    const body = {
      ClusterBackups: [
        { ...set, ClusterBackupId: 'cb-1' },
        { ...set, ClusterBackupId: 'cb-2', ClusterBackupMode: 'UNKNOWN' },
      ],
    };
    const { rows } = operation.parse(body, query);
    operation.parse(body, query);
    expect(rows.map(({ status, shardBackups }) => [status, shardBackups?.[0]?.status])).toEqual([
      ['UNKNOWN', 'UNKNOWN'],
      ['UNKNOWN', 'UNKNOWN'],
    ]);
    const action = 'DescribeClusterBackupList';
    expect(reported).toEqual([
      { action, field: 'ClusterBackupStatus', value: 'Paused' },
      { action, field: 'BackupStatus', value: 'LOST' },
      { action, field: 'ClusterBackupMode', value: 'UNKNOWN' },
    ]);
  });
});

describe('the list of shards', () => {
  it('is null where none were asked for, whatever was sent', () => {
    for (const Backups of [undefined, [], [{ BackupId: '1' }]]) {
      expect(rowOf({ Backups }, { withShards: false }).shardBackups).toBeNull();
    }
  });

  it('is empty where shards were asked for and none is there yet', () => {
    for (const Backups of [undefined, null, '', []]) expect(rowOf({ Backups }).shardBackups).toEqual([]);
  });

  it('is a fault, not a shorter list, when a shard has no id', () => {
    const row = rowOf({ Backups: [{ BackupId: '1' }, { BackupName: 'x' }] });
    expect(row.shardBackups).toBeNull();
    expect(row.faults).toHaveProperty('shardBackups');
    expect(rowOf({ Backups: 'none' }).faults).toHaveProperty('shardBackups');
  });
});

describe('a whole page', () => {
  it('has its rows in the order of the upstream, and its sizes as numbers', () => {
    const body = {
      FullStorageSize: '1000',
      LogStorageSize: 5,
      ClusterBackups: [{ ClusterBackupId: 'b' }, { ClusterBackupId: 'a' }],
    };
    const page = list.parse(body, query);
    expect(page.rows.map(({ clusterBackupId }) => clusterBackupId)).toEqual(['b', 'a']);
    expect(page).toMatchObject({ fullStorageBytes: 1000, logStorageBytes: 5 });
  });

  it('is empty where the list is left out of an answer', () => {
    const none = { rows: [], fullStorageBytes: null, logStorageBytes: null };
    expect(list.parse({ RequestId: 'A1', PageNumber: 1 }, query)).toEqual(none);
    expect(list.parse({ RequestId: 'A1', ClusterBackups: null, FullStorageSize: -1 }, query)).toEqual(none);
  });

  it('is an error where it is nothing of the kind', () => {
    const bodies = [null, 1, 'text', [], {}, { Code: 'X', RequestId: 'A1' }, { ClusterBackups: {} }];
    for (const body of [...bodies, { ClusterBackups: [1] }, { ClusterBackups: [null] }, { ClusterBackups: [{}] }]) {
      const failure = failureOf(body);
      expect(failure, JSON.stringify(body)).toBeInstanceOf(UpstreamError);
      expect(failure.kind).toBe('error');
    }
    expect(failureOf({ ClusterBackups: [{ ClusterBackupId: '' }] }).message).toContain('no ClusterBackupId');
  });

  it('is rows or an UpstreamError, whatever JSON comes, and rows are plain JSON', () => {
    const cell = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', null, '0', '1', '37%', 'OK', '2024-01-10T17:21'),
    );
    const some = (names: string[]) =>
      fc.record(Object.fromEntries(names.map((name) => [name, cell])), { requiredKeys: [] });
    const shard = some([
      'BackupId',
      'BackupSize',
      'BackupStatus',
      'IsAvail',
      'BackupEndTime',
      'ExtraInfo',
      'BackupDownloadURL',
    ]);
    const set = fc
      .tuple(
        some([
          'ClusterBackupId',
          'ClusterBackupStatus',
          'ClusterBackupSize',
          'IsAvail',
          'Progress',
          'ClusterBackupStartTime',
        ]),
        fc.oneof(fc.array(shard, { maxLength: 3 }), cell),
      )
      .map(([cells, Backups]) => ({ ...cells, Backups }));
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ ClusterBackups: fc.array(set, { maxLength: 3 }), FullStorageSize: cell }),
    );
    fc.assert(
      fc.property(body, (sent) => {
        try {
          const page = list.parse(sent, query);
          expect(JSON.parse(JSON.stringify(page))).toEqual(page);
          for (const row of page.rows) {
            expect(row.startTime ?? '2024-01-10T17:21:25Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
            expect(row.sizeBytes ?? 0).toBeGreaterThanOrEqual(0);
          }
        } catch (error) {
          if (!(error instanceof UpstreamError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
