import { REDACTED, redact, SECRET_NAME } from './redaction.ts';

/** Characters of any text in a line. */
export const MAX_TEXT_LENGTH = 2_000;
const MAX_STACK_LENGTH = 8_000;
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/** A plain copy of a value, no deeper, wider or longer than a line can bear; what stands under a secret's name is left out. */
export function bounded(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return cut(value, MAX_TEXT_LENGTH);
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  if (value === null || value instanceof Date) return value;
  if (value instanceof URL) return cut(value.href, MAX_TEXT_LENGTH);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => bounded(item, depth + 1));
  if (value instanceof Error) return boundedError(value, depth);
  if (value instanceof Headers || value instanceof Map) return boundedEntries([...value], depth);
  return boundedEntries(Object.entries(value), depth);
}

function boundedError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: cut(error.message, MAX_TEXT_LENGTH),
    ...boundedEntries(Object.entries(error), depth),
    ...(error.cause !== undefined && { cause: bounded(error.cause, depth + 1) }),
    stack: cut(error.stack ?? '', MAX_STACK_LENGTH),
  };
}

function boundedEntries(entries: [unknown, unknown][], depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of entries.slice(0, MAX_ITEMS)) {
    const name = cut(String(key), 100);
    const mayBeSecret = (typeof value === 'string' || typeof value === 'object') && value !== null;
    fields[name] = mayBeSecret && namesSecret(name) ? REDACTED : bounded(value, depth + 1);
  }
  return fields;
}

const namesOfSecrets = new Map<string, boolean>();

/** Remembered for the few names that lines are made of. */
function namesSecret(name: string): boolean {
  const known = namesOfSecrets.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(name);
  if (namesOfSecrets.size < 1_000) namesOfSecrets.set(name, isSecret);
  return isSecret;
}

export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Redacted before it is cut: half a secret would not be recognised.
  const clean = redact(text.slice(0, 2 * length));
  return `${clean.slice(0, length)}... (${text.length} characters)`;
}
