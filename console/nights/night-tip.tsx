import { formatBytes, inWords } from '../formatting/amounts.ts';
import { formatDay, formatTime } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed, type Night, type NightOutcome } from './nights.ts';
import { middleOfDay } from './nights-strip.tsx';

const WITHOUT_BACKUPS: Record<NightOutcome, string> = {
  missing: 'No backup, and one was expected.',
  due: 'Not yet: today’s is still to come.',
  none: 'None expected, or no longer kept.',
  unknown: 'Not read: there are more backups than one page holds.',
  ok: '',
  failed: '',
  running: '',
};

const SHOWN_BACKUPS = 4;

/** What happened on the day that is pointed at. */
export function NightTip({ night, index }: { night: Night; index: number }) {
  const side = index > 14 ? { right: `calc(100% - ${middleOfDay(index) + 12}px)` } : { left: middleOfDay(index) - 12 };
  const more = night.backups.length - SHOWN_BACKUPS;
  return (
    <div className="night-tip" role="status" style={side}>
      <strong>{formatDay(night.day)}</strong>
      {night.backups.length === 0 ? (
        <p>{WITHOUT_BACKUPS[night.outcome]}</p>
      ) : (
        <ul>
          {night.backups.slice(0, SHOWN_BACKUPS).map((backup) => (
            <li key={backup.id}>{describe(backup)}</li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
      )}
    </div>
  );
}

function describe(backup: BackupOutcomeFragment): string {
  const begun = backup.startTime ? formatTime(Date.parse(backup.startTime)) : '';
  const ended = backup.endTime ? `–${formatTime(Date.parse(backup.endTime))}` : '';
  const time = begun && `${begun}${ended} UTC`;
  const outcome = isFailed(backup)
    ? 'failed'
    : backup.status === 'RUNNING'
      ? `running ${backup.progressPercent ?? 0} %`
      : inWords(backup.status ?? 'UNKNOWN');
  const size = backup.status === 'OK' && backup.sizeBytes !== null ? formatBytes(backup.sizeBytes) : undefined;
  const mode = backup.mode === 'MANUAL' ? 'manual' : undefined;
  return [time, outcome, size, mode].filter(Boolean).join(' · ');
}
