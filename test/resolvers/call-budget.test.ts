import { describe, expect, it } from 'vitest';
import { CallBudget, withinBudget } from '../../resolvers/call-budget.ts';
import { TooCostly } from '../../resolvers/too-costly.ts';
import { ListedUpstream } from './listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');

describe('the budget of an operation', () => {
  it('keeps to its estimate while that holds, and raises it call by call after that', () => {
    const budget = new CallBudget(2, 4);
    const estimates = Array.from({ length: 4 }, () => {
      budget.take();
      return budget.estimated;
    });
    expect(estimates).toEqual([2, 2, 3, 4]);
  });

  it('ends at its limit, again and again, with what would be needed', () => {
    const budget = new CallBudget(1, 1);
    budget.take();
    for (let again = 0; again < 2; again++) {
      expect(() => budget.take()).toThrow(expect.objectContaining({ constructor: TooCostly, cost: 2 }));
    }
    expect(budget.estimated).toBe(1);
  });

  it('is taken from by every read, as a rejection and not by throwing', async () => {
    const upstream = new ListedUpstream(NOW);
    const store = withinBudget(upstream.store, new CallBudget(0, 1));
    expect(store.defaultAccountId).toBe(upstream.store.defaultAccountId);
    expect(store.knows('1', 'cn-hangzhou')).toEqual({ account: true, region: true });
    const { accountId, regionId } = upstream.key;
    const options = {
      signal: new AbortController().signal,
      deadline: NOW,
      priority: 'interactive',
      readThrough: false,
      meter: { made: 0, cached: 0 },
    } as const;
    const instances = { accountId, regionId, pageSize: 1, pageNumber: 1 };
    expect((await store.describeInstances(instances, options)).value.totalCount).toBe(1);
    for (const refused of [
      store.describeInstances(instances, options),
      store.describeRegions({ accountId }, options),
    ]) {
      await expect(refused).rejects.toThrow(TooCostly);
    }
    expect(upstream.instanceCalls).toHaveLength(1);
  });
});
