import { expect, it } from 'vitest';
import { instanceResource } from '../../permissions/kvstore.ts';

it('an instance has the ARN of its own place, whatever else has its id', () => {
  for (let times = 0; times < 3; times++) {
    for (const region of ['cn-hangzhou', 'cn-shanghai']) {
      for (const account of ['1', '2', '1']) {
        expect(instanceResource(region, account, 'r-same')).toBe(`acs:kvstore:${region}:${account}:instance/r-same`);
      }
    }
  }
});

it('ARNs stay right however many instances there are', () => {
  const arns = () => Array.from({ length: 25_000 }, (_, index) => instanceResource('cn-hangzhou', '1', `r-${index}`));
  const expected = Array.from({ length: 25_000 }, (_, index) => `acs:kvstore:cn-hangzhou:1:instance/r-${index}`);
  expect(arns()).toEqual(expected);
  expect(arns()).toEqual(expected);
});
