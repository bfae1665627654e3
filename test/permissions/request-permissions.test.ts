import { describe, expect, it, vi } from 'vitest';
import { compilePolicies } from '../../permissions/compiled-policies.ts';
import { DESCRIBE_CLUSTER_BACKUP_LIST, DESCRIBE_INSTANCES, instanceResource } from '../../permissions/kvstore.ts';
import { parsePolicyDocument } from '../../permissions/policy-document.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';

const LIST = DESCRIBE_CLUSTER_BACKUP_LIST;
const ONE = instanceResource('cn-hangzhou', '1234567890123456', 'r-1');
const TWO = instanceResource('cn-hangzhou', '1234567890123456', 'r-2');

const principal: Principal = {
  subject: 'alice',
  groups: ['sre', 'dba'],
  sourceIp: '203.0.113.10',
  secureTransport: true,
  mfaPresent: false,
};

function policies(...statements: object[]) {
  return compilePolicies([
    ['policy', parsePolicyDocument({ Version: '1', Statement: statements.map(whole) }).statements],
  ]);
}

function whole(statement: object): object {
  return { Effect: 'Allow', Action: 'kvstore:*', Resource: '*', ...statement };
}

/** One list, as a plan has: answers are remembered by it. */
const FIELDS = ['ShardBackup.name', 'ClusterBackup.status'];

describe('the permissions of a request', () => {
  it('name the resource of an instance as RAM does', () => {
    expect(ONE).toBe('acs:kvstore:cn-hangzhou:1234567890123456:instance/r-1');
  });

  it.each<[string, object, boolean]>([
    ['the address', { IpAddress: { 'acs:SourceIp': '203.0.113.0/24' } }, true],
    ['another address', { IpAddress: { 'acs:SourceIp': '198.51.100.0/24' } }, false],
    ['https', { Bool: { 'acs:SecureTransport': 'true' } }, true],
    ['the second factor', { Bool: { 'acs:MFAPresent': 'true' } }, false],
    ['the subject', { StringEquals: { 'gateway:Subject': 'alice' } }, true],
    ['one of the groups', { StringEquals: { 'gateway:Group': ['web', 'dba'] } }, true],
    ['none of the groups', { StringNotEquals: { 'gateway:Group': ['web', 'dba'] } }, false],
    ['the field', { StringLike: { 'gateway:Field': 'ShardBackup.*' } }, true],
    ['a tag', { StringEquals: { 'acs:ResourceTag/team': 'dev' } }, true],
    ['a missing tag', { StringEquals: { 'acs:ResourceTag/tier': '1' } }, false],
    ['the time', { DateGreaterThan: { 'acs:CurrentTime': '2024-07-01T18:00:00+08:00' } }, true],
    ['a later time', { DateGreaterThan: { 'acs:CurrentTime': '2024-07-01T19:00:00+08:00' } }, false],
    ['the time as a text', { StringLike: { 'acs:CurrentTime': '2024-07-01T10:30:*Z' } }, true],
  ])('depend on %s', (_, Condition, allowed) => {
    const permissions = createRequestPermissions(policies({ Condition }), principal, {
      now: () => Date.parse('2024-07-01T10:30:00Z'),
    });
    const decision = permissions.on(LIST, ONE).decide('ShardBackup.name', new Map([['team', 'dev']]));
    expect(decision.effect).toBe(allowed ? 'ALLOW' : 'IMPLICIT_DENY');
  });

  it.each<[string, object[]]>([
    ['every field', [{}]],
    ['some fields', [{}, { Effect: 'Deny', Condition: { StringLike: { 'gateway:Field': 'ShardBackup.*Url' } } }]],
    [
      'fields by a tag',
      [
        {},
        {
          Effect: 'Deny',
          Condition: { StringEquals: { 'acs:ResourceTag/team': 'dev', 'gateway:Field': 'ShardBackup.name' } },
        },
      ],
    ],
    ['nothing', [{ Action: 'ecs:*' }]],
  ])('that allow %s allow a list of fields when they allow each of them', (_, statements) => {
    const compiled = policies(...statements);
    const lists = [
      ['ShardBackup.name'],
      ['ShardBackup.downloadUrl'],
      ['ShardBackup.name', 'ShardBackup.internalDownloadUrl'],
      [],
    ];
    for (const tags of [new Map([['team', 'dev']]), new Map([['team', 'web']])]) {
      const permissions = createRequestPermissions(compiled, principal);
      for (const fields of [...lists, ...lists]) {
        const each = fields.every((field) => permissions.on(LIST, ONE).decide(field, tags).effect === 'ALLOW');
        expect(permissions.on(LIST, ONE).allowsAll(fields, tags), fields.join()).toBe(each);
      }
    }
  });

  it('do not know the subject of an anonymous principal, nor an address that is none', () => {
    const condition = { StringLike: { 'gateway:Subject': '*' } };
    const address = { IpAddress: { 'acs:SourceIp': ['0.0.0.0/0', '::/0'] } };
    const anonymous = { ...principal, subject: null, sourceIp: 'unknown' };
    expect(
      createRequestPermissions(policies({ Condition: condition }), anonymous)
        .on(LIST, ONE)
        .decide().effect,
    ).toBe('IMPLICIT_DENY');
    expect(
      createRequestPermissions(policies({ Condition: address }), anonymous)
        .on(LIST, ONE)
        .decide().effect,
    ).toBe('IMPLICIT_DENY');
  });

  it('are decided once for an action on a resource when no statement there looks at fields', () => {
    const compiled = policies(
      {},
      { Effect: 'Deny', Resource: TWO, Condition: { StringEquals: { 'gateway:Field': 'ShardBackup.downloadUrl' } } },
    );
    const permissions = createRequestPermissions(compiled, principal);
    const first = permissions.on(LIST, ONE).decide('ClusterBackup.status');
    const asked = vi.spyOn(compiled, 'applicable');
    expect(compiled.looksAtFields).toBe(true);
    expect(permissions.on(LIST, ONE).looksAtFields).toBe(false);
    expect(permissions.on(LIST, ONE).decide('ShardBackup.downloadUrl')).toBe(first);
    expect(asked).not.toHaveBeenCalled();
  });

  it('are decided for each field where a statement looks at fields', () => {
    const compiled = policies(
      {},
      { Effect: 'Deny', Resource: TWO, Condition: { StringEquals: { 'gateway:Field': 'ShardBackup.downloadUrl' } } },
    );
    const permissions = createRequestPermissions(compiled, principal);
    expect(permissions.on(LIST, TWO).looksAtFields).toBe(true);
    expect(permissions.on(LIST, TWO).decide('ShardBackup.name').effect).toBe('ALLOW');
    expect(permissions.on(LIST, TWO).decide('ShardBackup.downloadUrl')).toEqual({
      effect: 'EXPLICIT_DENY',
      policy: 'policy',
      statement: 1,
    });
    expect(permissions.on(LIST, TWO).decide('ShardBackup.name').effect).toBe('ALLOW');
    expect(permissions.on(LIST, TWO).decide().effect).toBe('ALLOW');
  });

  it('do not look at fields where a deny holds anyway', () => {
    const permissions = createRequestPermissions(
      policies(
        {},
        { Effect: 'Deny', Condition: { StringEquals: { 'gateway:Field': 'x' } } },
        { Effect: 'Deny', Resource: ONE },
      ),
      principal,
    );
    expect(permissions.on(LIST, ONE).looksAtFields).toBe(false);
    expect(permissions.on(LIST, ONE).decide('x')).toEqual({ effect: 'EXPLICIT_DENY', policy: 'policy', statement: 2 });
  });

  it('ask the clock once', () => {
    const now = vi.fn(() => Date.parse('2024-07-01T10:30:00Z'));
    const condition = { DateLessThan: { 'acs:CurrentTime': '2024-07-01T10:30:01Z' } };
    const permissions = createRequestPermissions(policies({ Condition: condition }), principal, { now });
    expect([ONE, TWO].map((resource) => permissions.on(LIST, resource).decide().effect)).toEqual(['ALLOW', 'ALLOW']);
    expect(now).toHaveBeenCalledTimes(1);
    createRequestPermissions(policies({}), principal, { now }).on(LIST, ONE).decide();
    expect(now).toHaveBeenCalledTimes(1);
  });

  it('deny while tags that matter are not there, and decide when they are', () => {
    const compiled = policies(
      { Action: LIST, Condition: { StringNotEquals: { 'acs:ResourceTag/stage': 'prod' } } },
      { Action: DESCRIBE_INSTANCES },
    );
    const permissions = createRequestPermissions(compiled, principal);
    expect([...permissions.on(LIST, ONE).tagKeys]).toEqual(['stage']);
    expect(permissions.on(LIST, ONE).decide()).toEqual({ effect: 'IMPLICIT_DENY', policy: null, statement: null });
    expect(permissions.on(LIST, ONE).allowsAll(FIELDS)).toBe(false);
    expect(permissions.on(LIST, ONE).allowsAll(FIELDS, new Map())).toBe(true);
    expect(permissions.on(LIST, ONE).allowsAll(FIELDS, new Map())).toBe(true);
    expect(permissions.on(LIST, ONE).decide(undefined, new Map()).effect).toBe('ALLOW');
    expect(permissions.on(LIST, ONE).decide().effect).toBe('ALLOW');
    expect(permissions.on(LIST, TWO).decide(undefined, new Map([['stage', 'prod']])).effect).toBe('IMPLICIT_DENY');
    expect(permissions.on(DESCRIBE_INSTANCES, ONE).tagKeys.size).toBe(0);
    expect(permissions.on(DESCRIBE_INSTANCES, ONE).decide().effect).toBe('ALLOW');
  });

  it('do not need tags where a deny holds anyway, nor where another statement allows', () => {
    const byTag = { Condition: { StringEquals: { 'acs:ResourceTag/team': 'dev' } } };
    const denied = createRequestPermissions(policies(byTag, { Effect: 'Deny' }), principal);
    const allowed = createRequestPermissions(policies(byTag, {}), principal);
    expect([denied, allowed].map((permissions) => permissions.on(LIST, ONE).tagKeys.size)).toEqual([0, 0]);
    expect([denied, allowed].map((permissions) => permissions.on(LIST, ONE).decide().effect)).toEqual([
      'EXPLICIT_DENY',
      'ALLOW',
    ]);
  });
});
