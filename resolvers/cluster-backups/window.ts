import { BadInput } from '../bad-input.ts';

/** `startTime` and `endTime` of a connection, as asked: epoch milliseconds, or absent. */
export interface AskedWindow {
  startTime?: number | undefined;
  endTime?: number | undefined;
}

/** A window whose ends are fixed, in whole seconds since the epoch, both inclusive: which start times belong to it. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /**
   * What the window means when its end moves with the clock: a first page is then cached by this and not by its minutes.
   * Absent once a cursor has pinned it, and for windows with a given end.
   */
  readonly meaning?: string;
}

const MINUTE = 60;
/** Without `startTime` and `endTime` a window is this long. */
const DEFAULT_LENGTH = 30 * 24 * 60 * MINUTE;

/**
 * How far an upstream call looks past a moment for backups that started before it and ended after it, in seconds: the upstream
 * does not publish whether its range looks at starts or at ends, and this makes both readings give the same rows, for
 * backups that take no longer.
 */
export const RANGE_MARGIN = 60 * MINUTE;

/** The window that the arguments mean at `now` (epoch milliseconds). Raises `BadInput`. */
export function windowOf(asked: AskedWindow, now: number): Window {
  const end = asked.endTime === undefined ? Math.floor(now / 1000) : Math.floor(asked.endTime / 1000);
  if (asked.startTime !== undefined && asked.endTime !== undefined && asked.startTime > asked.endTime) {
    throw new BadInput(`startTime: expected a time before endTime, ${iso(end)}, got ${iso(asked.startTime / 1000)}`);
  }
  const start = asked.startTime === undefined ? end - DEFAULT_LENGTH : Math.ceil(asked.startTime / 1000);
  if (asked.endTime !== undefined) return { start, end };
  if (start > end) throw new BadInput(`startTime: expected a time before now, ${iso(end)}, got ${iso(start)}`);
  return { start, end, meaning: asked.startTime === undefined ? `last ${DEFAULT_LENGTH} s` : `since ${start}` };
}

/** The window arguments as text: cursors are bound to them. */
export function askedWindowText(asked: AskedWindow): string {
  return `${asked.startTime ?? ''}~${asked.endTime ?? ''}`;
}

/** `StartTime` of the calls for a window, in seconds: the last whole minute before it, as the upstream's border may be open. */
export function upstreamStart(start: number): number {
  return (Math.ceil(start / MINUTE) - 1) * MINUTE;
}

/** The first whole minute after a moment, in seconds. */
export function minuteAfter(moment: number): number {
  return (Math.floor(moment / MINUTE) + 1) * MINUTE;
}

/** The last whole minute that is not after a moment, in seconds. */
export function minuteNotAfter(moment: number): number {
  return Math.floor(moment / MINUTE) * MINUTE;
}

/** `EndTime` of the first call for a window, in seconds; nothing that has started by `now` can end unseen after it. */
export function upstreamEnd(end: number, now: number): number {
  const least = minuteAfter(end);
  return Math.max(least, Math.min(minuteAfter(end + RANGE_MARGIN), minuteAfter(Math.floor(now / 1000))));
}

function iso(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString().replace('.000Z', 'Z');
}
