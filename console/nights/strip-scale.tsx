import { DAY, formatDayOfMonth } from '../formatting/moments.ts';
import { STRIP_DAYS } from './nights.ts';
import { middleOfDay, stripWidth } from './nights-strip.tsx';

/** Dates over the strips, one a week, counted back from today. */
export function StripScale({ today }: { today: number }) {
  const marks = [28, 21, 14, 7].map((back) => ({ index: STRIP_DAYS - 1 - back, day: (today - back) * DAY }));
  return (
    <>
      <span className="visually-hidden">Last {STRIP_DAYS} days</span>
      <svg className="strip-scale" width={stripWidth(STRIP_DAYS)} height="16" aria-hidden="true">
        {marks.map(({ index, day }) => (
          <text key={day} x={middleOfDay(index)} y="12" textAnchor="middle">
            {formatDayOfMonth(day)}
          </text>
        ))}
        <text x={stripWidth(STRIP_DAYS)} y="12" textAnchor="end">
          today
        </text>
      </svg>
    </>
  );
}
