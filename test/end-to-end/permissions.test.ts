import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type AskOptions, type RunningGateway, runGateway } from './running-gateway.ts';

const READ = 'kvstore:DescribeClusterBackupList';
const POLICIES = {
  policies: {
    all: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'kvstore:*', Resource: '*' }] },
    'no-links': {
      Version: '1',
      Statement: [
        {
          Effect: 'Deny',
          Action: READ,
          Resource: '*',
          Condition: { StringEquals: { 'gateway:Field': 'ShardBackup.downloadUrl' } },
        },
      ],
    },
    'no-sizes': {
      Version: '1',
      Statement: [
        {
          Effect: 'Deny',
          Action: READ,
          Resource: '*',
          Condition: { StringLike: { 'gateway:Field': 'ClusterBackupConnection.*' } },
        },
      ],
    },
    'by-tag': {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: READ,
          Resource: '*',
          Condition: { StringEquals: { 'acs:ResourceTag/team': 'orders' } },
        },
      ],
    },
    office: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kvstore:*',
          Resource: '*',
          Condition: { IpAddress: { 'acs:SourceIp': '203.0.113.0/24' } },
        },
      ],
    },
  },
  attachments: [
    { subject: 'alice', policies: ['all'] },
    { subject: 'nolinks', policies: ['all', 'no-links'] },
    { subject: 'nosizes', policies: ['all', 'no-sizes'] },
    { group: 'orders', policies: ['by-tag'] },
    { subject: 'office', policies: ['office'] },
  ],
};

describe('permissions on every way in', () => {
  let folder: string;
  let running: RunningGateway;
  let place: string;
  let backupId: string;
  let shardId: string;
  let clusterBackupId: string;
  let instanceId: string;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    writeFileSync(join(folder, 'policies.json'), JSON.stringify(POLICIES));
    running = await runGateway({
      RAM_POLICIES: join(folder, 'policies.json'),
      AUDIT_LOG: join(folder, 'audit.log'),
      TRUST_PROXY: '1',
      INTROSPECTION: 'false',
    });
    instanceId = running.sandbox.demo.instanceId;
    place = `instanceId: "${instanceId}", regionId: "cn-hangzhou"`;
    for (const subject of ['nolinks', 'nosizes', 'denied', 'office', 'tagged']) {
      tokens[subject] = await signDevelopmentToken({
        subject,
        groups: subject === 'tagged' ? ['orders'] : [],
        ttlSeconds: 3600,
      });
    }
    // An allowed principal fills the caches first: what it may see must not be what others get.
    const filled = await running.ask(
      `{ instance(${place}) { name clusterBackups(first: 3) { nodes { id clusterBackupId status shardBackups(first: 2) { nodes { id downloadUrl } } } } } }`,
    );
    const backup = filled.body.data.instance.clusterBackups.nodes[1];
    backupId = backup.id;
    clusterBackupId = backup.clusterBackupId;
    shardId = backup.shardBackups.nodes[0].id;
    expect(backup.shardBackups.nodes[0].downloadUrl).toMatch(/^http/);
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const as = (subject: string): AskOptions => ({ token: tokens[subject] as string });

  const waysIn = (): Record<string, string> => ({
    'instance.clusterBackups': `{ x: instance(${place}) { y: clusterBackups(first: 3) { nodes { status } totalCount } } }`,
    'instance.clusterBackup': `{ x: instance(${place}) { y: clusterBackup(clusterBackupId: "${clusterBackupId}") { status } } }`,
    'instance attributes': `{ x: instance(${place}) { y: name } }`,
    clusterBackup: `{ y: clusterBackup(${place}, clusterBackupId: "${clusterBackupId}") { status } }`,
    'clusterBackup that is missing': `{ y: clusterBackup(${place}, clusterBackupId: "cb-0000000000000000") { status } }`,
    'clusterBackup of a missing instance': `{ y: clusterBackup(instanceId: "r-nowhere", regionId: "cn-hangzhou", clusterBackupId: "cb-0000000000000000") { status } }`,
    'clusterBackup of an unknown region': `{ y: clusterBackup(instanceId: "r-nowhere", regionId: "cn-nowhere", clusterBackupId: "cb-0000000000000000") { status } }`,
    'clusterBackup of an unknown account': `{ y: clusterBackup(accountId: "99", instanceId: "r-nowhere", regionId: "cn-hangzhou", clusterBackupId: "cb-0000000000000000") { status } }`,
    'attributes in an unknown region': `{ x: instance(instanceId: "r-nowhere", regionId: "cn-nowhere") { y: name } }`,
    instances: '{ y: instances(regionId: "cn-hangzhou") { nodes { name } } }',
    'instances of an unknown region': '{ y: instances(regionId: "cn-nowhere") { nodes { name } } }',
    'node of a backup': `{ y: node(id: "${backupId}") { ... on ClusterBackup { status } } }`,
    'node of a shard': `{ y: node(id: "${shardId}") { ... on ShardBackup { downloadUrl } } }`,
    'entity of a backup': `{ _entities(representations: [{ __typename: "ClusterBackup", id: "${backupId}" }]) { ... on ClusterBackup { status } } }`,
    'entity of a shard': `{ _entities(representations: [{ __typename: "ShardBackup", id: "${shardId}" }]) { ... on ShardBackup { downloadUrl } } }`,
    'entity of an instance': `{ _entities(representations: [{ __typename: "Instance", accountId: "1234567890123456", regionId: "cn-hangzhou", instanceId: "${instanceId}" }]) { ... on Instance { name } } }`,
    nodes: `{ nodes(ids: ["${backupId}"]) { ... on ClusterBackup { status } } }`,
  });

  it('refuses a principal without policies everywhere, with action and resource, at no call and with nothing said', async () => {
    for (const [name, query] of Object.entries(waysIn())) {
      const before = running.sandbox.calls.count();
      const { body } = await running.ask(query, as('denied'));
      expect(running.sandbox.calls.count() - before, name).toBe(0);
      expect(body.errors, name).toHaveLength(1);
      expect(body.errors[0].extensions, name).toMatchObject({ code: 'FORBIDDEN' });
      expect(body.errors[0].extensions.action, name).toMatch(/^kvstore:Describe/);
      expect(body.errors[0].extensions.resource, name).toMatch(/^acs:kvstore:[a-z-]+:\d+:instance\//);
      expect(JSON.stringify(body.data), name).not.toMatch(/orders|OK|http|cluster/);
    }
  });

  it('answers an allowed principal on each of them', async () => {
    for (const [name, query] of Object.entries(waysIn())) {
      if (/missing|unknown/.test(name)) continue;
      const { body } = await running.ask(query);
      expect(body.errors, name).toBeUndefined();
      expect(JSON.stringify(body.data), name).not.toMatch(/null/);
    }
  });

  it('says that a region or an account is unknown only to whoever may read there', async () => {
    for (const query of [
      '{ instance(instanceId: "r-nowhere", regionId: "cn-nowhere") { name } }',
      '{ instance(accountId: "99", instanceId: "r-nowhere", regionId: "cn-hangzhou") { name } }',
    ]) {
      const { body } = await running.ask(query);
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('refuses everything but viewer to a caller without a token', async () => {
    for (const [name, query] of Object.entries(waysIn())) {
      const { status, body } = await running.ask(query, { token: null });
      expect(status, name).toBe(200);
      expect(body.errors[0].extensions.code, name).toBe('UNAUTHENTICATED');
    }
    const { body } = await running.ask('{ __typename viewer { subject groups } regions { regionId } }', {
      token: null,
    });
    expect(body.data).toEqual({ __typename: 'Query', viewer: { subject: null, groups: [] }, regions: null });
  });

  it('nulls a single denied field and nothing else', async () => {
    const query = `{ instance(${place}) { name clusterBackups(first: 2, filter: { status: [OK] }) { nodes { status shardBackups(first: 1) { nodes { name downloadUrl internalDownloadUrl } } } } } }`;
    const { body } = await running.ask(query, as('nolinks'));
    const allowed = await running.ask(query);
    expect(body.errors.map(({ path }: { path: unknown[] }) => path.at(-1))).toEqual(['downloadUrl', 'downloadUrl']);
    const expected = structuredClone(allowed.body.data);
    for (const node of expected.instance.clusterBackups.nodes) {
      for (const shard of node.shardBackups.nodes) shard.downloadUrl = null;
    }
    expect(body.data).toEqual(expected);
  });

  it('makes no call for a connection of which all that is selected is denied', async () => {
    const ask = (fields: string) =>
      running.ask(`{ instance(${place}) { clusterBackups(startTime: "2024-01-01T00:00:00Z") { ${fields} } } }`, {
        ...as('nosizes'),
        headers: { 'cache-control': 'no-cache' },
      });
    for (const fields of ['totalCount', 'fullStorageBytes logStorageBytes', '__typename logStorageBytes']) {
      const calls = await running.callsOf(async () => {
        const { body } = await ask(fields);
        expect(body.errors.map(({ extensions }: { extensions: object }) => extensions)).toEqual(
          fields
            .split(' ')
            .filter((field) => field !== '__typename')
            .map(() => expect.objectContaining({ code: 'FORBIDDEN', action: READ })),
        );
      });
      expect(calls, fields).toBe(0);
    }
  });

  it('reads tags only for a principal whose policies ask for them, and decides by them', async () => {
    const before = running.sandbox.calls.count('DescribeInstances');
    const other = running.sandbox.instanceAt(1).instanceId;
    const { body } = await running.ask(
      `{ a: instance(${place}) { clusterBackups(first: 1) { nodes { status } } } b: instance(instanceId: "${other}", regionId: "${running.sandbox.instanceAt(1).regionId}") { clusterBackups(first: 1) { nodes { status } } } }`,
      as('tagged'),
    );
    expect(running.sandbox.calls.count('DescribeInstances') - before).toBeGreaterThan(0);
    expect(body.data.a.clusterBackups.nodes).toHaveLength(1);
    expect(body.data.b.clusterBackups).toBeNull();
    expect(body.errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('decides by the address that the trusted proxy saw', async () => {
    const ask = (address: string) =>
      running.ask(`{ instance(${place}) { name } }`, { ...as('office'), headers: { 'x-forwarded-for': address } });
    expect((await ask('198.51.100.1, 203.0.113.7')).body.data.instance.name).toBe('orders-cluster');
    expect((await ask('203.0.113.7, 198.51.100.1')).body.data.instance.name).toBeNull();
  });

  it('tells a principal what it can do', async () => {
    const query = `{ viewer { subject can(action: "${READ}", resource: "acs:kvstore:cn-hangzhou:1234567890123456:instance/r-any") { allowed reason } } }`;
    expect((await running.ask(query)).body.data.viewer.can).toEqual({ allowed: true, reason: 'ALLOW' });
    expect((await running.ask(query, as('denied'))).body.data.viewer.can).toEqual({
      allowed: false,
      reason: 'IMPLICIT_DENY',
    });
  });

  it('tells whether something is allowed on every resource, and what is no resource', async () => {
    const can = (resource: string) => `{ viewer { can(action: "${READ}", resource: "${resource}") { allowed } } }`;
    expect((await running.ask(can('*'))).body.data.viewer.can).toEqual({ allowed: true });
    expect((await running.ask(can('*'), as('denied'))).body.data.viewer.can).toEqual({ allowed: false });
    const { code } = (await running.ask(can('r-bp1'))).body.errors[0].extensions;
    expect(code).toBe('BAD_USER_INPUT');
  });

  it('keeps one audit line for each instance, field and decision, with rows and without links', async () => {
    await running.gateway.close();
    const lines = readFileSync(join(folder, 'audit.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        subject: 'nolinks',
        field: 'ShardBackup.downloadUrl',
        decision: 'EXPLICIT_DENY',
        policy: 'no-links',
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ subject: 'alice', field: 'ShardBackup.downloadUrl', decision: 'ALLOW' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ subject: 'denied', field: 'Query.node', decision: 'IMPLICIT_DENY' }),
    );
    expect(JSON.stringify(lines)).not.toMatch(/https?:|eyJ/);
  });
});
