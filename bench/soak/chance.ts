import { setTimeout as pause } from 'node:timers/promises';

/** A whole number from 0 up to, and without, `below`. */
export function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

export function between(least: number, most: number): number {
  return least + below(most - least + 1);
}

/** One of a list that has one. */
export function oneOf<Value>(values: readonly Value[]): Value {
  if (values.length === 0) throw new RangeError('expected a list with something in it');
  return values[below(values.length)] as Value;
}

export function sometimes(share: number): boolean {
  return Math.random() < share;
}

/** Waits some milliseconds, or until the soak ends. */
export async function restFor(leastMs: number, mostMs: number, end: AbortSignal): Promise<void> {
  await pause(between(leastMs, mostMs), undefined, { signal: end }).catch(() => undefined);
}
