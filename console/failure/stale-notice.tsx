import { formatDuration } from '../formatting/moments.ts';

/** Says that what is shown is a copy, and how old it is. */
export function StaleNotice({ seconds, onRetry }: { seconds: number | undefined; onRetry: () => void }) {
  if (seconds === undefined) return null;
  return (
    <p className="notice-line notice-stale" role="status">
      Alibaba Cloud does not answer at the moment, or limits calls: this is a copy, {formatDuration(seconds * 1000)}{' '}
      old.{' '}
      <button type="button" className="link" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}
