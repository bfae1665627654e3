import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { LARGEST_PAGE } from '../page-plan.ts';
import type { PageRead, PageRequest } from './page-source.ts';
import { seconds, sortRows, sortTime } from './row-order.ts';
import { minuteNotAfter } from './window.ts';

/**
 * Reads a range whole, in largest pages, where the upstream does not answer newest first, and sorts the rows here. Pages that are oldest first are
 * followed by seeks, so that what is deleted or expires meanwhile moves no row out of sight; others by their numbers. `first`: the first page, where it
 * has been read already.
 */
export async function readWhole(
  range: Pick<PageRequest, 'start' | 'end' | 'meaning'>,
  read: (page: Pick<PageRequest, 'start' | 'end' | 'meaning' | 'pageSize' | 'pageNumber'>) => Promise<PageRead>,
  first: PageRead | undefined,
): Promise<readonly ClusterBackupRow[]> {
  const rows = new Map<string, ClusterBackupRow>();
  let { start, meaning } = range;
  let pageNumber = 1;
  for (let page = first; ; page = undefined) {
    page ??= await read({ start, end: range.end, meaning, pageSize: LARGEST_PAGE, pageNumber });
    const known = rows.size;
    for (const row of page.rows) rows.set(row.clusterBackupId, row);
    if (!page.full) return sortRows([...rows.values()]).rows;
    const [newest] = page.rows as [ClusterBackupRow];
    const further = Math.min(minuteNotAfter(seconds(sortTime(newest)) - 1), range.end - 60);
    // Where a range that looks at ends shows mostly rows that were seen before, seeks get nowhere.
    const seeks = page.oldestFirst && !page.newestFirst && rows.size - known > LARGEST_PAGE / 2 && further > start;
    if (seeks) {
      start = further;
      meaning = range.meaning && `${range.meaning}, from ${start}`;
    }
    pageNumber = seeks ? 1 : pageNumber + 1;
  }
}
