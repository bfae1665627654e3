import { BadInput } from './bad-input.ts';

/** Relay's four arguments as GraphQL hands them over. */
export interface ConnectionArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** The four arguments once checked: from which end, how many, between which cursors. */
export interface Span {
  from: 'start' | 'end';
  count: number;
  after: string | undefined;
  before: string | undefined;
}

/** How many items without `first` and `last`, and how many at the most. */
export const DEFAULT_COUNT = 20;
export const LARGEST_COUNT = 300;

/**
 * Checks `first`, `last`, `after` and `before`; raises `BadInput`. Without `first` and `last` the first `fallback` items
 * are meant, except with `before` alone, where the last ones are: the items next to that cursor.
 */
export function checkedSpan(given: ConnectionArguments, fallback = DEFAULT_COUNT): Span {
  if (given.first != null && given.last != null) throw new BadInput('first, last: expected one of them, got both');
  const first = checkedCount('first', given.first);
  const last = checkedCount('last', given.last);
  const after = given.after ?? undefined;
  const before = given.before ?? undefined;
  const fromEnd = last !== undefined || (first === undefined && before !== undefined && after === undefined);
  return { from: fromEnd ? 'end' : 'start', count: last ?? first ?? fallback, after, before };
}

function checkedCount(name: 'first' | 'last', count: number | null | undefined): number | undefined {
  if (count == null) return undefined;
  if (count < 0 || count > LARGEST_COUNT) throw new BadInput(`${name}: expected 0 to ${LARGEST_COUNT}, got ${count}`);
  return count;
}
