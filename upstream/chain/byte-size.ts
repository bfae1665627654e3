/**
 * About how many bytes a value of plain JSON takes in memory: in V8 a word for each field, a header for each object, list and
 * text, a byte for each character.
 */
export function byteSize(value: unknown): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let size = Array.isArray(value) ? 32 + 8 * value.length : 32;
  if (Array.isArray(value)) {
    for (const element of value) size += byteSize(element);
    return size;
  }
  for (const name in value) size += 8 + byteSize((value as Record<string, unknown>)[name]);
  return size;
}
