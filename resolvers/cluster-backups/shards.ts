import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { LARGEST_PAGE, pageSizeFor } from '../page-plan.ts';
import type { PageSource } from './page-source.ts';
import { instant, seconds, sortTime } from './row-order.ts';
import type { Stretch } from './stretch.ts';
import { minuteAfter, RANGE_MARGIN, upstreamStart } from './window.ts';

/** A page is never planned to the last row: some may have been created since the rows were seen. */
const SPARE = 5;

/**
 * The same rows with their shards, for rows that were read without: one call for each group of them that a page can hold together
 * with the rows in between. A row that has gone meanwhile is left out.
 */
export async function readShards(
  source: PageSource,
  stretch: Stretch,
  indices: readonly number[],
  withLinks: boolean,
): Promise<ClusterBackupRow[]> {
  const rows = new Map<string, ClusterBackupRow>();
  for (const group of groups(stretch, indices)) {
    const read = await source.read({ ...group.range, pageNumber: 1, withShards: true, withLinks });
    for (const row of read.rows) rows.set(row.clusterBackupId, row);
  }
  return indices.flatMap((index) => {
    const row = stretch.seen[index] as ClusterBackupRow;
    // Nobody can look for a row by a start that cannot be read: it stays as it was seen.
    return rows.get(row.clusterBackupId) ?? (row.startTime === null ? row : []);
  });
}

function* groups(stretch: Stretch, indices: readonly number[]) {
  for (let first = 0, last = 0; first < indices.length; first = ++last) {
    let range = rangeOf(stretch, indices[first] as number, indices[first] as number);
    while (last + 1 < indices.length) {
      const wider = rangeOf(stretch, indices[first] as number, indices[last + 1] as number);
      if (wider.count > LARGEST_PAGE) break;
      range = wider;
      last += 1;
    }
    yield { range: { start: range.start, end: range.end, pageSize: pageSizeFor(range.count) } };
  }
}

/** The range that shows the rows `first` to `last` of a stretch, and how many rows it returns. */
function rangeOf(stretch: Stretch, first: number, last: number): { start: number; end: number; count: number } {
  const { seen, longest } = stretch;
  const newest = seen[first] as ClusterBackupRow;
  const oldest = seen[last] as ClusterBackupRow;
  const end = minuteAfter(seconds(sortTime(newest)) + Math.max(longest, RANGE_MARGIN));
  const start = upstreamStart(seconds(sortTime(oldest)));
  const until = instant(end);
  const since = instant(start);
  let before = first;
  while (before > 0 && sortTime(seen[before - 1] as ClusterBackupRow) <= until) before -= 1;
  let behind = last + 1;
  while (behind < seen.length && sortTime(seen[behind] as ClusterBackupRow) >= since) behind += 1;
  return { start, end, count: behind - before + (before === 0 ? SPARE : 0) };
}
