import { describe, expect, it } from 'vitest';
import { decide } from '../../permissions/compiled-policies.ts';
import { parsePolicyDocument, type Statement } from '../../permissions/policy-document.ts';
import { type Attachment, createPolicySet } from '../../permissions/policy-set.ts';

const request = { action: 'kvstore:DescribeInstances', resource: 'acs:kvstore:a:1:instance/r', context: new Map() };

function statements(statement: object = {}): readonly Statement[] {
  return parsePolicyDocument({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...statement }],
  }).statements;
}

function attach(to: 'subject' | 'group', name: string, ...policies: string[]): Attachment {
  return { to, name, policies };
}

describe('the policies of a principal', () => {
  const set = createPolicySet(
    new Map([
      ['reader', statements()],
      ['denier', statements({ Effect: 'Deny', Action: 'kvstore:*' })],
      ['fields', statements({ Condition: { StringNotEquals: { 'gateway:Field': 'ShardBackup.downloadUrl' } } })],
      [
        'tags',
        statements({
          Condition: { StringEquals: { 'acs:ResourceTag/team': 'dev', 'acs:ResourceTag/tier': ['1', '2'] } },
        }),
      ],
      ['time', statements({ Condition: { DateLessThan: { 'acs:CurrentTime': '2030-01-01T00:00:00Z' } } })],
    ]),
    [
      attach('subject', 'alice', 'reader'),
      attach('subject', 'alice', 'fields', 'reader'),
      attach('group', 'sre', 'reader'),
      attach('group', 'suspended', 'denier'),
      attach('group', 'all', 'fields', 'tags', 'time'),
    ],
  );

  it('are those of its subject and of all of its groups', () => {
    expect(decide(set.forPrincipal({ subject: 'bob', groups: ['sre'] }), request)).toEqual({
      effect: 'ALLOW',
      policy: 'reader',
      statement: 0,
    });
    expect(decide(set.forPrincipal({ subject: 'bob', groups: ['sre', 'suspended'] }), request)).toEqual({
      effect: 'EXPLICIT_DENY',
      policy: 'denier',
      statement: 0,
    });
    expect(decide(set.forPrincipal({ subject: 'alice', groups: ['suspended'] }), request).effect).toBe('EXPLICIT_DENY');
  });

  it('deny everything when there are none', () => {
    const none = set.forPrincipal({ subject: 'mallory', groups: [] });
    expect(decide(none, request)).toEqual({ effect: 'IMPLICIT_DENY', policy: null, statement: null });
    expect(none.looksAtFields || none.looksAtTime || none.tagKeys.size > 0).toBe(false);
    expect(set.forPrincipal({ subject: null, groups: [] })).toBe(none);
  });

  it('are none for the anonymous principal, whatever subjects are called', () => {
    const named = createPolicySet(new Map([['reader', statements()]]), [
      attach('subject', 'null', 'reader'),
      attach('subject', 'undefined', 'reader'),
    ]);
    expect(decide(named.forPrincipal({ subject: null, groups: [] }), request).effect).toBe('IMPLICIT_DENY');
    expect(decide(named.forPrincipal({ subject: 'null', groups: [] }), request).effect).toBe('ALLOW');
  });

  it('are compiled once for all who hold the same ones', () => {
    const first = set.forPrincipal({ subject: 'bob', groups: ['sre', 'suspended', 'unknown'] });
    expect(set.forPrincipal({ subject: 'carol', groups: ['suspended', 'sre', 'sre'] })).toBe(first);
  });

  it('tell beforehand what they look at', () => {
    const all = set.forPrincipal({ subject: null, groups: ['all'] });
    expect([all.looksAtFields, all.looksAtTime, [...all.tagKeys]]).toEqual([true, true, ['team', 'tier']]);
    const reader = set.forPrincipal({ subject: 'bob', groups: ['sre'] });
    expect([reader.looksAtFields, reader.looksAtTime, reader.tagKeys.size]).toEqual([false, false, 0]);
  });

  it('stay right when there are more combinations and actions than are kept', () => {
    const names = Array.from({ length: 13 }, (_, index) => `p${index}`);
    const many = createPolicySet(
      new Map(names.map((name, index) => [name, statements({ Action: `kvstore:Action${index}` })])),
      names.map((name) => attach('group', name, name)),
    );
    for (let combination = 0; combination < 8_192; combination += 1) {
      const groups = names.filter((_, index) => combination & (1 << index));
      const policies = many.forPrincipal({ subject: 'x', groups });
      const allowed = names.filter((_, index) => {
        return decide(policies, { ...request, action: `kvstore:action${index}` }).effect === 'ALLOW';
      });
      expect(allowed).toEqual(groups);
    }
    const reader = set.forPrincipal({ subject: 'bob', groups: ['sre'] });
    for (let index = 0; index < 1_000; index += 1) {
      expect(decide(reader, { ...request, action: `kvstore:Action${index}` }).effect).toBe('ALLOW');
    }
  });

  it('cannot be attached when they are not there', () => {
    expect(() => createPolicySet(new Map(), [attach('group', 'sre', 'reader')])).toThrow(
      'Expected the name of a policy, got "reader"',
    );
  });
});

describe('what is remembered of decisions', () => {
  const set = createPolicySet(
    new Map(Array.from({ length: 1_100 }, (_, index) => [`p${index}`, statements()])),
    Array.from({ length: 1_100 }, (_, index) => ({ to: 'group', name: `g${index}`, policies: [`p${index}`] })),
  );

  it('is forgotten again when clients ask about ever new resources', () => {
    const policies = set.forPrincipal({ subject: null, groups: ['g1'] });
    const applicable = (id: number) =>
      policies.applicable('kvstore:DescribeInstances', `acs:kvstore:a:1:instance/${id}`);
    const first = applicable(0);
    expect(applicable(0)).toBe(first);
    for (let id = 1; id <= 200; id += 1) applicable(id);
    expect(applicable(0)).not.toBe(first);
  });

  it('is bounded for all actions together', () => {
    const policies = set.forPrincipal({ subject: null, groups: ['g2'] });
    const applicable = (action: string, id: number) => policies.applicable(action, `acs:kvstore:a:1:instance/${id}`);
    const first = applicable('kvstore:DescribeInstances', 0);
    for (let id = 1; id <= 100; id += 1) applicable('kvstore:DescribeRegions', id);
    expect(applicable('kvstore:DescribeInstances', 0)).toBe(first);
    for (let id = 1; id <= 100; id += 1) applicable('kvstore:DescribeClusterBackupList', id);
    expect(applicable('kvstore:DescribeInstances', 0)).not.toBe(first);
  });

  it('is forgotten again when principals hold ever new combinations of policies', () => {
    const policiesOf = (id: number) => set.forPrincipal({ subject: null, groups: [`g${id}`] });
    const first = policiesOf(0);
    expect(policiesOf(0)).toBe(first);
    for (let id = 1; id <= 1_000; id += 1) policiesOf(id);
    expect(policiesOf(0)).not.toBe(first);
  });

  it('of one subject is not given to another in the same groups', () => {
    const named = createPolicySet(new Map([['p', statements()]]), [{ to: 'subject', name: 'alice', policies: ['p'] }]);
    const groups: string[] = [];
    const effectFor = (subject: string) =>
      named.forPrincipal({ subject, groups }).applicable('kvstore:DescribeInstances', 'acs:kvstore:a:1:instance/r');
    expect(effectFor('alice').decide(new Map()).effect).toBe('ALLOW');
    expect(effectFor('bob').decide(new Map()).effect).toBe('IMPLICIT_DENY');
    expect(effectFor('alice').decide(new Map()).effect).toBe('ALLOW');
  });
});
