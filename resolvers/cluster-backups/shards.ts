import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { type BackupPagePlan, LARGEST_PAGE, pageHolding, pageSizeFor } from '../page-plan.ts';
import { readById } from './lookup.ts';
import type { PageSource } from './page-source.ts';
import { countLater, seconds, sortTime } from './row-order.ts';
import { cursorAt, type Stretch } from './stretch.ts';
import { minuteAfter, reachOf, upstreamStart } from './window.ts';

/** A page is never planned to the last row: some may have been created since the rows were seen. */
const SPARE = 2;

interface Group {
  range: { start: number; end: number };
  page: BackupPagePlan;
}

/**
 * The same rows with their shards, for rows that were read without: one call for each group of them that a page can hold together
 * with the rows in between. A row that has gone meanwhile is left out.
 */
export async function readShards(
  source: PageSource,
  stretch: Stretch,
  indices: readonly number[],
  withLinks: boolean,
): Promise<{ row: ClusterBackupRow; index: number }[]> {
  const readFor = { withShards: true, withLinks };
  const found = new Map<string, ClusterBackupRow>();
  const read = async ({ range, page }: Group) => {
    const { rows } = await source.read({ ...range, ...page, ...readFor });
    for (const row of rows) found.set(row.clusterBackupId, row);
  };
  await Promise.all(groups(stretch, indices).map(read));
  const rowAt = (index: number) => stretch.seen[index] as ClusterBackupRow;
  // Few, unless the rows have moved from where they stood or take more than a page where they stand.
  const missing = indices.filter((index) => !found.has(rowAt(index).clusterBackupId));
  await Promise.all(
    missing.map(async (index) => {
      const { clusterBackupId, startTime } = rowAt(index);
      // Where a start cannot be read, its place here says nothing of where the upstream has it.
      const row = await readById(source, clusterBackupId, startTime === null ? 0 : seconds(startTime), readFor);
      if (row !== undefined) found.set(clusterBackupId, row);
    }),
  );
  return indices.flatMap((index) => {
    const row = found.get(rowAt(index).clusterBackupId);
    return row === undefined ? [] : { row, index };
  });
}

/** As many neighbours together as one page can hold; none where that is not even one. */
function groups(stretch: Stretch, indices: readonly number[]): Group[] {
  const found: Group[] = [];
  for (let first = 0, next = 1; first < indices.length; first = next, next = first + 1) {
    let group = groupOf(stretch, indices[first] as number, indices[first] as number);
    if (group === undefined) continue;
    for (; next < indices.length; next++) {
      const wider = groupOf(stretch, indices[first] as number, indices[next] as number);
      if (wider === undefined) break;
      group = wider;
    }
    found.push(group);
  }
  return found;
}

/** The page that shows the rows `first` to `last` of a stretch, if one does. */
function groupOf(stretch: Stretch, first: number, last: number): Group | undefined {
  const { seen, longest } = stretch;
  const start = upstreamStart(seconds(sortTime(seen[last] as ClusterBackupRow)));
  const near = cursorAt(stretch, first).marks?.near;
  const end = near?.end ?? minuteAfter(seconds(sortTime(seen[first] as ClusterBackupRow)) + reachOf(longest));
  const count = near === undefined ? countWithin(seen, start, end) : near.offset + last - first + 1;
  const page =
    count + SPARE <= LARGEST_PAGE
      ? { pageSize: pageSizeFor(count + SPARE), pageNumber: 1 }
      : near && pageHolding(near.offset, last - first + 1);
  return page && { range: { start, end }, page };
}

function countWithin(rows: readonly ClusterBackupRow[], start: number, end: number): number {
  return countLater(rows, start - 1) - countLater(rows, end);
}
