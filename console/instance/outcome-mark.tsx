import { inWords } from '../formatting/amounts.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed, type NightOutcome } from '../nights/nights.ts';
import { NightSign } from '../nights/nights-strip.tsx';

/** How a backup came out: its sign and a word. */
export function OutcomeMark({ backup }: { backup: BackupOutcomeFragment }) {
  const outcome = outcomeOf(backup);
  const percent = backup.progressPercent ?? 0;
  return (
    <span className={`outcome outcome-${outcome}`}>
      <svg className="strip" width="6" height="16" viewBox="0 0 8 22" aria-hidden="true">
        <g className={`night night-${outcome}`}>
          <NightSign outcome={outcome} percent={percent} />
        </g>
      </svg>
      {outcome === 'running' ? `running ${percent} %` : wordOf(backup)}
    </span>
  );
}

function outcomeOf(backup: BackupOutcomeFragment): NightOutcome {
  if (isFailed(backup)) return 'failed';
  if (backup.status === 'RUNNING') return 'running';
  return backup.status === 'OK' ? 'ok' : 'unknown';
}

function wordOf(backup: BackupOutcomeFragment): string {
  if (backup.status === 'OK' && isFailed(backup)) return 'not restorable';
  return inWords(backup.status ?? 'UNKNOWN');
}
