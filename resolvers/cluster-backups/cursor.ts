import { z } from 'zod';
import { BadInput } from '../bad-input.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { instant, type Position, seconds } from './row-order.ts';
import type { Window } from './window.ts';

/** What a cursor of cluster backups remembers: a row and the window it was found in, not a number. */
export interface RowCursor {
  /** The window of the first page: later pages read the same one, however the clock has moved. */
  readonly window: Window;
  readonly position: Position;
  /**
   * Seconds since the epoch by which every backup that started no later than the row had ended, as far as was seen: a call
   * whose range ends after it misses none of them, whichever end of a backup the range looks at.
   */
  readonly horizon: number;
  /** How many rows of the window are newer, when the row was read: a hint for reading backwards, checked against the rows. */
  readonly offset: number;
  /** How many newer rows a call that ends at the horizon returns before the row: a hint for the size of the page. */
  readonly skip: number;
}

const base36 = z
  .string()
  .regex(/^-?[0-9a-z]{1,8}$/)
  .transform((text) => Number.parseInt(text, 36));
/** The years 1 to 9999. */
const moment = base36.pipe(z.int().min(-62_135_596_800).max(253_402_300_799));
const count = base36.pipe(z.int().min(0).max(1_000_000_000));
const id = z.string().regex(/^[\w.-]{1,64}$/);
const partsSchema = z.tuple([moment, moment, moment, id, count, count, count]);

export function encodeRowCursor(scope: string, cursor: RowCursor): string {
  const { window, position, horizon, offset, skip } = cursor;
  const start = seconds(position.startTime);
  return encodeCursor('b', scope, [
    window.start,
    window.end,
    start,
    position.clusterBackupId,
    Math.max(0, horizon - start),
    Math.max(0, offset),
    skip,
  ]);
}

/** Raises `BadInput` for everything that `encodeRowCursor` did not make for this scope. */
export function decodeRowCursor(scope: string, text: string, argument: 'after' | 'before'): RowCursor {
  const parts = partsSchema.safeParse(decodeCursor('b', scope, text, argument));
  if (!parts.success) throw new BadInput(`${argument}: expected a cursor of this gateway`);
  const [windowStart, windowEnd, start, clusterBackupId, untilHorizon, offset, skip] = parts.data;
  return {
    window: { start: windowStart, end: windowEnd },
    position: { startTime: instant(start), clusterBackupId },
    horizon: start + untilHorizon,
    offset,
    skip,
  };
}
