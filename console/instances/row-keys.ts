import { STRIP_DAYS } from '../nights/nights.ts';

/** The row that a key leads to; undefined for keys that lead to none. */
export function rowAfter(key: string, from: { index: number; page: number; count: number }): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return from.index + 1;
    case 'ArrowUp':
      return from.index - 1;
    case 'PageDown':
      return from.index + from.page;
    case 'PageUp':
      return from.index - from.page;
    case 'Home':
      return 0;
    case 'End':
      return from.count - 1;
    default:
      return undefined;
  }
}

/** The day that a key leads to, within a strip. */
export function dayAfter(key: string, day: number): number | undefined {
  if (key === 'ArrowLeft') return Math.max(0, day - 1);
  if (key === 'ArrowRight') return Math.min(STRIP_DAYS - 1, day + 1);
  return undefined;
}
