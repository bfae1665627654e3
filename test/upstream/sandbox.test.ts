import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRequest } from '../../sandbox/faults.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/server.ts';
import type { PooledAttempt } from '../../upstream/attempt.ts';
import { callOf, type Operation } from '../../upstream/call.ts';
import { staticCredentials } from '../../upstream/credentials.ts';
import { describeClusterBackupList } from '../../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../../upstream/operations/describe-instances.ts';
import { describeRegions } from '../../upstream/operations/describe-regions.ts';
import type { UnknownValue } from '../../upstream/operations/enumerations.ts';
import { PutRight } from '../../upstream/put-right.ts';
import type { ClusterBackupListQuery } from '../../upstream/rkvstore.ts';
import { attemptAt, failureOf, forever } from './answering-server.ts';

const DAY = 86_400_000;

let sandbox: Sandbox;
let attempt: PooledAttempt;
/** Does not wait long for an answer that never comes. */
let hurried: PooledAttempt;
const unknown: UnknownValue[] = [];
const list = describeClusterBackupList((value) => void unknown.push(value));

beforeAll(async () => {
  sandbox = await startSandbox({ instances: 12, shards: 4, days: 30 });
  const { accessKeyId, accessKeySecret, url } = sandbox;
  const credentialsOf = () => staticCredentials({ accessKeyId, accessKeySecret });
  attempt = attemptAt(url, { timeoutMs: 30_000, credentialsOf });
  hurried = attemptAt(url, { timeoutMs: 400, credentialsOf });
});
afterEach(() => sandbox.faults.clear());
afterAll(async () => {
  await Promise.all([attempt.close(), hurried.close()]);
  await sandbox.close();
});

function ask<Request, Value>(operation: Operation<Request, Value>, request: Request, by = attempt): Promise<Value> {
  return by(callOf(operation, sandbox.demo, request), forever);
}

function backups(changes: Partial<ClusterBackupListQuery> = {}, by = attempt) {
  const { accountId, regionId, instanceId } = sandbox.demo;
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  return ask(
    list,
    {
      accountId,
      regionId,
      instanceId,
      startTime: now - 30 * DAY,
      endTime: now + 60_000,
      pageSize: 300,
      pageNumber: 1,
      withShards: true,
      withLinks: true,
      ...changes,
    },
    by,
  );
}

describe('the emulated upstream', () => {
  it('gives rows without a fault or a value that is new', async () => {
    const { rows } = await backups();
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.some(({ status }) => status === 'RUNNING')).toBe(true);
    const finished = rows.filter(({ status }) => status === 'OK');
    expect(finished.every(({ shardBackups }) => shardBackups?.length === 4)).toBe(true);
    const cells = rows.flatMap((row) => [row, ...(row.shardBackups ?? [])]);
    expect(cells.filter(({ faults }) => faults !== undefined)).toEqual([]);
    const withoutShards = await backups({ withShards: false });
    expect(withoutShards.rows.every(({ shardBackups }) => shardBackups === null)).toBe(true);
    expect(unknown).toEqual([]);
  });

  it('finds instances by id, and lists regions', async () => {
    const { accountId, regionId, instanceId } = sandbox.demo;
    const page = await ask(describeInstances(), {
      accountId,
      regionId,
      instanceIds: [instanceId, 'r-nothing'],
      pageSize: 30,
      pageNumber: 1,
    });
    expect(page).toMatchObject({ totalCount: 1, rows: [{ instanceId, regionId, architectureType: 'CLUSTER' }] });
    const regions = await ask(describeRegions, { accountId });
    expect(regions.map((region) => region.regionId)).toContain(regionId);
  });

  it('does not know an instance that is none', async () => {
    const failure = await failureOf(backups({ instanceId: 'r-nothing' }));
    expect(failure).toMatchObject({ kind: 'not-found', httpStatus: 404, code: 'InvalidInstanceId.NotFound' });
  });

  it('is followed when its clock is another', async () => {
    const before = sandbox.calls.count();
    sandbox.faults.add({ kind: 'clock-skew', ms: 3_600_000 });
    expect(await failureOf(backups())).toBeInstanceOf(PutRight);
    expect((await backups()).rows.length).toBeGreaterThan(20);
    sandbox.faults.clear();
    expect(await failureOf(backups())).toBeInstanceOf(PutRight);
    expect((await backups()).rows.length).toBeGreaterThan(20);
    expect(sandbox.calls.count() - before).toBe(4);
  });

  const cases: [name: string, fault: FaultRequest, expected: object][] = [
    [
      'throttles',
      { kind: 'error', code: 'Throttling.User', retryAfterMs: 700 },
      { kind: 'throttled', retryAfterMs: 700 },
    ],
    ['is down', { kind: 'error', code: 'ServiceUnavailable' }, { kind: 'unavailable', retryable: true }],
    ['refuses', { kind: 'error', code: 'Forbidden.RAM' }, { kind: 'error', retryable: false, httpStatus: 403 }],
    ['says so with 200', { kind: 'code-in-200', code: 'Throttling' }, { kind: 'throttled', httpStatus: 200 }],
    ['breaks off', { kind: 'truncated' }, { kind: 'unavailable', retryable: true }],
    ['resets', { kind: 'reset' }, { kind: 'unavailable', retryable: true }],
    ['is behind a proxy', { kind: 'html' }, { kind: 'unavailable', httpStatus: 502 }],
    ['hangs', { kind: 'hang' }, { kind: 'timeout', retryable: true }],
    ['hangs halfway', { kind: 'hang', after: 'headers' }, { kind: 'timeout', retryable: true }],
    ['leads elsewhere', { kind: 'redirect', location: 'http://100.100.100.200/' }, { kind: 'error', httpStatus: 302 }],
    ['says too much', { kind: 'huge', bytes: 12_000_000 }, { kind: 'error', retryable: false }],
    ['unpacks to too much', { kind: 'huge', bytes: 12_000_000, gzip: true }, { kind: 'error', retryable: false }],
  ];
  for (const [name, fault, expected] of cases) {
    it(`${name}, and the error says which kind that is`, async () => {
      sandbox.faults.add(fault);
      expect(await failureOf(backups({}, fault.kind === 'hang' ? hurried : attempt))).toMatchObject(expected);
    });
  }
});
