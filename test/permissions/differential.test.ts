import fc from 'fast-check';
import { assert, describe, expect, it } from 'vitest';
import { operatorNames } from '../../permissions/condition-operators.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import {
  type Answer,
  answerPlainly,
  applies,
  policiesOf,
  type Question,
  type WrittenFile,
} from './obvious-evaluator.ts';

const RUNS = 50_000;

// Policies and requests draw from the same few values, so that they meet often, and differ by a little when they do not.
const ACTIONS = [
  'kvstore:DescribeClusterBackupList',
  'kvstore:DescribeInstances',
  'kvstore:describeinstances',
  'rds:DescribeBackups',
];
const RESOURCES = [
  'acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1cluster0000001',
  'acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1cluster0000002',
  'acs:kvstore:cn-beijing:1234567890123456:instance/r-bp1Cluster0000001',
  'acs:kvstore:cn-hangzhou:9999999999999999:instance/*',
];
const FIELDS = ['ShardBackup.downloadUrl', 'ShardBackup.internalDownloadUrl', 'ClusterBackup.status'];
const ADDRESSES = [
  '203.0.113.10',
  '203.0.113.200',
  '::ffff:203.0.113.10',
  '10.1.2.3',
  '2001:db8::5',
  '2001:db8:1::5',
  '::1',
  'unknown',
];
const RANGES = [
  '203.0.113.10',
  '203.0.113.0/24',
  '203.0.113.128/25',
  '0.0.0.0/0',
  '10.0.0.0/8',
  '2001:db8::/32',
  '2001:db8::/48',
  '::/0',
  '::ffff:203.0.113.0/120',
];
const TIMES = ['2024-07-01T09:26:00Z', '2024-07-01T10:00:00Z', '2024-12-31T23:59:59Z'];
const DATES = [
  '2024-07-01T09:26:00Z',
  '2024-07-01T17:26:00+08:00',
  '2024-07-01T18:00:00+08:00',
  '2024-07-01T05:00:00-05:00',
  '2024-12-31T23:59Z',
];
const WORDS = ['dev', 'Dev', 'dev-emea', 'prod', '5', '100', '', 'true'];
const NUMBERS = [5, '5', '5.0', 99.5, '1e2', -1, 100];
const GROUPS = ['sre', 'dba', 'web'];
const SUBJECTS = ['alice', 'bob'];

/** Mostly picks from the left. */
const mostly = <Item>(usual: fc.Arbitrary<Item>, rare: fc.Arbitrary<Item>) =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: rare });
const oneOrSome = <Item>(item: fc.Arbitrary<Item>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));
const pick = <Item>(items: readonly Item[]) => fc.constantFrom(...items);

/** A text with a stretch of it put as `*`, a character as `?`, or its case turned. */
function disguised(texts: readonly string[], headToKeep: number): fc.Arbitrary<string> {
  return fc
    .tuple(pick(texts), pick(['', '*', '*', '?', 'case', '**']), fc.nat({ max: 60 }), fc.nat({ max: 30 }))
    .map(([text, kind, at, length]) => {
      const start = headToKeep + (at % (text.length - headToKeep + 1));
      if (kind === '') return text;
      if (kind === 'case') return text.slice(0, start) + text.slice(start).toUpperCase();
      if (kind === '?') return `${text.slice(0, start)}?${text.slice(start + 1)}`;
      return text.slice(0, start) + kind + text.slice(start + length);
    });
}

const actions = oneOrSome(
  fc.oneof(pick(['*', 'kvstore:*', 'kvstore:Describe*', 'KVStore:describe?nstances']), disguised(ACTIONS, 8)),
);
const resources = oneOrSome(
  fc.oneof(pick(['*', '*', 'acs:kvstore:*', 'acs:kvstore:*:*:instance/*']), disguised(RESOURCES, 12)),
);

const FAMILY_VALUES: [RegExp, fc.Arbitrary<string | number | boolean>][] = [
  [
    /^String.*Like$/,
    fc.oneof(disguised([...FIELDS, ...RESOURCES], 0), pick(['*', '?*', 'de?', 'dev*', '', '20*Z', '203.*'])),
  ],
  [
    /^String/,
    pick<string | number | boolean>([...WORDS, ...FIELDS, ...GROUPS, ...SUBJECTS, 5, true, TIMES[0] as string]),
  ],
  [/^Numeric/, pick(NUMBERS)],
  [/^Date/, pick(DATES)],
  [/^Bool$/, pick<string | boolean>(['true', 'false', true, false])],
  [/IpAddress$/, pick(RANGES)],
];
const FAMILY_KEYS: [RegExp, string[]][] = [
  [/^String/, ['gateway:Field', 'gateway:Subject', 'gateway:Group', 'acs:ResourceTag/team', 'acs:ResourceTag/stage']],
  [/^Numeric/, ['acs:ResourceTag/team', 'acs:ResourceTag/stage']],
  [/^Date/, ['acs:CurrentTime']],
  [/^Bool$/, ['acs:SecureTransport', 'acs:MFAPresent']],
  [/IpAddress$/, ['acs:SourceIp']],
];
const ALL_KEYS = [...FAMILY_KEYS.flatMap(([, keys]) => keys), 'acs:UserAgent', 'acs:ResourceTag/', 'gateway:field'];

const conditionArbitraries = operatorNames().map((operator) => {
  const [values, keys] = [FAMILY_VALUES, FAMILY_KEYS].map((table) => table.find(([name]) => name.test(operator))?.[1]);
  const key = mostly(pick(keys as string[]), pick(ALL_KEYS));
  return fc
    .dictionary(key, oneOrSome(values as fc.Arbitrary<string | number | boolean>), { minKeys: 1, maxKeys: 2 })
    .map((condition) => [operator, condition] as const);
});
const condition = fc.array(fc.oneof(...conditionArbitraries), { minLength: 1, maxLength: 2 }).map(Object.fromEntries);

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    action: fc.tuple(mostly(fc.constant('Action'), fc.constant('NotAction')), actions),
    resource: fc.tuple(mostly(fc.constant('Resource'), fc.constant('NotResource')), resources),
    condition: fc.option(condition, { freq: 2, nil: undefined }),
  })
  .map(({ Effect, action, resource, condition }) => ({
    Effect,
    [action[0]]: action[1],
    [resource[0]]: resource[1],
    ...(condition === undefined ? {} : { Condition: condition }),
  }));

const policy = fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement) => ({ Version: '1', Statement }));
const POLICIES = ['one', 'two', '__proto__'];
const names = fc.uniqueArray(pick(POLICIES), { minLength: 1, maxLength: 2 });
const attachment = fc.oneof(
  fc.record({ group: pick(GROUPS), policies: names }),
  fc.record({ subject: pick(SUBJECTS), policies: names }),
);

const file = fc
  .record({
    policies: fc.tuple(policy, policy, policy),
    attachments: fc.array(attachment, { minLength: 3, maxLength: 4 }),
  })
  .map(({ policies, attachments }) => ({
    // From entries: an own key `__proto__`, as JSON brings it.
    policies: Object.fromEntries(policies.map((policy, index) => [POLICIES[index], policy])),
    attachments,
  })) as unknown as fc.Arbitrary<WrittenFile>;

const question: fc.Arbitrary<Question> = fc.record({
  principal: fc.record({
    subject: mostly<string | null>(pick(SUBJECTS), fc.constant(null)),
    groups: mostly<string[]>(fc.subarray(GROUPS, { minLength: 1 }), fc.constant([])),
    sourceIp: pick(ADDRESSES),
    secureTransport: fc.boolean(),
    mfaPresent: fc.boolean(),
  }),
  action: mostly(pick(ACTIONS.slice(0, 2)), pick(ACTIONS)),
  resource: pick(RESOURCES),
  field: mostly<string | undefined>(pick(FIELDS), fc.constant(undefined)),
  tags: fc.dictionary(pick(['team', 'stage']), pick(WORDS), { maxKeys: 2 }),
  time: pick(TIMES),
});

describe('decisions', () => {
  it(`are those of an evaluator that takes no short cuts, for ${RUNS} random policy files and requests`, {
    timeout: 600_000,
  }, () => {
    const counts: Record<Answer, number> = { ALLOW: 0, EXPLICIT_DENY: 0, IMPLICIT_DENY: 0 };
    let byTags = 0;
    fc.assert(
      fc.property(file, question, fc.constantFrom(...FIELDS, undefined), (file, question, otherField) => {
        const { policies } = parsePolicyFile(JSON.stringify(file));
        const { principal, action, resource, field } = question;
        const permissions = createRequestPermissions(policies.forPrincipal(principal), principal, {
          now: () => Date.parse(question.time),
        });
        const tags = new Map(Object.entries(question.tags));
        const expected = answerPlainly(file, question);
        counts[expected] += 1;

        const decision = permissions.on(action, resource).decide(field, tags);
        assert.equal(decision.effect, expected);
        // Asked for another field of the same request, it neither remembers too much nor looks too little.
        const other = permissions.on(action, resource).decide(otherField, tags);
        assert.equal(other.effect, answerPlainly(file, { ...question, field: otherField }));

        // The tags that it does not ask for make no difference.
        const asked = permissions.on(action, resource).tagKeys;
        const fewer = Object.fromEntries([...tags].filter(([key]) => asked.has(key)));
        assert.equal(answerPlainly(file, { ...question, tags: fewer }), expected);
        if (asked.size > 0) byTags += 1;

        // The statement that it names is one that decides so.
        if (decision.policy === null || decision.statement === null) {
          assert.deepEqual(decision, { effect: 'IMPLICIT_DENY', policy: null, statement: null });
          return;
        }
        assert(policiesOf(file, principal).has(decision.policy));
        const document = Object.entries(file.policies).find(([name]) => name === decision.policy)?.[1];
        const named = document?.Statement[decision.statement];
        assert.equal(named?.Effect, decision.effect === 'ALLOW' ? 'Allow' : 'Deny');
        assert(named && applies(named, question));
      }),
      { numRuns: RUNS },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(RUNS / 8);
    expect(byTags).toBeGreaterThan(RUNS / 50);
  });
});
