import { useLayoutEffect, useRef, useState } from 'react';
import { formatAddress, type InstanceAddress } from '../address/address.ts';
import { DAY, formatDay, formatDayOfMonth, formatMoment } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed, type Night } from '../nights/nights.ts';
import { describeNights } from '../nights/nights-strip.tsx';

const PLOT_HEIGHT = 116;
const TOP = 8;
/** As in the plot of sizes below, so that days stand under days. */
const LEFT = 62;
const RIGHT = 12;
const BOTTOM = 22;
const HOURS = [0, 6, 12, 18, 24];

/** Every backup by its day, from left to right, and its time of day, from top to bottom: a schedule that slips shows. */
export function BackupTimeline(props: { nights: readonly Night[] | undefined; address: InstanceAddress; now: number }) {
  const { nights, address, now } = props;
  const [frame, width] = useWidth();
  const inner = Math.max(0, width - LEFT - RIGHT);
  const days = nights?.length ?? address.days;
  const column = inner / days;
  const everyDays = [1, 2, 7, 14, 28].find((step) => step * column >= 54) ?? 28;
  const y = (timeOfDay: number) => TOP + (timeOfDay / DAY) * PLOT_HEIGHT;
  return (
    <div className="timeline" ref={frame}>
      {width > 0 && (
        <svg
          width={width}
          height={TOP + PLOT_HEIGHT + BOTTOM}
          role="img"
          aria-label={nights === undefined ? 'Loading' : `${describeNights(nights)}. The table below has the same.`}
        >
          {HOURS.map((hour) => (
            <g key={hour} className="timeline-hour">
              <line x1={LEFT} x2={LEFT + inner} y1={y(hour * 3_600_000)} y2={y(hour * 3_600_000)} />
              <text x={LEFT - 8} y={y(hour * 3_600_000) + 3.5} textAnchor="end">
                {String(hour).padStart(2, '0')}:00
              </text>
            </g>
          ))}
          {nights?.map((night, index) => {
            const x = LEFT + (index + 0.5) * column;
            const back = days - 1 - index;
            return (
              <g key={night.day}>
                {back % everyDays === 0 && (
                  <text
                    className="timeline-day"
                    x={back === 0 ? LEFT + inner : x}
                    y={TOP + PLOT_HEIGHT + 16}
                    textAnchor={back === 0 ? 'end' : 'middle'}
                  >
                    {back === 0 ? 'today' : formatDayOfMonth(night.day)}
                  </text>
                )}
                {night.outcome === 'missing' && (
                  <rect
                    className="timeline-missing"
                    x={x - Math.min(column, 14) / 2 + 1}
                    y={TOP}
                    width={Math.min(column, 14) - 2}
                    height={PLOT_HEIGHT}
                    rx="2"
                  >
                    <title>{formatDay(night.day)}: no backup, and one was expected</title>
                  </rect>
                )}
                {night.backups.map((backup) => (
                  <BackupMark key={backup.id} backup={backup} x={x} y={y} address={address} />
                ))}
              </g>
            );
          })}
          <NowLine from={LEFT + inner - column} to={LEFT + inner} y={y(now % DAY)} />
        </svg>
      )}
    </div>
  );
}

function BackupMark(props: {
  backup: BackupOutcomeFragment;
  x: number;
  y: (timeOfDay: number) => number;
  address: InstanceAddress;
}) {
  const { backup, x, y, address } = props;
  if (!backup.startTime) return null;
  const begun = Date.parse(backup.startTime);
  const outcome = isFailed(backup) ? 'failed' : backup.status === 'RUNNING' ? 'running' : 'ok';
  const isShown = backup.clusterBackupId === address.clusterBackupId;
  const className = `mark mark-${outcome}${backup.mode === 'MANUAL' ? ' mark-manual' : ''}${isShown ? ' is-shown' : ''}`;
  return (
    <a
      href={formatAddress({ ...address, clusterBackupId: backup.clusterBackupId })}
      tabIndex={-1}
      className={className}
    >
      <g transform={`translate(${x} ${y(begun % DAY)})`}>
        <title>{`${formatMoment(begun)}: ${outcome}${backup.mode === 'MANUAL' ? ', manual' : ''}`}</title>
        <circle className="mark-target" r="9" />
        {outcome === 'failed' ? (
          <path className="mark-sign" d="M-4.5 -4.5 4.5 4.5M4.5 -4.5 -4.5 4.5" />
        ) : backup.mode === 'MANUAL' ? (
          <path className="mark-sign" d="M0 -4.5 4.5 0 0 4.5 -4.5 0Z" />
        ) : (
          <circle className="mark-sign" r="3.5" />
        )}
      </g>
    </a>
  );
}

function NowLine({ from, to, y }: { from: number; to: number; y: number }) {
  return (
    <path className="timeline-now" d={`M${from} ${y}H${to}`}>
      <title>now</title>
    </path>
  );
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}
