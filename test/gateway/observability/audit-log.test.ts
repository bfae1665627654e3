import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AuditRecord, createAuditLog } from '../../../gateway/observability/audit-log.ts';

const entry: AuditRecord = {
  requestId: 'request-1',
  subject: 'alice',
  action: 'kvstore:DescribeClusterBackupList',
  resource: 'acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1',
  field: 'ShardBackup.downloadUrl',
  rows: 4,
  decision: 'ALLOW',
  policy: 'backup-reader',
};

let path: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'audit.log');
  return () => rmSync(folder, { recursive: true });
});

async function open(options: { windowMs?: number; now?: () => number; path?: string | undefined } = {}) {
  const errors: unknown[] = [];
  const written: string[] = [];
  const log = await createAuditLog({
    path,
    output: { write: (text) => written.push(text) },
    logger: { error: (...line: unknown[]) => void errors.push(line) },
    ...options,
  });
  const lines = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { log, errors, written, lines };
}

describe('the audit log', () => {
  it('has one JSON line for a decision', async () => {
    const { log, lines } = await open({ now: () => Date.UTC(2026, 0, 2) });
    log.record(entry);
    await log.close();
    expect(lines()).toEqual([{ time: '2026-01-02T00:00:00.000Z', ...entry, count: 1 }]);
  });

  it('says null for an anonymous caller and where no policy decided', async () => {
    const { log, lines } = await open();
    log.record({ ...entry, subject: undefined, policy: undefined, decision: 'IMPLICIT_DENY' });
    await log.close();
    expect(lines()).toMatchObject([{ subject: null, policy: null, decision: 'IMPLICIT_DENY' }]);
  });

  it('folds the repeats of a principal into one line with their count and the sum of their rows', async () => {
    const { log, lines } = await open();
    for (const requestId of ['a', 'b', 'a', 'c']) log.record({ ...entry, requestId });
    await log.close();
    expect(lines()).toMatchObject([{ requestId: 'a', count: 3, rows: 16 }]);
  });

  it('keeps apart what differs in anything but the request', async () => {
    const { log, lines } = await open();
    const others: Partial<AuditRecord>[] = [
      {},
      { subject: 'bob' },
      { subject: undefined },
      { action: 'kvstore:DescribeInstances' },
      { resource: `${entry.resource}2` },
      { field: 'ShardBackup.internalDownloadUrl' },
      { decision: 'EXPLICIT_DENY' },
      { policy: 'other' },
    ];
    for (const other of others) log.record({ ...entry, ...other });
    await log.close();
    expect(lines()).toHaveLength(others.length);
  });

  it('writes a line at the end of its window, and begins another with the next repeat', async () => {
    const { log, lines } = await open({ windowMs: 50 });
    log.record(entry);
    log.record({ ...entry, requestId: 'request-2' });
    expect(readFileSync(path, 'utf8')).toBe('');
    await expect.poll(lines).toMatchObject([{ count: 2 }]);
    log.record({ ...entry, requestId: 'request-3' });
    await expect.poll(lines).toMatchObject([{ count: 2 }, { count: 1, requestId: 'request-3' }]);
    await log.close();
  });

  it('never folds across a window, even when the process was too busy to write in time', async () => {
    let now = 1_000_000;
    const { log, lines } = await open({ now: () => now });
    log.record(entry);
    now += 9_999;
    log.record({ ...entry, requestId: 'request-2' });
    now += 1;
    log.record({ ...entry, requestId: 'request-3' });
    await log.close();
    expect(lines()).toMatchObject([{ count: 2 }, { count: 1 }]);
  });

  it('closes a window ten seconds after it began', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { log, written } = await open({ path: undefined });
    log.record(entry);
    vi.advanceTimersByTime(4_000);
    log.record({ ...entry, subject: 'bob' });
    vi.advanceTimersByTime(5_999);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual([expect.stringContaining('"alice"')]);
    vi.advanceTimersByTime(4_000);
    expect(written).toEqual([expect.anything(), expect.stringContaining('"bob"')]);
    await log.close();
  });

  it('loses nothing of a flood of different denials, and holds back no more than its bound', async () => {
    const { log, lines } = await open();
    for (let index = 0; index < 25_000; index++) log.record({ ...entry, resource: `${entry.resource}${index}` });
    await expect.poll(() => lines().length).toBeGreaterThanOrEqual(20_000 - 2);
    await log.close();
    expect(new Set(lines().map(({ resource }) => resource)).size).toBe(25_000);
  });

  it('bounds what a caller can make it hold, and keeps lines whole', async () => {
    const { log, lines } = await open();
    log.record({ ...entry, resource: `instance/${'a'.repeat(100_000)}` });
    log.record({ ...entry, resource: 'instance/\n"decision":"ALLOW"\u0000' });
    await log.close();
    expect(lines().map(({ resource }) => resource.length)).toEqual([512, 29]);
  });

  it('never has a token or a link', async () => {
    const { log } = await open();
    log.record({ ...entry, resource: 'instance/https://bucket.oss.example/a.rdb?OSSAccessKeyId=x&Signature=hush' });
    log.record({ ...entry, resource: 'instance/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.hush' });
    await log.close();
    expect(readFileSync(path, 'utf8')).not.toMatch(/hush|bucket/);
  });

  it('appends to what is there, readable by its owner alone', async () => {
    for (const requestId of ['first', 'second']) {
      const { log } = await open();
      log.record({ ...entry, requestId });
      await log.close();
    }
    const { lines } = await open();
    expect(lines()).toMatchObject([{ requestId: 'first' }, { requestId: 'second' }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('reports a file that cannot be written, and goes on', async () => {
    const { log, errors } = await open({ path: '/dev/full', windowMs: 20 });
    log.record(entry);
    await expect.poll(() => errors.length).toBe(1);
    log.record(entry);
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await log.close();
  });

  it('raises an error at the start for a file that cannot be opened', async () => {
    await expect(open({ path: join(path, 'nowhere', 'audit.log') })).rejects.toThrow(/ENOENT|ENOTDIR/);
  });
});
