import { z } from 'zod';
import { decodeCursor, encodeCursor, notOurs } from '../cursor.ts';
import type { Mark, Marks } from './marks.ts';
import { instant, type Position, seconds } from './row-order.ts';
import { FIRST_MINUTE, LAST_MINUTE, RANGE_MARGIN, type Window } from './window.ts';

/** What a cursor of cluster backups remembers: a row and the window it was found in, not a number. */
export interface RowCursor {
  /** The window of the first page: later pages read the same one, however the clock has moved. */
  readonly window: Window;
  readonly position: Position;
  /** The longest time that a backup was seen to take, in seconds; what is shorter than the margin does not matter. */
  readonly longest: number;
  /** Where to find the row; undefined where the upstream's pages are in no order, so that rows have no places. */
  readonly marks: Marks | undefined;
}

const base36 = z
  .string()
  .regex(/^-?[0-9a-z]{1,8}$/)
  .transform((text) => Number.parseInt(text, 36));
const moment = base36.pipe(z.int().min(FIRST_MINUTE).max(LAST_MINUTE));
const duration = base36.pipe(
  z
    .int()
    .min(0)
    .max(LAST_MINUTE - FIRST_MINUTE),
);
/** `end.offset`, the end in minutes after the row's own minute. */
const mark = z
  .string()
  .regex(/^-?[0-9a-z]{1,7}\.[0-9a-z]{1,6}$/)
  .transform((text) => text.split('.').map((part) => Number.parseInt(part, 36)) as [number, number])
  .optional();
const emptyAsAbsent = (text: string) => (text === '' ? undefined : text);

const cursorSchema = z
  .tuple([moment, duration, moment, duration, mark, mark, mark, z.string().min(1).max(128)])
  .refine(([end, length, start]) => start <= end && start >= end - length);
const PARTS = 8;

/** The cursor as clients get it, for a connection of this scope; see `decodeRowCursor`. */
export function encodeRowCursor(scope: string, { window, position, longest, marks }: RowCursor): string {
  const start = seconds(position.startTime);
  const markText = (mark: Mark | undefined) =>
    mark === undefined ? '' : `${(mark.end / 60 - Math.floor(start / 60)).toString(36)}.${mark.offset.toString(36)}`;
  return encodeCursor('b', scope, [
    window.end,
    window.end - window.start,
    start,
    longest <= RANGE_MARGIN / 2 ? 0 : longest,
    markText(marks?.near),
    markText(marks?.middle),
    markText(marks?.far),
    position.clusterBackupId,
  ]);
}

/** Raises `BadInput` for everything that `encodeRowCursor` did not make for this scope. */
export function decodeRowCursor(scope: string, text: string, argument: 'after' | 'before'): RowCursor {
  const decoded = decodeCursor('b', scope, PARTS, text, argument);
  const parts = cursorSchema.safeParse(decoded.map((part, index) => (index < PARTS - 1 ? emptyAsAbsent(part) : part)));
  if (!parts.success) throw notOurs(argument);
  const [end, length, start, longest, near, middle, far, clusterBackupId] = parts.data;
  const markOf = (mark: [number, number]): Mark => ({
    end: Math.min(LAST_MINUTE, (Math.floor(start / 60) + mark[0]) * 60),
    offset: mark[1],
  });
  return {
    window: { start: end - length, end },
    position: { startTime: instant(start), clusterBackupId },
    longest,
    marks: near && far && { near: markOf(near), middle: middle && markOf(middle), far: markOf(far) },
  };
}
