import { ApiError, invalid, missing } from './api-error.ts';

type Parameters = Readonly<Record<string, string>>;

/** A mandatory parameter; an empty one counts as missing. */
export function requiredText(parameters: Parameters, name: string): string {
  const value = optionalText(parameters, name);
  if (value === undefined) throw missing(name);
  return value;
}

/** An optional parameter; an empty one counts as absent. */
export function optionalText(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return value === undefined || value === '' ? undefined : value;
}

/** One of the published values, in their own case. */
export function optionalChoice(parameters: Parameters, name: string, choices: readonly string[]): string | undefined {
  const value = optionalText(parameters, name);
  if (value !== undefined && !choices.includes(value)) throw invalid(name);
  return value;
}

/** `True`, `true`, `False`, `false`: the documentation writes both. */
export function optionalBoolean(parameters: Parameters, name: string): boolean | undefined {
  const value = optionalText(parameters, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw invalid(name);
  return value === 'true';
}

/** A whole number of at least 1. */
export function optionalCount(parameters: Parameters, name: string): number | undefined {
  const value = optionalText(parameters, name);
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!/^\d{1,9}$/.test(value) || count < 1) throw invalid(name);
  return count;
}

/** Epoch milliseconds of `yyyy-MM-ddTHH:mmZ`, or with seconds, as older examples have it. */
export function requiredTime(parameters: Parameters, name: 'StartTime' | 'EndTime'): number {
  const value = requiredText(parameters, name);
  const time = Date.parse(value);
  const wellFormed = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(value);
  // Date.parse takes the 31st of February for the 2nd of March
  if (!wellFormed || Number.isNaN(time) || !new Date(time).toISOString().startsWith(value.slice(0, 16))) {
    throw new ApiError(`Invalid${name}.Malformed`);
  }
  return time;
}

/** `Name.1.Key` and `Name.1.Value`, `Name.2.Key`...: an object for each number, numbers in order. */
export function numberedObjects(parameters: Parameters, name: string): Record<string, string>[] {
  const objects = new Map<number, Record<string, string>>();
  for (const [parameter, value] of Object.entries(parameters)) {
    const [prefix, number, field, ...rest] = parameter.split('.');
    if (prefix !== name) continue;
    if (!number || !field || rest.length > 0 || !/^[1-9]\d{0,3}$/.test(number)) throw invalid(name);
    const object = objects.get(Number(number)) ?? {};
    object[field] = value;
    objects.set(Number(number), object);
  }
  return [...objects.entries()].sort(([left], [right]) => left - right).map(([, object]) => object);
}
