import type { GraphQLResolveInfo } from 'graphql';
import type { Answer } from '../upstream/rkvstore.ts';
import type { Context } from './context.ts';
import { pathOf } from './path.ts';

/** How old an answer is, and whether it is served although a newer one was wanted. */
export type Age = Pick<Answer<unknown>, 'ageSeconds' | 'stale'>;

/** Says in `extensions.stale` that what a field gives is stale, if it is; `item`: of its list that item alone. */
export function noteIfStale(
  { ageSeconds, stale }: Age,
  context: Context,
  info: GraphQLResolveInfo,
  item?: string | number,
): void {
  if (!stale) return;
  const path = pathOf(info);
  context.noteStale(item === undefined ? path : [...path, item], ageSeconds);
}

/**
 * The value of a field that may have had a read of its own, which is said to be stale if it is. `within`: what was read for the object
 * around the field and is noted there already; what is no older is not noted again.
 */
export function noted<Value>(
  given: Value | Promise<Answer<Value>>,
  context: Context,
  info: GraphQLResolveInfo,
  within: Age = { ageSeconds: 0, stale: false },
): Value | Promise<Value> {
  if (!(given instanceof Promise)) return given;
  return given.then((answer) => {
    const isNoted = within.stale && answer.ageSeconds <= within.ageSeconds;
    if (!isNoted) noteIfStale(answer, context, info);
    return answer.value;
  });
}
