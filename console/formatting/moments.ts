/** A day in milliseconds; days of UTC have no other length. */
export const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

const dayFormat = format({ weekday: 'short', day: 'numeric', month: 'short' });
const weekdayFormat = format({ weekday: 'short' });
const dayOfMonthFormat = format({ day: 'numeric', month: 'short' });
const dateFormat = format({ day: 'numeric', month: 'short', year: 'numeric' });
const timeFormat = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `Sat 8 Nov`, in UTC. */
export function formatDay(moment: number): string {
  return dayFormat.format(moment).replace(',', '');
}

/** `Sat`, in UTC. */
export function formatWeekday(moment: number): string {
  return weekdayFormat.format(moment);
}

/** `8 Nov`, in UTC. */
export function formatDayOfMonth(moment: number): string {
  return dayOfMonthFormat.format(moment);
}

/** `8 Nov 2026`, in UTC. */
export function formatDate(moment: number): string {
  return dateFormat.format(moment);
}

/** `01:12`, in UTC. */
export function formatTime(moment: number): string {
  return timeFormat.format(moment);
}

/** `Sat 8 Nov 01:12 UTC`. */
export function formatMoment(moment: number): string {
  return `${formatDay(moment)} ${formatTime(moment)} UTC`;
}

/** `45 s`, `12 min`, `1 h 5 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) {
    const rest = seconds % 60;
    return minutes < 10 && rest > 0 ? `${Math.floor(seconds / 60)} min ${rest} s` : `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const rest = hours % 24;
  return rest === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${rest} h`;
}

/** `just now`, `12 min ago`, `6 h ago`, `3 d ago`: one unit, for the eye. */
export function formatAge(milliseconds: number): string {
  if (milliseconds < MINUTE) return 'just now';
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min ago`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h ago`;
  return `${Math.floor(milliseconds / DAY)} d ago`;
}

/** Number of the day of a moment, counted in UTC. */
export function dayNumber(moment: number): number {
  return Math.floor(moment / DAY);
}

/**
 * Where a look back over so many days begins: at midnight UTC, today included. The same text all day long, so that
 * the gateway can answer from its cache.
 */
export function startOfLookBack(days: number, now: number): string {
  return new Date((dayNumber(now) - days + 1) * DAY).toISOString();
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
}
