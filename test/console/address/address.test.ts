import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  BACKUP_STATUSES,
  formatAddress,
  INSTANCE_ARCHITECTURES,
  INSTANCE_STATUSES,
  LOOK_BACK_DAYS,
  parseAddress,
} from '../../../console/address/address.ts';

const accountId = fc.option(fc.stringMatching(/^\d{16}$/), { nil: undefined });
const regionId = fc.constantFrom('cn-hangzhou', 'eu-central-1', 'cn-hongkong');
const instanceId = fc.stringMatching(/^r-[a-z0-9]{18}$/);
const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ view: fc.constant('home' as const), accountId }),
  fc.record({
    view: fc.constant('instances' as const),
    regionId,
    accountId,
    search: fc.option(
      fc.string({ minLength: 1 }).map((text) => text.trim() || 'x'),
      { nil: undefined },
    ),
    status: optional(INSTANCE_STATUSES),
    architectureType: optional(INSTANCE_ARCHITECTURES),
  }),
  fc.record({
    view: fc.constant('instance' as const),
    regionId,
    instanceId,
    accountId,
    days: fc.constantFrom(...LOOK_BACK_DAYS),
    clusterBackupId: fc.option(fc.stringMatching(/^cb-[a-z0-9]{16}$/), { nil: undefined }),
    backupStatus: optional(BACKUP_STATUSES),
  }),
);

describe('the address of a view', () => {
  it('leads whoever gets it to the same view', () => {
    fc.assert(
      fc.property(address, (view) => {
        expect(parseAddress(formatAddress(view))).toEqual(view);
      }),
    );
  });

  it.each([
    ['', { view: 'home' }],
    ['#', { view: 'home' }],
    ['#/', { view: 'home' }],
    ['#/cn-hangzhou', { view: 'instances', regionId: 'cn-hangzhou' }],
    ['#/cn-hangzhou/r-bp1?days=90', { view: 'instance', instanceId: 'r-bp1', days: 90 }],
  ])('reads %j', (fragment, expected) => {
    expect(parseAddress(fragment)).toMatchObject(expected);
  });

  it.each([
    '#/Hangzhou',
    '#/cn-hangzhou/../../etc',
    '#/cn-hangzhou/r-bp1/xx-1',
    '#/cn-hangzhou/r-bp1/cb-1/more',
    '#/cn-hangzhou/R-BP1',
    '#/javascript:alert(1)',
  ])('says of %j that there is nothing', (fragment) => {
    expect(parseAddress(fragment)).toEqual({ view: 'unknown' });
  });

  it('leaves out what a parameter cannot mean', () => {
    expect(parseAddress('#/cn-hangzhou?status=BROKEN&account=me&type=cluster')).toEqual(parseAddress('#/cn-hangzhou'));
    expect(parseAddress('#/cn-hangzhou/r-bp1?days=31')).toMatchObject({ days: 30 });
  });
});
