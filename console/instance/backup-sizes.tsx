import { useEffect, useRef, useState } from 'react';
import { count, formatBytes } from '../formatting/amounts.ts';
import { DAY } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed } from '../nights/nights.ts';

/** How the size of the backups goes, as a picture and in a sentence. */
export function BackupSizes(props: {
  backups: readonly BackupOutcomeFragment[] | undefined;
  days: number;
  now: number;
}) {
  const { backups, days, now } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const element = frame.current;
    if (element === null || backups === undefined) return;
    let width = 0;
    let ended = false;
    const draw = async () => {
      // The plotting library is larger than all the rest, so it comes when it is needed.
      const { drawSizes } = await import('./size-plot.ts');
      if (!ended) element.replaceChildren(drawSizes(backups, { width, days, now }));
    };
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      if (next === width) return;
      width = next;
      draw().catch(() => setFailed(true));
    });
    observer.observe(element);
    return () => {
      ended = true;
      observer.disconnect();
    };
  }, [backups, days, now]);

  const sentence = backups === undefined ? 'Loading …' : inASentence(backups);
  const isEmpty = backups !== undefined && !backups.some(isMeasured);
  return (
    <>
      {!isEmpty && <div className="size-plot" ref={frame} role="img" aria-label={sentence} />}
      <p className="panel-foot">{failed ? 'The picture could not be drawn.' : sentence}</p>
    </>
  );
}

function inASentence(backups: readonly BackupOutcomeFragment[]): string {
  const whole = backups.filter(isMeasured);
  const [newest, oldest] = [whole[0], whole.at(-1)];
  if (newest?.sizeBytes == null || oldest?.sizeBytes == null) return 'No finished backup to measure.';
  if (newest === oldest) return `One backup of ${formatBytes(newest.sizeBytes)}.`;
  const span = Date.parse(newest.startTime ?? '') - Date.parse(oldest.startTime ?? '');
  const change = (newest.sizeBytes / oldest.sizeBytes - 1) * 100;
  const direction =
    Math.abs(change) < 0.5
      ? 'about the same as'
      : `${Math.abs(change).toFixed(0)} % ${change > 0 ? 'more' : 'less'} than`;
  return `${formatBytes(newest.sizeBytes)} now, ${direction} ${count(Math.max(1, Math.round(span / DAY)), 'day')} earlier.`;
}

function isMeasured(backup: BackupOutcomeFragment): boolean {
  return backup.status === 'OK' && !isFailed(backup) && backup.sizeBytes !== null;
}
