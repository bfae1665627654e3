import { redact } from '../redaction.ts';

/** What stands for all values beyond the first. */
export const OTHER = 'other';

/**
 * Keeps a label from growing without bounds, and from holding a secret: the first `most` different values stay as they are, all others
 * become `other`.
 */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most || redact(value) !== value) return OTHER;
    known.add(value);
    return value;
  };
}
