import { type PolicyReport, shown, within } from './policy-fault.ts';

/** Reads a JSON object with none but the given keys; undefined when it is none. Own keys only, so `__proto__` is a key like any other. */
export function readObject(
  value: unknown,
  place: string,
  report: PolicyReport,
  allowed: readonly string[],
): ReadonlyMap<string, unknown> | undefined {
  const entries = entriesOf(value, place, report);
  for (const [key] of entries ?? []) {
    if (!allowed.includes(key))
      report.fault(within(place, key), `unknown element, expected one of ${allowed.join(', ')}`);
  }
  return entries && new Map(entries);
}

/** The entries of a JSON object; undefined, and a fault, when it is none. */
export function entriesOf(value: unknown, place: string, report: PolicyReport): [string, unknown][] | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  report.fault(place, `expected an object, got ${shown(value)}`);
  return undefined;
}

/** A value or a list of some; items that `read` answers undefined for are left out. */
export function readList<Item>(
  value: unknown,
  place: string,
  report: PolicyReport,
  read: (value: unknown, place: string) => Item | undefined,
): Item[] {
  if (!Array.isArray(value)) return [read(value, place)].filter((item) => item !== undefined);
  if (value.length === 0) report.fault(place, 'expected at least one value, got an empty list');
  if (value.length > MOST_VALUES) {
    report.fault(place, `expected at most ${MOST_VALUES} values, got ${value.length}`);
    return [];
  }
  return value.map((item, index) => read(item, within(place, index))).filter((item) => item !== undefined);
}

const MOST_VALUES = 1_000;
