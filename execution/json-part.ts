/** A part of an answer that is JSON text already. `JSON.stringify` writes it as the value that the text stands for. */
export class JsonPart {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** As `JSON.stringify` writes an answer, with the parts in it as they are. */
export function writeJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof JsonPart) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return JSON.stringify(value) ?? 'null';
  let members = '';
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members += `${members === '' ? '{' : ','}${memberName(key)}${writeJson(member)}`;
  }
  return members === '' ? '{}' : `${members}}`;
}

const MOST_NAMES = 1_000;
const names = new Map<string, string>();

/** `"key":`, remembered: written anew for each object they took a fourteenth of an overview. */
function memberName(key: string): string {
  let name = names.get(key);
  if (name === undefined) {
    name = `${JSON.stringify(key)}:`;
    if (names.size >= MOST_NAMES) names.clear();
    names.set(key, name);
  }
  return name;
}
