/** `2024-01-10T17:21:25Z`. */
export function wireTime(time: number): string {
  const known = written.get(time);
  if (known !== undefined) return known;
  const text = `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (written.size >= MOST_WRITTEN) written.clear();
  written.set(time, text);
  return text;
}

/** `2024-01-09T17:21:57`: the end of a shard's backup comes without its zone. */
export function wireTimeWithoutZone(time: number): string {
  return wireTime(time).slice(0, -1);
}

// A list that is read page by page shows the same moments again and again; writing them was a third of the time of an answer.
const written = new Map<number, string>();
const MOST_WRITTEN = 10_000;
