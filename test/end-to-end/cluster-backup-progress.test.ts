import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { subscribe } from './event-stream.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const READ = 'kvstore:DescribeClusterBackupList';
const allow = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
const policyOf = (...Statement: object[]) => ({ Version: '1', Statement });
const POLICIES = {
  policies: {
    all: policyOf(allow('kvstore:*')),
    'no-progress': policyOf(allow('kvstore:*'), {
      Effect: 'Deny',
      Action: READ,
      Resource: '*',
      Condition: { StringEquals: { 'gateway:Field': 'ClusterBackup.progressPercent' } },
    }),
    fleeting: policyOf(allow(READ)),
  },
  attachments: [
    { subject: 'alice', policies: ['all'] },
    { group: 'readers', policies: ['all'] },
    { subject: 'blinkered', policies: ['no-progress'] },
    { subject: 'fleeting', policies: ['fleeting'] },
  ],
};

describe('clusterBackupProgress', { concurrent: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'progress-'));
  let running: RunningGateway;
  let instances = 0;
  beforeAll(async () => {
    writeFileSync(join(folder, 'policies.json'), JSON.stringify(POLICIES));
    running = await runGateway({ RAM_POLICIES: join(folder, 'policies.json') });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const tokenOf = (subject: string, ttlSeconds = 3600) =>
    signDevelopmentToken({ subject, groups: ['readers'], ttlSeconds });

  /** An instance that no other test looks at, with one running backup. */
  const instanceWithBackup = () => {
    const { instanceId, regionId } = running.sandbox.instanceAt(instances++);
    const backup: ExplicitBackup = { id: 'cb-1', start: Date.now() - 60_000, status: 'RUNNING', progress: 10 };
    running.sandbox.backups.set(instanceId, [backup]);
    return {
      backup,
      instanceId,
      calls: () => callsTo(instanceId),
      query: (fields = 'clusterBackupId status progressPercent') =>
        `subscription { clusterBackupProgress(instanceId: "${instanceId}", regionId: "${regionId}") { ${fields} } }`,
    };
  };
  const callsTo = (instanceId: string) =>
    running.sandbox.calls.recent().filter(({ parameters }) => parameters.InstanceId === instanceId).length;
  const shown = (status: string, progressPercent: number) => ({
    data: { clusterBackupProgress: { clusterBackupId: 'cb-1', status, progressPercent } },
  });

  it('streams what runs, its changes and its end to plain fetch, with heartbeats, and completes', async ({
    expect,
  }) => {
    const { backup, query } = instanceWithBackup();
    const stream = await subscribe(running.url, await tokenOf('alice'), query());
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.response.headers.get('cache-control')).toBe('private, no-store');
    await expect.poll(() => stream.results).toEqual([shown('RUNNING', 10)]);
    backup.progress = 60;
    await expect.poll(() => stream.results).toHaveLength(2);
    backup.status = 'OK';
    expect(await stream.ended).toEqual({ complete: true });
    expect(stream.results).toEqual([shown('RUNNING', 10), shown('RUNNING', 60), shown('OK', 100)]);
    expect(stream.beats()).toBeGreaterThan(2);
  });

  it('takes attributes of the instance from the cache, though clients of event streams send no-cache', async ({
    expect,
  }) => {
    const { backup, query, instanceId } = instanceWithBackup();
    const attributes = () =>
      running.sandbox.calls
        .recent()
        .filter(({ action, parameters }) => action === 'DescribeInstances' && parameters.InstanceIds === instanceId);
    const fields = 'progressPercent instance { name }';
    const noCache = { 'cache-control': 'no-cache' };
    await using stream = await subscribe(running.url, await tokenOf('alice'), query(fields), noCache);
    await expect.poll(() => stream.results).toHaveLength(1);
    backup.progress = 60;
    await expect.poll(() => stream.results).toHaveLength(2);
    expect(attributes()).toHaveLength(1);
  });

  it('goes on when the upstream fails for a while', async ({ expect }) => {
    const { query, instanceId } = instanceWithBackup();
    // A poll tries three times.
    running.sandbox.faults.add({ kind: 'error', code: 'Throttling.User', retryAfterMs: 100, times: 3, instanceId });
    const stream = await subscribe(running.url, await tokenOf('alice'), query());
    await expect.poll(() => stream.results).toEqual([shown('RUNNING', 10)]);
    stream.leave();
  });

  it('reaches graphql-sse in its distinct connections mode', async ({ expect }) => {
    const { backup, query } = instanceWithBackup();
    const token = await tokenOf('alice');
    const client = createClient({
      url: `${running.url}/graphql`,
      headers: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const seen = [];
    for await (const result of client.iterate({ query: query() })) {
      seen.push(result);
      backup.status = 'OK';
    }
    expect(seen).toEqual([shown('RUNNING', 10), shown('OK', 100)]);
    client.dispose();
  });

  it('asks the upstream once a poll for 20 subscribers, who all see the end', async ({ expect }) => {
    const { backup, query, calls } = instanceWithBackup();
    const token = await tokenOf('twenty');
    const streams = await Promise.all(Array.from({ length: 20 }, () => subscribe(running.url, token, query())));
    for (const { results } of streams) await expect.poll(() => results).toEqual([shown('RUNNING', 10)]);
    expect(calls()).toBe(1);
    backup.progress = 80;
    await expect.poll(() => calls()).toBe(2);
    backup.status = 'OK';
    for (const { results, ended } of streams) {
      expect(await ended).toEqual({ complete: true });
      expect(results).toEqual([shown('RUNNING', 10), shown('RUNNING', 80), shown('OK', 100)]);
    }
    expect(calls()).toBe(3);
  });

  it('completes at once when nothing runs', async ({ expect }) => {
    const { backup, query, calls } = instanceWithBackup();
    backup.status = 'OK';
    const stream = await subscribe(running.url, await tokenOf('alice'), query());
    expect(await stream.ended).toEqual({ complete: true });
    expect(stream.results).toEqual([]);
    expect(calls()).toBe(1);
  });

  it('shows shards as they are done, read only because they are selected', async ({ expect }) => {
    const { backup, query } = instanceWithBackup();
    backup.progress = 50;
    backup.sizes = [100, 100, 100, 100];
    const stream = await subscribe(
      running.url,
      await tokenOf('alice'),
      query('shardCount shardBackups { nodes { sizeBytes downloadUrl } }'),
    );
    await expect.poll(() => stream.results).toHaveLength(1);
    expect(stream.results[0].data.clusterBackupProgress.shardCount).toBe(2);
    expect(stream.results[0].data.clusterBackupProgress.shardBackups.nodes[0].downloadUrl).toMatch(/^http/);
    backup.progress = 75;
    await expect.poll(() => stream.results).toHaveLength(2);
    expect(stream.results[1].data.clusterBackupProgress.shardCount).toBe(3);
    stream.leave();
  });

  it('refuses who may not read the backups, at no call and with no data', async ({ expect }) => {
    const { query, calls } = instanceWithBackup();
    const mallory = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 3600 });
    for (const [token, code] of [
      [mallory, 'FORBIDDEN'],
      [null, 'UNAUTHENTICATED'],
    ] as const) {
      const stream = await subscribe(running.url, token, query());
      expect(await stream.ended).toEqual({ complete: true });
      expect(stream.results).toHaveLength(1);
      expect(stream.results[0]).not.toHaveProperty('data');
      expect(stream.results[0].errors[0]).toMatchObject({ path: ['clusterBackupProgress'], extensions: { code } });
    }
    const forged = await subscribe(running.url, `${mallory.slice(0, -4)}AAAA`, query());
    expect(forged.response.status).toBe(401);
    expect(calls()).toBe(0);
  });

  it('nulls a field that is denied in each event, and nothing else', async ({ expect }) => {
    const { query } = instanceWithBackup();
    const token = await signDevelopmentToken({ subject: 'blinkered', groups: [], ttlSeconds: 3600 });
    const stream = await subscribe(running.url, token, query());
    await expect.poll(() => stream.results).toHaveLength(1);
    expect(stream.results[0].data.clusterBackupProgress).toEqual({
      clusterBackupId: 'cb-1',
      status: 'RUNNING',
      progressPercent: null,
    });
    expect(stream.results[0].errors[0]).toMatchObject({
      path: ['clusterBackupProgress', 'progressPercent'],
      extensions: { code: 'FORBIDDEN' },
    });
    stream.leave();
  });

  it('ends with FORBIDDEN at the first event after the permission is gone', async ({ expect }) => {
    const { backup, query } = instanceWithBackup();
    const token = await signDevelopmentToken({ subject: 'fleeting', groups: [], ttlSeconds: 3600 });
    const stream = await subscribe(running.url, token, query());
    await expect.poll(() => stream.results).toHaveLength(1);
    const { fleeting: _, ...policies } = POLICIES.policies;
    const attachments = POLICIES.attachments.filter(({ subject }) => subject !== 'fleeting');
    writeFileSync(join(folder, 'policies.json'), JSON.stringify({ policies, attachments }));
    await expect.poll(() => running.output.join('')).toMatch(/policy file: loaded again/);
    backup.progress = 90;
    expect(await stream.ended).toEqual({ complete: true });
    expect(stream.results).toHaveLength(2);
    expect(stream.results[1]).not.toHaveProperty('data');
    expect(stream.results[1].errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', action: READ });
  });

  it('ends with UNAUTHENTICATED when the token expires', async ({ expect }) => {
    const { query, calls } = instanceWithBackup();
    const stream = await subscribe(running.url, await tokenOf('brief', 2), query());
    expect(await stream.ended).toEqual({ complete: true });
    expect(stream.results[0]).toEqual(shown('RUNNING', 10));
    expect(stream.results.at(-1).errors[0]).toMatchObject({
      path: ['clusterBackupProgress'],
      extensions: { code: 'UNAUTHENTICATED' },
    });
    const { length } = [calls()];
    const late = await subscribe(running.url, await tokenOf('brief', 0), query());
    await late.ended;
    expect(late.results.at(-1).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(calls()).toBe(length);
  });

  it('lets a principal have 20 at the same time, and says so to the next', async ({ expect }) => {
    const { query } = instanceWithBackup();
    const token = await tokenOf('greedy');
    const streams = await Promise.all(Array.from({ length: 20 }, () => subscribe(running.url, token, query())));
    const more = await subscribe(running.url, token, query());
    await more.ended;
    expect(more.results[0].errors[0].extensions).toMatchObject({
      code: 'DOCUMENT_LIMIT_EXCEEDED',
      limit: 20,
      value: 21,
    });
    const other = await subscribe(running.url, await tokenOf('modest'), query());
    await expect.poll(() => other.results).toHaveLength(1);
    other.leave();
    streams[0]?.leave();
    await expect
      .poll(async () => {
        const again = await subscribe(running.url, token, query());
        await expect.poll(() => again.results).toHaveLength(1);
        return again.results[0].data;
      })
      .toBeDefined();
    for (const { leave } of streams) leave();
  });

  it('stops asking when its client is gone', async ({ expect }) => {
    const { query, calls } = instanceWithBackup();
    const stream = await subscribe(running.url, await tokenOf('alice'), query());
    await expect.poll(() => stream.results).toHaveLength(1);
    stream.leave();
    const before = calls();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(calls()).toBe(before);
  });

  it('answers with 406 where no event stream is accepted, and leaves nothing open', async ({ expect }) => {
    const { query, calls } = instanceWithBackup();
    for (let round = 0; round < 21; round++) {
      const { status, body } = await running.ask(query());
      expect(status).toBe(406);
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
    expect(calls()).toBe(0);
  });

  it('says NOT_FOUND of an instance that is not there, once', async ({ expect }) => {
    const stream = await subscribe(
      running.url,
      await tokenOf('alice'),
      'subscription { clusterBackupProgress(instanceId: "r-nowhere", regionId: "cn-hangzhou") { status } }',
    );
    expect(await stream.ended).toEqual({ complete: true });
    expect(stream.results).toHaveLength(1);
    expect(stream.results[0].errors[0].extensions.code).toBe('NOT_FOUND');
  });
});
