import { describe, expect, it } from 'vitest';
import type { ContextValue } from '../../permissions/condition-context.ts';
import { findOperator, operatorNames, type PolicyValue } from '../../permissions/condition-operators.ts';

function holds(operator: string, values: PolicyValue[], actual: ContextValue | undefined): boolean | undefined {
  return findOperator(operator)?.compile(values)(actual);
}

describe('the operators', () => {
  it('are those of the five families', () => {
    expect([...operatorNames()].sort()).toEqual(
      [
        'StringEquals',
        'StringNotEquals',
        'StringEqualsIgnoreCase',
        'StringNotEqualsIgnoreCase',
        'StringLike',
        'StringNotLike',
        'NumericEquals',
        'NumericNotEquals',
        'NumericLessThan',
        'NumericLessThanEquals',
        'NumericGreaterThan',
        'NumericGreaterThanEquals',
        'DateEquals',
        'DateNotEquals',
        'DateLessThan',
        'DateLessThanEquals',
        'DateGreaterThan',
        'DateGreaterThanEquals',
        'Bool',
        'IpAddress',
        'NotIpAddress',
      ].sort(),
    );
  });

  it.each([
    'stringEquals',
    'STRINGEQUALS',
    'BoolIfExists',
    'ForAnyValue:StringEquals',
    'Null',
    'ArnLike',
    '__proto__',
    'constructor',
    '',
  ])('do not include %j', (name) => {
    expect(findOperator(name)).toBeUndefined();
  });

  it.each(operatorNames())(
    '%s on an absent key, an empty list or another kind of value is true only if negated',
    (name) => {
      const negated = [
        'StringNotEquals',
        'StringNotEqualsIgnoreCase',
        'StringNotLike',
        'NumericNotEquals',
        'DateNotEquals',
        'NotIpAddress',
      ].includes(name);
      const value = /^(Not)?Ip/.test(name)
        ? '10.0.0.0/8'
        : name.startsWith('Date')
          ? '2024-07-01T00:00:00Z'
          : name === 'Bool'
            ? 'true'
            : '5';
      expect(holds(name, [value], undefined)).toBe(negated);
      expect(holds(name, [value], [])).toBe(negated);
      expect(holds(name, [value], 'something else')).toBe(negated);
    },
  );

  it.each<[string, PolicyValue[], ContextValue, boolean]>([
    ['StringEquals', ['dev', 'test'], 'test', true],
    ['StringEquals', ['dev'], 'Dev', false],
    ['StringEquals', ['de*'], 'dev', false],
    ['StringEquals', ['de*'], 'de*', true],
    ['StringEquals', [5, true], '5', true],
    ['StringEquals', [5, true], 'true', true],
    ['StringEquals', ['5'], 5, true],
    ['StringEquals', ['2024-07-01T09:26:00Z'], new Date('2024-07-01T09:26:00Z'), true],
    ['StringNotEquals', ['dev', 'test'], 'test', false],
    ['StringNotEquals', ['dev', 'test'], 'prod', true],
    ['StringEqualsIgnoreCase', ['DEV'], 'dEv', true],
    ['StringEqualsIgnoreCase', ['DEV'], 'devs', false],
    ['StringNotEqualsIgnoreCase', ['DEV'], 'dev', false],
    ['StringNotEqualsIgnoreCase', ['DEV'], 'ops', true],
    ['StringLike', ['de?-*', 'x'], 'dev-emea', true],
    ['StringLike', ['de?-*'], 'Dev-emea', false],
    ['StringNotLike', ['de?-*', '*-emea'], 'ops-emea', false],
    ['StringNotLike', ['de?-*'], 'ops-emea', true],
    ['NumericEquals', ['100'], 100, true],
    ['NumericEquals', ['1e2'], '100.0', true],
    ['NumericEquals', ['0'], -0, true],
    ['NumericNotEquals', [1, 2], 2, false],
    ['NumericNotEquals', [1, 2], 3, true],
    ['NumericLessThan', ['100'], 99.5, true],
    ['NumericLessThan', [100], 100, false],
    ['NumericLessThan', [10, 200], 100, true],
    ['NumericLessThanEquals', [100], 100, true],
    ['NumericGreaterThan', [100], 100, false],
    ['NumericGreaterThan', [-5], '-4', true],
    ['NumericGreaterThanEquals', [100], 100, true],
    ['NumericEquals', [1], true, false],
    ['DateEquals', ['2024-07-01T18:00:00+08:00'], '2024-07-01T10:00:00Z', true],
    ['DateEquals', ['2024-07-01T18:00:00+08:00'], new Date('2024-07-01T10:00:00Z'), true],
    ['DateNotEquals', ['2024-07-01T18:00:00+08:00'], '2024-07-01T10:00:00Z', false],
    ['DateLessThan', ['2024-07-01T18:00:00+08:00'], '2024-07-01T09:59:59Z', true],
    ['DateLessThan', ['2024-07-01T18:00:00+08:00'], '2024-07-01T10:00:00Z', false],
    ['DateLessThanEquals', ['2024-07-01T18:00:00+08:00'], '2024-07-01T10:00:00Z', true],
    ['DateGreaterThan', ['2024-07-01T10:00:00Z'], '2024-07-01T18:00:01+08:00', true],
    ['DateGreaterThan', ['2024-07-01T10:00:00Z'], '2024-07-01T18:00:00+08:00', false],
    ['DateGreaterThanEquals', ['2024-07-01T10:00:00Z'], '2024-07-01T18:00:00+08:00', true],
    ['DateLessThan', ['2024-07-01T10:00:00Z'], 0, false],
    ['Bool', ['true'], true, true],
    ['Bool', [true], 'true', true],
    ['Bool', ['false'], true, false],
    ['Bool', ['true', 'false'], false, true],
    ['IpAddress', ['203.0.113.0/24', '198.51.100.7'], '198.51.100.7', true],
    ['IpAddress', ['203.0.113.0/24'], '::ffff:203.0.113.7', true],
    ['IpAddress', ['2001:db8::/32'], '203.0.113.7', false],
    ['NotIpAddress', ['198.51.100.0/24', '203.0.113.0/24'], '203.0.113.10', false],
    ['NotIpAddress', ['198.51.100.0/24'], '203.0.113.10', true],
    ['StringEquals', ['sre', 'dba'], ['web', 'dba'], true],
    ['StringEquals', ['sre', 'dba'], ['web'], false],
    ['StringNotEquals', ['sre', 'dba'], ['web', 'dba'], false],
    ['StringNotEquals', ['sre', 'dba'], ['web', 'ops'], true],
    ['StringLike', ['sre-*'], ['web', 'sre-eu'], true],
    ['StringNotLike', ['sre-*'], ['web', 'sre-eu'], false],
  ])('%s %j of %j is %j', (operator, values, actual, expected) => {
    expect(holds(operator, values, actual)).toBe(expected);
  });

  it('answer for one address after another', () => {
    const inside = findOperator('IpAddress')?.compile(['10.0.0.0/8']);
    expect(['10.1.1.1', '11.1.1.1', '10.1.1.1', 'nowhere', '', '10.9.9.9'].map((address) => inside?.(address))).toEqual(
      [true, false, true, false, false, true],
    );
  });
});
