import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompiledPolicies, compilePolicies } from '../../permissions/compiled-policies.ts';
import type { ContextValue } from '../../permissions/condition-context.ts';
import { type ConditionKeys, gatewayConditionKeys } from '../../permissions/condition-keys.ts';
import { parsePolicyDocument } from '../../permissions/policy-document.ts';
import { PolicyFaults } from '../../permissions/policy-fault.ts';
import { decideByLayers } from '../../permissions/policy-layers.ts';

interface RamCase {
  id: string;
  title: string;
  policies: unknown[];
  request: {
    action: string;
    resource: string;
    context: Record<string, ContextValue>;
    principal?: 'account';
    sessionPolicy?: unknown;
    controlPolicies?: unknown[];
  };
  expected: 'allow' | 'implicitDeny' | 'explicitDeny' | 'invalidPolicy';
  reason: string;
}

const { cases } = JSON.parse(readFileSync(new URL('data/ram-cases.json', import.meta.url), 'utf8')) as {
  cases: RamCase[];
};

const OUTCOMES = { ALLOW: 'allow', IMPLICIT_DENY: 'implicitDeny', EXPLICIT_DENY: 'explicitDeny' } as const;

// One case uses a key of its own, which the gateway gives no value to.
const keys: ConditionKeys = (key) => (key === 'sandbox:PageSize' ? 'Numeric' : gatewayConditionKeys(key));

describe("RAM's published and inferred cases", () => {
  it('are all here', () => {
    expect(cases.map(({ id }) => id)).toEqual(
      Array.from({ length: 58 }, (_, index) => `ram-${String(index + 1).padStart(2, '0')}`),
    );
  });

  it.each(cases)('$id answers $expected: $title ($reason)', ({ policies, request, expected }) => {
    expect(outcomeOf(policies, request)).toBe(expected);
  });
});

describe('layers of policies', () => {
  const layer = (name: string, Effect: string, Action: string) =>
    compilePolicies([
      [name, parsePolicyDocument({ Version: '1', Statement: [{ Effect, Action, Resource: '*' }] }).statements],
    ]);

  it('are looked at in the order of control, session and identity, and the first that does not allow is named', () => {
    const request = { action: 'kvstore:DescribeInstances', resource: 'acs:kvstore:a:1:instance/r', context: new Map() };
    const control = layer('control', 'Deny', '*');
    const session = layer('session', 'Deny', '*');
    const identity = layer('identity', 'Deny', '*');
    expect(decideByLayers({ control, session, identity }, request).policy).toBe('control');
    expect(decideByLayers({ session, identity }, request).policy).toBe('session');
    expect(decideByLayers({ identity }, request).policy).toBe('identity');
  });
});

function outcomeOf(policies: unknown[], request: RamCase['request']): RamCase['expected'] {
  const { action, resource, context, principal, sessionPolicy, controlPolicies } = request;
  try {
    const decision = decideByLayers(
      {
        accountRoot: principal === 'account',
        identity: compile(policies),
        ...(sessionPolicy === undefined ? {} : { session: compile([sessionPolicy]) }),
        ...(controlPolicies === undefined ? {} : { control: compile(controlPolicies) }),
      },
      { action, resource, context: new Map(Object.entries(context)) },
    );
    return OUTCOMES[decision.effect];
  } catch (error) {
    if (error instanceof PolicyFaults) return 'invalidPolicy';
    throw error;
  }
}

function compile(policies: unknown[]): CompiledPolicies {
  return compilePolicies(
    policies.map((policy, index) => [`policy-${index}`, parsePolicyDocument(policy, keys).statements]),
  );
}
