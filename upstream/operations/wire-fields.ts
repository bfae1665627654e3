import type { Faults, Instant } from '../rows.ts';

/**
 * Readers of single wire fields. The upstream sends the same thing as a string here and as a number there, and leaves out
 * or empties what it does not have: absent, null and '' are null; what cannot be read is null and noted as a fault.
 */

/** An object off the wire whose fields are not known to be anything. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Collects what could not be read of one row; `found` stays undefined for the usual row that has none. */
export class RowFaults<Row> {
  found: Faults<Row> | undefined;

  note(field: keyof Row, received: unknown): null {
    this.found = { ...this.found, [field]: excerpt(received) } as Faults<Row>;
    return null;
  }
}

/** Whether it has fields: an object, and no list. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the upstream left it out, or empty. */
export function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** A text that is not empty; numbers and flags as texts. */
export function readText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** A whole number from 0 to 2^53-1, sent as a number or as digits. */
export function readCount<Row>(value: unknown, faults: RowFaults<Row>, field: keyof Row): number | null {
  if (isAbsent(value)) return null;
  const count = typeof value === 'string' && /^\s*\d+(\.0+)?\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) + 0 : faults.note(field, value);
}

/** `0` and `1` as numbers or strings; true and false are taken too. */
export function readFlag<Row>(value: unknown, faults: RowFaults<Row>, field: keyof Row): boolean | null {
  if (value === 1 || value === '1' || value === true) return true;
  if (value === 0 || value === '0' || value === false) return false;
  if (isAbsent(value)) return null;
  const text = String(value).toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : faults.note(field, value);
}

/** `"37%"`, `"37"` or 37, fractions cut off, brought into 0 to 100. */
export function readPercent<Row>(value: unknown, faults: RowFaults<Row>, field: keyof Row): number | null {
  if (isAbsent(value)) return null;
  const match = /^\s*([+-]?\d+(?:\.\d+)?)\s*%?\s*$/.exec(String(value));
  return match ? Math.min(100, Math.max(0, Math.trunc(Number(match[1])))) + 0 : faults.note(field, value);
}

const USUAL_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?$/;
const TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?(?:Z|z|([+-])(\d\d):?(\d\d))?$/;

/** A time with or without seconds, fraction and zone; one without a zone is UTC. Fractions of a second are cut off. */
export function readInstant<Row>(value: unknown, faults: RowFaults<Row>, field: keyof Row): Instant | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'string') return faults.note(field, value);
  if (USUAL_TIME.test(value)) return value.length === 20 ? value : `${value}Z`;
  const match = TIME.exec(value);
  if (!match) return faults.note(field, value);
  const [, year, month, day, hour, minute, second = '00', sign, offsetHours, offsetMinutes] = match;
  if (Number(day) < 1 || Number(day) > daysInMonth(Number(year), Number(month))) return faults.note(field, value);
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (sign === undefined) return text;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const utc = new Date(Date.parse(text) + (sign === '+' ? -offset : offset)).toISOString();
  // Outside of the years 0 to 9999 it has a sign and six digits.
  return utc.length === 24 ? `${utc.slice(0, 19)}Z` : faults.note(field, value);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A link of the kind that a browser opens; anything else is a fault, in words that do not repeat it. */
export function readLink<Row>(value: unknown, faults: RowFaults<Row>, field: keyof Row): string | null {
  if (isAbsent(value)) return null;
  if (typeof value === 'string' && /^https?:\/\//i.test(value)) return value;
  return faults.note(field, 'not an http or https link');
}

function excerpt(received: unknown): string {
  return (typeof received === 'string' ? received : (JSON.stringify(received) ?? String(received))).slice(0, 64);
}
