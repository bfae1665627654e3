import { CombinedError } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { failureAt, failuresOf, failureWithin } from '../../../console/failure/failure.ts';

describe('what a failure says', () => {
  it.each([
    [
      { code: 'FORBIDDEN', action: 'kvstore:DescribeInstances', resource: 'acs:kvstore:*' },
      { kind: 'denied', action: 'kvstore:DescribeInstances', resource: 'acs:kvstore:*' },
    ],
    [
      { code: 'RATE_LIMITED', retryAfterSeconds: 12 },
      { kind: 'quota', retryAfterSeconds: 12 },
    ],
    [{ code: 'RATE_LIMITED' }, { kind: 'quota', retryAfterSeconds: 10 }],
    [{ code: 'NOT_FOUND' }, { kind: 'missing' }],
    [{ code: 'UNAUTHENTICATED' }, { kind: 'signed-out' }],
    [
      { code: 'UPSTREAM_TIMEOUT', retryable: true, upstream: { code: 'X', requestId: 'ABC', httpStatus: 503 } },
      { kind: 'upstream', code: 'UPSTREAM_TIMEOUT', requestId: 'ABC', retryable: true },
    ],
    [
      { code: 'UPSTREAM_ERROR', retryable: false },
      { kind: 'upstream', code: 'UPSTREAM_ERROR', requestId: undefined, retryable: false },
    ],
    [{ code: 'OPERATION_TOO_COSTLY' }, { kind: 'refused', code: 'OPERATION_TOO_COSTLY', message: 'said so' }],
  ])('%j', (extensions, expected) => {
    const error = new CombinedError({ graphQLErrors: [{ message: 'said so', path: ['instances'], extensions }] });
    expect(failuresOf(error)).toEqual([{ path: ['instances'], failure: expected }]);
  });

  it('tells a gateway that cannot be reached from one that refuses the token', () => {
    const lost = new CombinedError({ networkError: new TypeError('Failed to fetch') });
    const refused = new CombinedError({ networkError: new Error('Unauthorized'), response: { status: 401 } });
    expect(failuresOf(lost)[0]?.failure).toEqual({ kind: 'unreachable' });
    expect(failuresOf(refused)[0]?.failure).toEqual({ kind: 'signed-out' });
  });
});

describe('where a failure is', () => {
  const failures = [{ path: ['nodes', 3, 'clusterBackups'], failure: { kind: 'missing' } as const }];

  it('is in the places above it only when they are asked for whole', () => {
    expect(failureAt(failures, 'nodes', 3)).toBeUndefined();
    expect(failureWithin(failures, 'nodes', 3)).toEqual({ kind: 'missing' });
    expect(failureWithin(failures, 'nodes', 2)).toBeUndefined();
  });

  it('covers all places below it', () => {
    expect(failureAt(failures, 'nodes', 3, 'clusterBackups', 'nodes')).toEqual({ kind: 'missing' });
    expect(failureAt([{ path: [], failure: { kind: 'unreachable' } }], 'instances')).toEqual({ kind: 'unreachable' });
  });
});
