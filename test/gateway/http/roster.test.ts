import { expect, test } from 'vitest';
import { Roster } from '../../../gateway/http/roster.ts';

test('a roster holds whatever has entered and not left, in as many places as were ever needed at once', () => {
  const roster = new Roster<{ name: string }>();
  const places = new Map(['a', 'b', 'c'].map((name) => [name, roster.enter({ name })]));
  roster.leave(places.get('b') as number);
  expect(roster.size).toBe(2);
  expect(roster.enter({ name: 'd' })).toBe(places.get('b'));
  expect([...roster].map(({ name }) => name).sort()).toEqual(['a', 'c', 'd']);
  for (const place of places.values()) roster.leave(place);
  expect(roster.size).toBe(0);
  expect([...roster]).toEqual([]);
});
