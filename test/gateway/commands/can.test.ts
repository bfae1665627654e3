import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../../gateway/commands/can.ts', import.meta.url));
const RECIPE = fileURLToPath(new URL('../../../docs/policies/hide-download-links.json', import.meta.url));
const READ = [
  ...['--action', 'kvstore:DescribeClusterBackupList'],
  ...['--resource', 'acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1cluster0000001'],
];

const folder = mkdtempSync(join(tmpdir(), 'can-'));
afterAll(() => rmSync(folder, { recursive: true }));

function can(options: string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...options], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
  });
  return { status, stdout, stderr };
}

function file(name: string, statements: object[]): string {
  const path = join(folder, name);
  const policies = { own: { Version: '1', Statement: statements } };
  writeFileSync(path, JSON.stringify({ policies, attachments: [{ subject: 'alice', policies: ['own'] }] }));
  return path;
}

describe('npm run can', () => {
  it('says how it is used when it is asked', () => {
    expect(can(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('usage: npm run can'),
      stderr: '',
    });
  });

  it('prints the decision, the deciding policy and the statement', () => {
    const bob = ['--subject', 'bob', '--groups', 'web, support', '--policies', RECIPE, ...READ];
    expect(can(bob)).toEqual({
      status: 0,
      stdout: 'decision   ALLOW\npolicy     backup-reader\nstatement  0\n',
      stderr: '',
    });
    expect(can([...bob, '--field', 'ShardBackup.downloadUrl'])).toEqual({
      status: 2,
      stdout: 'decision   EXPLICIT_DENY\npolicy     no-download-links\nstatement  0\n',
      stderr: '',
    });
  });

  it('means the demo policies without a file, but not on a real account', () => {
    const asked = ['--subject', 'alice', ...READ];
    expect(can(asked).stdout).toBe('decision   ALLOW\npolicy     administrator\nstatement  0\n');
    const real = can(asked, { UPSTREAM: 'alibaba' });
    expect(real).toMatchObject({ status: 1, stdout: '' });
    expect(real.stderr).toMatch(/^--policies is missing/);
  });

  it('takes the policy file from the environment', () => {
    expect(can(['--subject', 'bob', ...READ], { RAM_POLICIES: RECIPE })).toEqual({
      status: 2,
      stdout: 'decision   IMPLICIT_DENY\npolicy     none\nstatement  none\n',
      stderr: '',
    });
  });

  it('sets everything that conditions look at', () => {
    const path = file('conditions.json', [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: {
          IpAddress: { 'acs:SourceIp': '203.0.113.0/24' },
          Bool: { 'acs:MFAPresent': 'true', 'acs:SecureTransport': 'false' },
          DateLessThan: { 'acs:CurrentTime': '2024-07-01T18:00:00+08:00' },
          StringEquals: {
            'acs:ResourceTag/team': 'a=b',
            'acs:ResourceTag/stage': '',
            'gateway:Field': 'ShardBackup.name',
          },
        },
      },
    ]);
    const groups = [
      ['--source-ip', '203.0.113.9'],
      ['--mfa'],
      ['--plain-http'],
      ['--at', '2024-07-01T09:00:00Z'],
      ['--tag', 'team=a=b'],
      ['--tag', 'stage='],
      ['--field', 'ShardBackup.name'],
    ];
    const ask = (options: string[][]) =>
      can(['--subject', 'alice', '--policies', path, ...READ, ...options.flat()]).status;
    expect(ask(groups)).toBe(0);
    expect(groups.map((left) => ask(groups.filter((group) => group !== left)))).toEqual(groups.map(() => 2));
  });

  it('tells of warnings and faults with their places', () => {
    const condition = (operator: string) => [
      { Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { 'acs:UserAgent': 'x' } } },
    ];
    const warned = can([
      '--subject',
      'alice',
      ...READ,
      '--policies',
      file('warned.json', condition('StringNotEquals')),
    ]);
    expect(warned.status).toBe(0);
    expect(warned.stderr).toBe(
      'warning: policies.own.Statement[0].Condition.StringNotEquals.acs:UserAgent: unknown condition key: counts as absent, so that StringNotEquals is always true\n',
    );
    expect(can(['--subject', 'alice', ...READ, '--policies', file('broken.json', condition('StringEqual'))])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'policies.own.Statement[0].Condition.StringEqual: unknown operator\n',
    });
  });

  it.each<[string[], string]>([
    [[...READ, '--policies', RECIPE], '--subject is missing'],
    [['--subject', 'alice', '--policies', RECIPE], '--action is missing'],
    [['--subject', 'alice', ...READ, '--policies', RECIPE, '--tag', 'team'], '--tag takes key=value, got "team"'],
    [
      ['--subject', 'alice', ...READ, '--policies', RECIPE, '--at', 'noon'],
      '--at takes a time like 2024-07-01T18:00:00+08:00, got "noon"',
    ],
    [['--subject', 'alice', ...READ, '--policies', RECIPE, '--user', 'x'], "Unknown option '--user'"],
    [['--subject', 'alice', ...READ, '--policies', '/nowhere/policies.json'], 'the policy file cannot be read: ENOENT'],
  ])('ends with code 1 and the reason for %j', (options, reason) => {
    const { status, stdout, stderr } = can(options);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.startsWith(reason)).toBe(true);
  });
});
