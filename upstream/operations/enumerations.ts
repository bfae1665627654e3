import { readText } from './wire-fields.ts';

/** A value of an enumeration that this code does not know; its row says `UNKNOWN`. */
export interface UnknownValue {
  action: string;
  /** The wire's name of the field: `ClusterBackupStatus`. */
  field: string;
  /** What was received, at most 64 characters. */
  value: string;
}

/** Hears of a value that the schema does not know. */
export type ReportUnknownValue = (unknown: UnknownValue) => void;
/** The same, for one action. */
export type ReportField = (field: string, value: string) => void;

/** How the wire writes each of our names: `{ BACKUP_RECOVERING: 'BackupRecovering' }`. */
export type WireValues<Name extends string> = Readonly<Record<Exclude<Name, 'UNKNOWN'>, string>>;

/** From a value as the wire might write it to our name of it. */
export type Enumeration<Name extends string> = ReadonlyMap<string, Name>;

/** Bounds the memory that an upstream with endless new values could take. */
const MOST_REMEMBERED = 1_000;

/** Reads the wire's names of an enumeration, whatever their case. */
export function enumeration<Name extends string>(values: WireValues<Name>): Enumeration<Name> {
  const entries = Object.entries(values) as [Name, string][];
  return new Map(
    entries.flatMap(([name, value]): [string, Name][] => [
      [value, name],
      [bare(value), name],
    ]),
  );
}

/** The name of a wire value, whatever its case; `UNKNOWN`, and a report, for one that is new. */
export function readName<Name extends string>(
  value: unknown,
  names: Enumeration<Name>,
  field: string,
  report: ReportField,
): Name | 'UNKNOWN' | null {
  const text = readText(value);
  if (text === null) return null;
  const name = names.get(text) ?? names.get(bare(text));
  if (name === undefined) report(field, text.slice(0, 64));
  return name ?? 'UNKNOWN';
}

/** A reporter for one operation that passes each value on once, however many rows have it. */
export function onceEach(action: string, report: ReportUnknownValue): ReportField {
  const seen = new Set<string>();
  return (field, value) => {
    const key = `${field}=${value}`;
    if (seen.has(key) || seen.size >= MOST_REMEMBERED) return;
    seen.add(key);
    report({ action, field, value });
  };
}

function bare(value: string): string {
  return value.toUpperCase().replaceAll('_', '');
}
