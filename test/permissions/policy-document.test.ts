import { describe, expect, it } from 'vitest';
import { parsePolicyDocument } from '../../permissions/policy-document.ts';
import { describeFault, PolicyFaults } from '../../permissions/policy-fault.ts';

const VARIABLE = '\u0024{acs:Username}';
const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' };

/** Lines of what is wrong with a document; empty: it loads. */
function faultsOf(document: unknown): string[] {
  try {
    parsePolicyDocument(document);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    expect(error.message.startsWith(error.faults.map(describeFault).join('\n'))).toBe(true);
    return error.faults.map(describeFault);
  }
}

const withStatement = (statement: unknown) => ({ Version: '1', Statement: [statement] });
const withCondition = (Condition: unknown) => withStatement({ ...ALLOW_ALL, Condition });
/** As a file brings it, own `__proto__` included. */
const json = (text: string): unknown => JSON.parse(text);

describe('a policy document', () => {
  it.each<[string, unknown]>([
    ['single values', withStatement({ ...ALLOW_ALL, Action: 'kvstore:DescribeInstances' })],
    ['lists', withStatement({ ...ALLOW_ALL, Action: ['kvstore:Describe*'], Resource: ['acs:kvstore:*:*:instance/*'] })],
    ['NotAction', withStatement({ Effect: 'Deny', NotAction: ['kvstore:*', 'rds:*'], Resource: '*' })],
    [
      'wildcards anywhere',
      withStatement({ ...ALLOW_ALL, Action: '?vstore:*', Resource: ['*:instance/r-1', 'a?s:*', 'acs*'] }),
    ],
    ['a Sid', withStatement({ ...ALLOW_ALL, Sid: 'readers' })],
    ['an empty Condition', withCondition({})],
    ['values of all kinds', withCondition({ StringEquals: { 'gateway:Subject': ['a', 5, false, ''] } })],
    ['booleans of both kinds', withCondition({ Bool: { 'acs:SecureTransport': [true, 'false'] } })],
    [
      'several operators and keys',
      withCondition({
        IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', '2001:db8::/32', '::1'] },
        DateLessThan: { 'acs:CurrentTime': '2024-07-01T18:00:00+08:00' },
        StringNotLike: { 'gateway:Field': 'ShardBackup.*Url', 'acs:ResourceTag/team': ['dev', 'ops'] },
      }),
    ],
  ])('loads without a warning: %s', (_, document) => {
    expect(parsePolicyDocument(document).warnings).toEqual([]);
  });

  it.each<[unknown, string]>([
    [null, 'expected an object, got null'],
    [[ALLOW_ALL], 'expected an object, got an array'],
    ['{}', 'expected an object, got "{}"'],
    [{ Version: '1' }, 'Statement: expected a list of statements, got nothing'],
    [{ Version: '1', Statement: ALLOW_ALL }, 'Statement: expected a list of statements, got an object'],
    [{ Version: '1', Statement: [] }, 'Statement: expected a list of statements, got an empty one'],
    [{ Statement: [ALLOW_ALL] }, 'Version: expected "1", got nothing'],
    [{ Version: 1, Statement: [ALLOW_ALL] }, 'Version: expected "1", got 1'],
    [{ Version: '2012-10-17', Statement: [ALLOW_ALL] }, 'Version: expected "1", got "2012-10-17"'],
    [{ Version: '1', Statement: [ALLOW_ALL], Id: 'x' }, 'Id: unknown element, expected one of Version, Statement'],
    [withStatement('Allow'), 'Statement[0]: expected an object, got "Allow"'],
    [withStatement({ ...ALLOW_ALL, Effect: 'allow' }), 'Statement[0].Effect: expected "Allow" or "Deny", got "allow"'],
    [withStatement({ Action: '*', Resource: '*' }), 'Statement[0].Effect: expected "Allow" or "Deny", got nothing'],
    [
      withStatement({ ...ALLOW_ALL, NotAction: 'ram:*' }),
      'Statement[0]: expected exactly one of Action and NotAction, got both',
    ],
    [
      withStatement({ Effect: 'Allow', Resource: '*' }),
      'Statement[0]: expected exactly one of Action and NotAction, got neither',
    ],
    [
      withStatement({ ...ALLOW_ALL, NotResource: 'acs:ecs:*' }),
      'Statement[0]: expected exactly one of Resource and NotResource, got both',
    ],
    [
      withStatement({ Effect: 'Allow', Action: '*' }),
      'Statement[0]: expected exactly one of Resource and NotResource, got neither',
    ],
    [
      withStatement({ ...ALLOW_ALL, Principal: { RAM: ['*'] } }),
      'Statement[0].Principal: unknown element, expected one of Sid, Effect, Action, NotAction, Resource, NotResource, Condition',
    ],
    [
      withStatement({ ...ALLOW_ALL, action: '*' }),
      'Statement[0].action: unknown element, expected one of Sid, Effect, Action, NotAction, Resource, NotResource, Condition',
    ],
    [withStatement({ ...ALLOW_ALL, Sid: 5 }), 'Statement[0].Sid: expected a string, got 5'],
    [
      withStatement({ ...ALLOW_ALL, Action: [] }),
      'Statement[0].Action: expected at least one value, got an empty list',
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: [] }),
      'Statement[0].Resource: expected at least one value, got an empty list',
    ],
    [withStatement({ ...ALLOW_ALL, Action: null }), 'Statement[0].Action: expected a string, got null'],
    [withStatement({ ...ALLOW_ALL, Action: ['*', 7] }), 'Statement[0].Action[1]: expected a string, got 7'],
    [withStatement({ ...ALLOW_ALL, Action: [['*']] }), 'Statement[0].Action[0]: expected a string, got an array'],
    [
      withStatement({ ...ALLOW_ALL, Action: 'DescribeInstances' }),
      'Statement[0].Action: expected "service:Action" or "*", got "DescribeInstances"',
    ],
    [
      withStatement({ ...ALLOW_ALL, Action: ' kvstore:*' }),
      'Statement[0].Action: expected no spaces or control characters, got " kvstore:*"',
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: 'r-bp1cluster0000001' }),
      'Statement[0].Resource: expected "acs:service:region:account:relative-id" or "*", got "r-bp1cluster0000001"',
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: ['*', 'arn:aws:elasticache:*'] }),
      'Statement[0].Resource[1]: expected "acs:service:region:account:relative-id" or "*", got "arn:aws:elasticache:*"',
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: 'acs:kvstore:cn-hangzhou:instance/r-1' }),
      'Statement[0].Resource: expected "acs:service:region:account:relative-id" or "*", got "acs:kvstore:cn-hangzhou:instance/r-1"',
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: `acs:kvstore:*:*:instance/${VARIABLE}` }),
      `Statement[0].Resource: policy variables are not part of the language, got "acs:kvstore:*:*:instance/${VARIABLE}"`,
    ],
    [
      withStatement({ ...ALLOW_ALL, Resource: `acs:${'x'.repeat(3_000)}*` }),
      'Statement[0].Resource: expected at most 2048 characters, got 3005',
    ],
    [withStatement({ ...ALLOW_ALL, Resource: 'acs:*\ud800' }), 'Statement[0].Resource: expected well-formed Unicode'],
    [withCondition([]), 'Statement[0].Condition: expected an object, got an array'],
    [withCondition(null), 'Statement[0].Condition: expected an object, got null'],
    [withCondition({ IpAddres: { 'acs:SourceIp': '10.0.0.1' } }), 'Statement[0].Condition.IpAddres: unknown operator'],
    [
      withCondition({ ipAddress: { 'acs:SourceIp': '10.0.0.1' } }),
      'Statement[0].Condition.ipAddress: unknown operator',
    ],
    [
      withCondition({ 'ForAnyValue:StringEquals': { 'gateway:Group': 'a' } }),
      'Statement[0].Condition.ForAnyValue:StringEquals: unknown operator',
    ],
    [
      withCondition({ BoolIfExists: { 'acs:MFAPresent': 'true' } }),
      'Statement[0].Condition.BoolIfExists: unknown operator',
    ],
    [
      withCondition({ Bool: 'acs:MFAPresent' }),
      'Statement[0].Condition.Bool: expected an object, got "acs:MFAPresent"',
    ],
    [withCondition({ Bool: {} }), 'Statement[0].Condition.Bool: expected at least one condition key'],
    [
      withCondition({ Bool: { 'acs:MFAPresent': [] } }),
      'Statement[0].Condition.Bool.acs:MFAPresent: expected at least one value, got an empty list',
    ],
    [
      withCondition({ Bool: { 'acs:MFAPresent': ['true', 'True'] } }),
      'Statement[0].Condition.Bool.acs:MFAPresent[1]: expected "true" or "false", got "True"',
    ],
    [
      withCondition({ IpAddress: { 'acs:SourceIp': '10.0.0.0/33' } }),
      'Statement[0].Condition.IpAddress.acs:SourceIp: expected an IPv4 or IPv6 address or CIDR block, got "10.0.0.0/33"',
    ],
    [
      withCondition({ DateLessThan: { 'acs:CurrentTime': ['2024-07-01T00:00:00'] } }),
      'Statement[0].Condition.DateLessThan.acs:CurrentTime[0]: expected an ISO 8601 date and time with a zone, such as 2024-07-01T18:00:00+08:00, got "2024-07-01T00:00:00"',
    ],
    [
      withCondition({ NumericEquals: { 'gateway:Subject': '0x10' } }),
      'Statement[0].Condition.NumericEquals.gateway:Subject: expected a number, or a string that is one, got "0x10"',
    ],
    [
      withCondition({ StringEquals: { 'gateway:Subject': null } }),
      'Statement[0].Condition.StringEquals.gateway:Subject: expected a string, number or boolean, got null',
    ],
    [
      withCondition({ StringEquals: { 'gateway:Subject': [['a']] } }),
      'Statement[0].Condition.StringEquals.gateway:Subject[0]: expected a string, number or boolean, got an array',
    ],
    [
      withCondition({ StringEquals: { 'gateway:Subject': VARIABLE } }),
      `Statement[0].Condition.StringEquals.gateway:Subject: policy variables are not part of the language, got "${VARIABLE}"`,
    ],
    [
      json(`{"Version":"1","Statement":[],"__proto__":{}}`),
      'Statement: expected a list of statements, got an empty one',
    ],
  ])('%# is refused with the place of the fault: %j', (document, fault) => {
    expect(faultsOf(document)).toContain(fault);
  });

  it.each<[string, unknown, string]>([
    [
      'in the document',
      json('{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}],"__proto__":{"a":1}}'),
      '__proto__: unknown element, expected one of Version, Statement',
    ],
    [
      'in a statement',
      json(
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","__proto__":{"Effect":"Deny"}}]}',
      ),
      'Statement[0].__proto__: unknown element, expected one of Sid, Effect, Action, NotAction, Resource, NotResource, Condition',
    ],
    [
      'as an operator',
      json(
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"__proto__":{"a":"b"}}}]}',
      ),
      'Statement[0].Condition.__proto__: unknown operator',
    ],
    [
      'as an operator that objects inherit',
      withCondition({ toString: { a: 'b' } }),
      'Statement[0].Condition.toString: unknown operator',
    ],
  ])('refuses keys of prototypes like any other: %s', (_, document, fault) => {
    expect(faultsOf(document)).toEqual([fault]);
  });

  it('does not take elements from a prototype', () => {
    expect(
      faultsOf(json('{"__proto__":{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}')),
    ).toEqual([
      '__proto__: unknown element, expected one of Version, Statement',
      'Version: expected "1", got nothing',
      'Statement: expected a list of statements, got nothing',
    ]);
  });

  it('hears of all faults at once', () => {
    const document = {
      Version: '2',
      Statement: [
        { ...ALLOW_ALL, Effect: 'Permit', Principal: '*' },
        ALLOW_ALL,
        {
          Effect: 'Deny',
          Action: ['DescribeInstances', 5],
          Condition: { IpAddres: {}, Bool: { 'acs:MFAPresent': 'yes' } },
        },
      ],
    };
    expect(faultsOf(document).map((fault) => fault.split(': ')[0])).toEqual([
      'Version',
      'Statement[0].Principal',
      'Statement[0].Effect',
      'Statement[2].Action[0]',
      'Statement[2].Action[1]',
      'Statement[2]',
      'Statement[2].Condition.IpAddres',
      'Statement[2].Condition.Bool.acs:MFAPresent',
    ]);
  });

  it('names no more than a hundred faults and counts the rest', () => {
    const statement = { ...ALLOW_ALL, Action: Array.from({ length: 400 }, () => 'x') };
    const parse = () => parsePolicyDocument({ Version: '1', Statement: [statement, statement] });
    expect(parse).toThrow(/Action\[99\].*\nand 700 more$/);
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown condition key',
      withCondition({ StringEquals: { 'acs:UserAgent': 'x' } }),
      'Statement[0].Condition.StringEquals.acs:UserAgent: unknown condition key: counts as absent, so that StringEquals is always false',
    ],
    [
      'a key in the wrong case',
      withCondition({ NotIpAddress: { 'acs:sourceip': '10.0.0.1' } }),
      'Statement[0].Condition.NotIpAddress.acs:sourceip: unknown condition key: counts as absent, so that NotIpAddress is always true',
    ],
    [
      'a tag without a key',
      withCondition({ StringLike: { 'acs:ResourceTag/': '*' } }),
      'Statement[0].Condition.StringLike.acs:ResourceTag/: unknown condition key: counts as absent, so that StringLike is always false',
    ],
    [
      'an operator that does not fit the key',
      withCondition({ NumericLessThan: { 'acs:CurrentTime': 5 } }),
      'Statement[0].Condition.NumericLessThan.acs:CurrentTime: values of acs:CurrentTime are not what NumericLessThan compares, so that it is always false',
    ],
    [
      'NotResource',
      withStatement({ Effect: 'Deny', Action: '*', NotResource: 'acs:kvstore:*' }),
      "Statement[0].NotResource: no longer part of RAM's published language; evaluated as everything but what it lists",
    ],
  ])('loads with a warning: %s', (_, document, warning) => {
    expect(parsePolicyDocument(document).warnings.map(describeFault)).toEqual([warning]);
  });
});

describe('a hostile document', () => {
  const within = (milliseconds: number, run: () => void) => {
    const started = performance.now();
    run();
    expect(performance.now() - started).toBeLessThan(milliseconds);
  };

  it('with too many statements or values is refused without reading them', () => {
    within(2_000, () => {
      expect(faultsOf({ Version: '1', Statement: new Array(1_000_000).fill({}) })).toEqual([
        'Statement: expected at most 1000 statements, got 1000000',
      ]);
      expect(faultsOf(withStatement({ ...ALLOW_ALL, Action: new Array(1_000_000).fill('*') }))).toEqual([
        'Statement[0].Action: expected at most 1000 values, got 1000000',
      ]);
    });
  });

  it('with many unknown elements costs no more than reading it', () => {
    const elements = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`${'x'.repeat(50)}${index}`, 1]),
    );
    within(2_000, () => expect(faultsOf(elements)).toHaveLength(100));
  });

  it('nested a hundred thousand deep is refused like any other', () => {
    let nested: unknown = 'x';
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(faultsOf(withStatement({ ...ALLOW_ALL, Action: nested }))).toEqual([
      'Statement[0].Action[0]: expected a string, got an array',
    ]);
  });

  it('does not get long texts or keys into messages', () => {
    const long = 'k'.repeat(100_000);
    const faults = faultsOf({ Version: long, Statement: [{ ...ALLOW_ALL, [long]: 1 }] });
    expect(Math.max(...faults.map((fault) => fault.length))).toBeLessThan(300);
    expect(faults).toHaveLength(2);
  });
});
