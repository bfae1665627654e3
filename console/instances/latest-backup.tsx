import { count, formatBytes } from '../formatting/amounts.ts';
import { formatAge } from '../formatting/moments.ts';
import type { BackupOutcomeFragment } from '../generated/graphql.ts';
import { isFailed, type Night } from '../nights/nights.ts';

/** The newest backup in a few words, and whether the days before need a look. */
export function LatestBackup(props: {
  backups: readonly BackupOutcomeFragment[];
  nights: readonly Night[];
  now: number;
}) {
  const { backups, nights, now } = props;
  const latest = backups[0];
  const failed = nights.filter(({ outcome }) => outcome === 'failed').length;
  const missing = nights.filter(({ outcome }) => outcome === 'missing').length;
  return (
    <>
      {latest === undefined ? <span className="latest-none">no backup</span> : <Latest backup={latest} now={now} />}
      {failed + missing > 0 && (
        <span className="cell-minor">
          {failed > 0 && <span className="latest-trouble">{count(failed, 'day')} failed</span>}
          {failed > 0 && missing > 0 && ', '}
          {missing > 0 && <span className="latest-missing">{count(missing, 'day')} missing</span>}
        </span>
      )}
    </>
  );
}

function Latest({ backup, now }: { backup: BackupOutcomeFragment; now: number }) {
  const age = backup.startTime ? formatAge(now - Date.parse(backup.startTime)) : '';
  if (backup.status === 'RUNNING') {
    return (
      <span className="latest-running">
        running {backup.progressPercent === null ? '' : `${backup.progressPercent} %`}
      </span>
    );
  }
  if (isFailed(backup)) return <span className="latest-failed">failed {age}</span>;
  return (
    <span>
      {age}
      {backup.sizeBytes !== null && <span className="latest-size"> · {formatBytes(backup.sizeBytes)}</span>}
    </span>
  );
}
