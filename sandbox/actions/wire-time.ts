/** `2024-01-10T17:21:25Z`. */
export function wireTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** `2024-01-09T17:21:57`: the end of a shard's backup comes without its zone. */
export function wireTimeWithoutZone(time: number): string {
  return wireTime(time).slice(0, -1);
}
