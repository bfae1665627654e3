import { type GraphQLOutputType, isNonNullType, locatedError, responsePathAsArray } from 'graphql';
import type { Complete, Execution, Field, Place } from './field.ts';

/** Null in the place of what failed; raises where null may not stand. */
export function failed(execution: Execution, field: Field, type: GraphQLOutputType, place: Place, raw: unknown): null {
  const error = locatedError(raw, field.nodes, responsePathAsArray(place));
  if (isNonNullType(type)) throw error;
  execution.collected.add(error, place);
  return null;
}

// These two stand by themselves, since a function that may make a closure pays for it on every call: 15 % of a large answer.

/** Completes a value once it is there. */
export function completeLater(
  execution: Execution,
  field: Field,
  complete: Complete,
  place: Place,
  value: Promise<unknown>,
): Promise<unknown> {
  return value.then((resolved) => complete(execution, field, place, resolved));
}

/** The same promise, with null or another error in the place of one that fails. */
export function caught(
  execution: Execution,
  field: Field,
  type: GraphQLOutputType,
  place: Place,
  completed: Promise<unknown>,
): Promise<unknown> {
  return completed.then(undefined, (error) => failed(execution, field, type, place, error));
}
