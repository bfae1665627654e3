import { expect, test } from 'vitest';
import { OpenSubscriptions } from '../../../gateway/operation/open-subscriptions.ts';

test('a principal has as many subscriptions as it may, whatever others have', () => {
  const open = new OpenSubscriptions(2);
  expect([open.take('alice'), open.take('alice'), open.take('bob')].every((place) => 'giveBack' in place)).toBe(true);
  expect(open.take('alice')).toEqual({ exceeded: { name: 'subscriptions', limit: 2, value: 3 } });
});

test('a place that is given back twice is one place', () => {
  const open = new OpenSubscriptions(2);
  const [first] = [open.take('alice'), open.take('alice')];
  if (!('giveBack' in first)) throw new Error('expected a place');
  first.giveBack();
  first.giveBack();
  expect(open.take('alice')).toHaveProperty('giveBack');
  expect(open.take('alice')).toHaveProperty('exceeded');
});
