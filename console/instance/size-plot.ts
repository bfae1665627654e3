import { areaY, axisX, axisY, dot, gridY, lineY, plot, pointerX, ruleX, ruleY, tip } from '@observablehq/plot';
import { formatBytes } from '../formatting/amounts.ts';
import { DAY, dayNumber, formatDayOfMonth, formatMoment } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed } from '../nights/nights.ts';

interface Size {
  begun: Date;
  bytes: number;
  mode: string;
}

/** The sizes of finished backups over the days, as an SVG element; scheduled ones are joined by a line. */
export function drawSizes(
  backups: readonly BackupOutcomeFragment[],
  { width, days, now }: { width: number; days: number; now: number },
): Element {
  const sizes = backups.flatMap((backup): Size[] =>
    backup.status === 'OK' && !isFailed(backup) && backup.startTime && backup.sizeBytes !== null
      ? [{ begun: new Date(backup.startTime), bytes: backup.sizeBytes, mode: backup.mode ?? 'UNKNOWN' }]
      : [],
  );
  const scheduled = sizes.filter(({ mode }) => mode !== 'MANUAL');
  const manual = sizes.filter(({ mode }) => mode === 'MANUAL');
  const from = (dayNumber(now) - days + 1) * DAY;
  const top = Math.max(1, ...sizes.map(({ bytes }) => bytes)) * 1.1;
  const place = { x: 'begun', y: 'bytes' };
  const figure = plot({
    width: Math.max(width, 240),
    height: 170,
    marginLeft: 62,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 24,
    className: 'size-figure',
    x: { type: 'utc', domain: [from, from + days * DAY] },
    y: { domain: [0, top] },
    marks: [
      gridY({ ticks: binaryTicks(top), stroke: 'var(--line)', strokeOpacity: 1 }),
      axisY({
        ticks: binaryTicks(top),
        tickFormat: (bytes: number) => formatBytes(bytes).replace(/\.0+(?= )/, ''),
        tickSize: 0,
        label: null,
      }),
      axisX({
        ticks: daysToName(from, days, width),
        tickFormat: (day: Date) =>
          dayNumber(day.getTime()) === dayNumber(now) ? 'today' : formatDayOfMonth(day.getTime()),
        tickSize: 0,
        label: null,
      }),
      ruleY([0], { stroke: 'var(--line-strong)' }),
      areaY(scheduled, { ...place, fill: 'var(--ok)', fillOpacity: 0.14, curve: 'monotone-x' }),
      lineY(scheduled, { ...place, stroke: 'var(--ok)', strokeWidth: 1.5, curve: 'monotone-x' }),
      dot(scheduled, { ...place, fill: 'var(--ok)', r: 2 }),
      dot(manual, { ...place, fill: 'var(--surface)', stroke: 'var(--ok)', symbol: 'diamond', r: 4 }),
      ruleX(sizes, pointerX({ ...place, stroke: 'var(--line-strong)' })),
      tip(
        sizes,
        pointerX({
          ...place,
          title: ({ begun, bytes, mode }: Size) =>
            `${formatMoment(begun.getTime())}\n${formatBytes(bytes)}${mode === 'MANUAL' ? ', manual' : ''}`,
          fill: 'var(--surface)',
          stroke: 'var(--line-strong)',
        }),
      ),
    ],
  });
  // The page allows no style elements; the console's own style sheet has these rules.
  for (const style of figure.querySelectorAll('style')) style.remove();
  return figure;
}

/** The middles of some days: the last one, and so many before it as there is room for. */
function daysToName(from: number, days: number, width: number): Date[] {
  const every = [1, 2, 7, 14, 28].find((step) => ((width - 74) / days) * step >= 54) ?? 28;
  const named: Date[] = [];
  for (let back = 0; back < days; back += every) named.push(new Date(from + (days - 0.5 - back) * DAY));
  return named;
}

/** Three or four round amounts of bytes up to a limit. */
function binaryTicks(limit: number): number[] {
  let step = 1;
  while (limit / step > 4) step *= 2;
  return Array.from({ length: Math.floor(limit / step) + 1 }, (_, index) => index * step);
}
