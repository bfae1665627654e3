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
   * Present while the end lies in what is still to come, or moves with the clock: the first page pins it to what there was by then, so that no walk
   * runs after what is created meanwhile.
   */
  readonly open?: {
    /** When the first page was asked for, in seconds. */
    readonly now: number;
    /** What the window means where its end moves with the clock: a first page is then cached by this and not by its minutes. */
    readonly meaning: string | undefined;
  };
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** Without `startTime` and `endTime` a window is this long. */
const DEFAULT_LENGTH = 30 * DAY;

/** The first and the last whole minute that the wire can say, in seconds: years 1 to 9999. */
export const FIRST_MINUTE = -62_135_596_800;
export const LAST_MINUTE = 253_402_300_740;

/**
 * How far a call looks past a moment for backups that started before it and ended after it, in seconds, where none was seen to take longer:
 * the upstream does not publish whether its range looks at starts or at ends, and this makes both readings give the same rows.
 */
export const RANGE_MARGIN = 60 * MINUTE;

/** No backup takes longer, in seconds; what says so hangs, or has a wrong end. */
export const LONGEST_BACKUP = DAY;

/** How far a call looks past a moment where the longest backup seen took so many seconds. */
export function reachOf(longest: number): number {
  return Math.min(LONGEST_BACKUP, Math.max(RANGE_MARGIN, Math.ceil(longest * 1.5)));
}

/** The window that the arguments mean at `now` (epoch milliseconds). Raises `BadInput`. */
export function windowOf(asked: AskedWindow, now: number): Window {
  const { startTime, endTime } = asked;
  const nowSeconds = Math.floor(now / 1000);
  const end = within(endTime === undefined ? nowSeconds : Math.floor(endTime / 1000));
  if (startTime !== undefined && endTime !== undefined && startTime > endTime) {
    throw new BadInput(`startTime: expected a time before endTime, ${iso(end)}, got ${iso(startTime / 1000)}`);
  }
  const start = within(startTime === undefined ? end - DEFAULT_LENGTH : Math.ceil(startTime / 1000));
  if (endTime !== undefined)
    return end < nowSeconds ? { start, end } : { start, end, open: { now: nowSeconds, meaning: undefined } };
  if (start > end) throw new BadInput(`startTime: expected a time before now, ${iso(end)}, got ${iso(start)}`);
  const meaning = startTime === undefined ? `last ${DEFAULT_LENGTH} s` : `since ${start}`;
  return { start, end, open: { now: nowSeconds, meaning } };
}

/** The window arguments as text: cursors are bound to them. */
export function askedWindowText(asked: AskedWindow): string {
  return `${asked.startTime ?? ''}~${asked.endTime ?? ''}`;
}

/** `StartTime` of the calls for a window, in seconds: the last whole minute before it, as the upstream's border may be open. */
export function upstreamStart(start: number): number {
  return Math.max(FIRST_MINUTE, (Math.ceil(start / MINUTE) - 1) * MINUTE);
}

/**
 * `StartTime` of the calls that read on from a row, in seconds: a day's beginning, so that windows whose start moves with the clock ask for the same
 * and find each other's answers. Pages are newest first, so what is older than the window comes at their end only, and is cut off here.
 */
export function seekStart(start: number): number {
  return Math.max(FIRST_MINUTE, Math.floor(upstreamStart(start) / DAY) * DAY);
}

/** The first whole minute after a moment, in seconds. */
export function minuteAfter(moment: number): number {
  return Math.min(LAST_MINUTE, (Math.floor(moment / MINUTE) + 1) * MINUTE);
}

/** The last whole minute that is not after a moment, in seconds. */
export function minuteNotAfter(moment: number): number {
  return Math.floor(moment / MINUTE) * MINUTE;
}

/** So much later than our clock, as an operation begins, it may be in the upstream when it answers, in seconds. */
const CLOCK_SLACK = MINUTE;

/**
 * `EndTime` of the calls that show a window's newest rows, in seconds: as far past the window as such a backup may have ended, but not
 * past `now` (epoch milliseconds), since nothing has ended later.
 */
export function upstreamEnd(end: number, now: number, reach: number): number {
  const present = minuteAfter(Math.floor(now / 1000) + CLOCK_SLACK);
  return Math.max(minuteAfter(end), Math.min(minuteAfter(end + reach), present));
}

/** A moment that the wire can say, with a minute to either side. */
function within(moment: number): number {
  return Math.min(LAST_MINUTE - 1, Math.max(FIRST_MINUTE + MINUTE, moment));
}

function iso(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString().replace('.000Z', 'Z');
}
