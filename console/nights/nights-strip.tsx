import { memo } from 'react';
import { count } from '../formatting/amounts.ts';
import { formatDay } from '../formatting/moments.ts';
import type { Night, NightOutcome } from './nights.ts';

const CELL = 10;
const HEIGHT = 22;

/** Width of a strip of so many days, in pixels. */
export function stripWidth(days: number): number {
  return days * CELL - 2;
}

/** Which day of a strip is at so many pixels from its left end. */
export function dayAt(offset: number, days: number): number {
  return Math.min(days - 1, Math.max(0, Math.floor((offset + 1) / CELL)));
}

/** Where the middle of a day is, in pixels from the left end. */
export function middleOfDay(index: number): number {
  return index * CELL + (CELL - 2) / 2;
}

/**
 * One cell a day. What is in order stays low and calm; what is not stands at full height, with a sign of its own, so
 * that it shows without colour as well.
 */
export const NightsStrip = memo(function NightsStrip({ nights }: { nights: readonly Night[] }) {
  const width = stripWidth(nights.length);
  return (
    <svg
      className="strip"
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={describeNights(nights)}
    >
      {nights.map((night, index) => (
        <g key={night.day} className={`night night-${night.outcome}`} transform={`translate(${index * CELL} 0)`}>
          <NightSign outcome={night.outcome} percent={progressOf(night)} />
        </g>
      ))}
    </svg>
  );
});

/** The sign of an outcome in a box of 8 by 22 pixels. */
export function NightSign({ outcome, percent = 50 }: { outcome: NightOutcome; percent?: number | undefined }) {
  switch (outcome) {
    case 'ok':
      return <rect className="night-body" y="10" width="8" height="12" rx="1.5" />;
    case 'failed':
      return (
        <>
          <rect className="night-body" width="8" height="22" rx="1.5" />
          <path className="night-sign" d="M2 8.5 6 13.5M6 8.5 2 13.5" />
        </>
      );
    case 'missing':
      return <rect className="night-body" x="0.75" y="0.75" width="6.5" height="20.5" rx="1.5" />;
    case 'running': {
      const height = 2 + (18 * percent) / 100;
      return (
        <>
          <rect className="night-frame" x="0.5" y="0.5" width="7" height="21" rx="1.5" />
          <rect className="night-body" x="2" y={20 - height + 0.5} width="4" height={height} />
        </>
      );
    }
    case 'due':
      return <circle className="night-body" cx="4" cy="18" r="2.75" />;
    case 'unknown':
      return <rect className="night-body" x="0.5" y="10.5" width="7" height="11" rx="1.5" />;
    case 'none':
      return <rect className="night-body" x="2.5" y="20" width="3" height="2" />;
  }
}

/** What a strip says, in words: what is out of order by its day, the rest by number. */
export function describeNights(nights: readonly Night[]): string {
  const days = (outcome: NightOutcome) => nights.filter((night) => night.outcome === outcome);
  const listed = (outcome: NightOutcome) => {
    const found = days(outcome);
    const shown = found.slice(-5).map(({ day }) => formatDay(day));
    const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : '';
    return `${count(found.length, 'day')} ${outcome}: ${shown.join(', ')}${more}`;
  };
  const parts = [`Last ${nights.length} days: ${days('ok').length} ok`];
  for (const outcome of ['failed', 'missing', 'running'] as const) {
    if (days(outcome).length > 0) parts.push(listed(outcome));
  }
  return parts.join('; ');
}

function progressOf(night: Night): number | undefined {
  return night.backups.find(({ status }) => status === 'RUNNING')?.progressPercent ?? undefined;
}
