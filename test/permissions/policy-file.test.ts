import { describe, expect, it } from 'vitest';
import { describeFault, PolicyFaults } from '../../permissions/policy-fault.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';

const READER = {
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'kvstore:DescribeClusterBackupList', Resource: 'acs:kvstore:*:*:instance/*' }],
};
const FILE = {
  policies: { 'backup-reader': READER },
  attachments: [
    { group: 'sre', policies: ['backup-reader'] },
    { subject: 'alice', policies: ['backup-reader'] },
  ],
};

function faultsOf(file: unknown): string[] {
  try {
    parsePolicyFile(typeof file === 'string' ? file : JSON.stringify(file));
    return [];
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    return error.faults.map(describeFault);
  }
}

describe('a policy file', () => {
  it('loads, and attaches policies to subjects and groups', () => {
    const { policies, warnings } = parsePolicyFile(JSON.stringify(FILE));
    const effectFor = (subject: string | null, groups: string[]) =>
      policies
        .forPrincipal({ subject, groups })
        .applicable('kvstore:DescribeClusterBackupList', 'acs:kvstore:cn-hangzhou:1:instance/r-1')
        .decide(new Map());
    expect(warnings).toEqual([]);
    expect(effectFor('alice', [])).toEqual({ effect: 'ALLOW', policy: 'backup-reader', statement: 0 });
    expect(effectFor('bob', ['web', 'sre']).effect).toBe('ALLOW');
    expect(effectFor('bob', ['alice']).effect).toBe('IMPLICIT_DENY');
    expect(effectFor('sre', []).effect).toBe('IMPLICIT_DENY');
    expect(effectFor(null, []).effect).toBe('IMPLICIT_DENY');
  });

  it('may allow nobody anything', () => {
    expect(faultsOf({ policies: {}, attachments: [] })).toEqual([]);
  });

  it('may begin with a byte order mark', () => {
    expect(faultsOf(`\ufeff${JSON.stringify(FILE)}`)).toEqual([]);
  });

  it('is refused with the place of the fault in the third statement of a policy', () => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
    const bad = { ...statement, Condition: { IpAddres: { 'acs:SourceIp': '10.0.0.1' } } };
    const file = { ...FILE, policies: { 'backup-reader': { Version: '1', Statement: [statement, statement, bad] } } };
    expect(faultsOf(file)).toEqual(['policies.backup-reader.Statement[2].Condition.IpAddres: unknown operator']);
  });

  it.each<[unknown, string[]]>([
    [
      '[]',
      [
        'expected an object, got an array',
        'policies: expected an object, got nothing',
        'attachments: expected a list of attachments, got nothing',
      ],
    ],
    [{ policies: {} }, ['attachments: expected a list of attachments, got nothing']],
    [{ attachments: [] }, ['policies: expected an object, got nothing']],
    [{ ...FILE, version: 1 }, ['version: unknown element, expected one of policies, attachments']],
    [
      { ...FILE, policies: [READER] },
      [
        'policies: expected an object, got an array',
        'attachments[0].policies[0]: expected the name of a policy in this file, got "backup-reader"',
        'attachments[1].policies[0]: expected the name of a policy in this file, got "backup-reader"',
      ],
    ],
    [{ ...FILE, attachments: {} }, ['attachments: expected a list of attachments, got an object']],
    [{ ...FILE, attachments: ['sre'] }, ['attachments[0]: expected an object, got "sre"']],
    [
      { ...FILE, attachments: [{ policies: ['backup-reader'] }] },
      ['attachments[0]: expected exactly one of group and subject, got neither'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a', subject: 'b', policies: ['backup-reader'] }] },
      ['attachments[0]: expected exactly one of group and subject, got both'],
    ],
    [
      { ...FILE, attachments: [{ group: '', policies: ['backup-reader'] }] },
      ['attachments[0].group: expected a name, got ""'],
    ],
    [
      { ...FILE, attachments: [{ subject: ['a'], policies: ['backup-reader'] }] },
      ['attachments[0].subject: expected a name, got an array'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a'.repeat(257), policies: ['backup-reader'] }] },
      ['attachments[0].group: expected at most 256 characters, got 257'],
    ],
    [
      { ...FILE, attachments: [{ user: 'a', group: 'a', policies: ['backup-reader'] }] },
      ['attachments[0].user: unknown element, expected one of group, subject, policies'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a' }] },
      ['attachments[0].policies: expected a list of policy names, got nothing'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a', policies: [] }] },
      ['attachments[0].policies: expected a list of policy names, got an empty one'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a', policies: 'backup-reader' }] },
      ['attachments[0].policies: expected a list of policy names, got "backup-reader"'],
    ],
    [
      { ...FILE, attachments: [{ group: 'a', policies: ['backup-reader', 'Backup-Reader', 7, 'toString'] }] },
      [
        'attachments[0].policies[1]: expected the name of a policy in this file, got "Backup-Reader"',
        'attachments[0].policies[2]: expected the name of a policy in this file, got 7',
        'attachments[0].policies[3]: expected the name of a policy in this file, got "toString"',
      ],
    ],
    [{ policies: { '': READER }, attachments: [] }, ['policies[""]: expected a name, got ""']],
    [{ policies: { 'a.b': 'x' }, attachments: [] }, ['policies["a.b"]: expected an object, got "x"']],
  ])('%# is refused: %j', (file, faults) => {
    expect(faultsOf(file)).toEqual(faults);
  });

  it.each(['', '{', '{"policies": {},}', 'policies: {}', '{"policies": {}} {}', '\u0000'])(
    'is refused when it is not JSON: %j',
    (text) => {
      const faults = faultsOf(text);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(/^not JSON: /);
    },
  );

  it('tells of everything that is wrong in all of its policies and attachments', () => {
    const broken = { Version: '1', Statement: [{ Effect: 'Maybe', Action: '*', Resource: '*' }] };
    expect(
      faultsOf({ policies: { a: broken, b: broken }, attachments: [{ group: 'g', policies: ['c'] }], more: 1 }),
    ).toEqual([
      'more: unknown element, expected one of policies, attachments',
      'policies.a.Statement[0].Effect: expected "Allow" or "Deny", got "Maybe"',
      'policies.b.Statement[0].Effect: expected "Allow" or "Deny", got "Maybe"',
      'attachments[0].policies[0]: expected the name of a policy in this file, got "c"',
    ]);
  });

  it('is refused when a key stands twice, since only the last would count', () => {
    const text = `{
      "policies": { "p": { "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
          "StringEquals": { "gateway:Field": "ShardBackup.downloadUrl" },
          "\\u0053tringEquals": { "gateway:Field": "a \\" } ] , {" } } } ] } },
      "attachments": [], "attachments": []
    }`;
    expect(faultsOf(text)).toEqual([
      'policies.p.Statement[1].Condition.StringEquals: written twice',
      'attachments: written twice',
    ]);
  });

  it('may have equal keys in different objects', () => {
    expect(
      faultsOf({
        ...FILE,
        policies: { 'backup-reader': { ...READER, Statement: [...READER.Statement, ...READER.Statement] } },
      }),
    ).toEqual([]);
  });

  it('gives no policy to whom it does not name, `*` and prototypes included', () => {
    const text = `{"policies": {"__proto__": ${JSON.stringify(READER)}, "constructor": ${JSON.stringify(READER)}},
      "attachments": [{"subject": "*", "policies": ["__proto__"]}, {"group": "__proto__", "policies": ["constructor"]}]}`;
    const { policies, warnings } = parsePolicyFile(text);
    const policyFor = (subject: string, groups: string[]) =>
      policies
        .forPrincipal({ subject, groups })
        .applicable('kvstore:DescribeClusterBackupList', 'acs:kvstore:a:1:instance/r')
        .decide(new Map()).policy;
    expect(warnings.map(describeFault)).toEqual([
      'attachments[0].subject: names the subject "*" and nobody else: there is no wildcard here',
    ]);
    expect(policyFor('alice', [])).toBeNull();
    expect(policyFor('*', [])).toBe('__proto__');
    expect(policyFor('alice', ['__proto__'])).toBe('constructor');
    expect(policyFor('toString', ['hasOwnProperty'])).toBeNull();
  });

  it('is refused when it is too long, too deep or has too much in it', () => {
    const started = performance.now();
    expect(faultsOf(' '.repeat(5_000_000))).toEqual(['expected at most 4194304 characters, got 5000000']);
    expect(faultsOf('['.repeat(1_000_000) + ']'.repeat(1_000_000))[0]).toBe('expected an object, got an array');
    expect(faultsOf(`{"policies":${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)},"attachments":[]}`)).toContain(
      'policies.a.a: unknown element, expected one of Version, Statement',
    );
    expect(faultsOf({ policies: {}, attachments: new Array(20_000).fill({}) })).toEqual([
      'attachments: expected at most 10000 attachments, got 20000',
    ]);
    expect(
      faultsOf({
        policies: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`p${index}`, 0])),
        attachments: [],
      }),
    ).toEqual(['policies: expected at most 10000 policies, got 20000']);
    expect(performance.now() - started).toBeLessThan(40_000);
  });
});
