import { describe, expect, it } from 'vitest';
import { describeFault, PolicyFaults } from '../../permissions/policy-fault.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';

const STATEMENT = { Effect: 'Allow', Action: 'kvstore:*', Resource: '*' };
const POLICY = { Version: '1', Statement: [STATEMENT] };
const text = (length: number) => 'x'.repeat(length);
const statement = (more: object) => ({ policies: { p: { Version: '1', Statement: [{ ...STATEMENT, ...more }] } } });

function faultsOf(file: string): string[] {
  try {
    parsePolicyFile(file);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    return error.faults.map(describeFault);
  }
}

const file = (parts: object) => JSON.stringify({ policies: {}, attachments: [], ...parts });

describe('a policy file loads with as much as it may hold, and is refused with one more', () => {
  it.each<[string, number, (size: number) => string, string]>([
    [
      'characters',
      4_194_304,
      (size) => file({ policies: { p: POLICY } }).padEnd(size),
      'expected at most 4194304 characters, got 4194305',
    ],
    [
      'policies',
      10_000,
      (size) =>
        file({ policies: Object.fromEntries(Array.from({ length: size }, (_, index) => [`p${index}`, POLICY])) }),
      'policies: expected at most 10000 policies, got 10001',
    ],
    [
      'attachments',
      10_000,
      (size) => file({ policies: { p: POLICY }, attachments: Array(size).fill({ group: 'g', policies: ['p'] }) }),
      'attachments: expected at most 10000 attachments, got 10001',
    ],
    [
      'statements of a policy',
      1_000,
      (size) => file({ policies: { p: { Version: '1', Statement: Array(size).fill(STATEMENT) } } }),
      'policies.p.Statement: expected at most 1000 statements, got 1001',
    ],
    [
      'actions of a statement',
      1_000,
      (size) => file(statement({ Action: Array(size).fill('kvstore:*') })),
      'policies.p.Statement[0].Action: expected at most 1000 values, got 1001',
    ],
    [
      'values of a condition',
      1_000,
      (size) => file(statement({ Condition: { StringEquals: { 'gateway:Subject': Array(size).fill('a') } } })),
      'policies.p.Statement[0].Condition.StringEquals.gateway:Subject: expected at most 1000 values, got 1001',
    ],
    [
      'characters of an action',
      2_048,
      (size) => file(statement({ Action: `kvstore:${text(size - 8)}` })),
      'policies.p.Statement[0].Action: expected at most 2048 characters, got 2049',
    ],
    [
      'characters of a resource',
      2_048,
      (size) => file(statement({ Resource: `acs:*${text(size - 5)}` })),
      'policies.p.Statement[0].Resource: expected at most 2048 characters, got 2049',
    ],
    [
      "characters of a condition's value",
      2_048,
      (size) => file(statement({ Condition: { StringEquals: { 'gateway:Subject': text(size) } } })),
      'policies.p.Statement[0].Condition.StringEquals.gateway:Subject: expected at most 2048 characters, got 2049',
    ],
    [
      "characters of a subject's name",
      256,
      (size) => file({ policies: { p: POLICY }, attachments: [{ subject: text(size), policies: ['p'] }] }),
      'attachments[0].subject: expected at most 256 characters, got 257',
    ],
  ])('%s: %i', (_, most, fileOf, fault) => {
    expect(faultsOf(fileOf(most))).toEqual([]);
    expect(faultsOf(fileOf(most + 1))).toEqual([fault]);
  });

  it("characters of a policy's name: 256", () => {
    expect(faultsOf(file({ policies: { [text(256)]: POLICY } }))).toEqual([]);
    expect(faultsOf(file({ policies: { [text(257)]: POLICY } }))[0]).toMatch(
      /expected at most 256 characters, got 257$/,
    );
  });
});
