import type { ClusterBackupsArguments } from '../../../resolvers/cluster-backups/connection.ts';
import { Asker, ids } from '../asking.ts';
import type { ListedUpstream } from '../listed-upstream.ts';
import { EditedList } from './edited-list.ts';

export interface WalkOptions {
  given?: ClusterBackupsArguments;
  size: number;
  direction: 'forwards' | 'backwards';
  /** Called between two pages, with the number of pages read. */
  between?: (list: EditedList, pages: number) => void;
  /** The most pages; a walk that needs more does not end. */
  most?: number;
}

export interface Walked {
  /** Ids in the order of the connection, whatever the direction. */
  ids: string[];
  /** Backups that were there from the first page to the last, in order. */
  expected: string[];
  /** Calls of each page. */
  calls: number[];
  /** Pages that said something wrong about their neighbours. */
  wrong: string[];
}

/** Walks a whole window by `after` or `before`, a page an operation, as a client does. */
export async function walk(upstream: ListedUpstream, options: WalkOptions): Promise<Walked> {
  const { given = {}, size, direction, between, most = 1_000 } = options;
  const list = new EditedList(upstream);
  const asker = new Asker(upstream);
  const forwards = direction === 'forwards';
  const walked: Walked = { ids: [], expected: [], calls: [], wrong: [] };
  const window = windowOf(given, upstream.now);
  const throughout = list.within(window);
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    if (pages > most) throw new Error(`expected at most ${most} pages`);
    const before = upstream.calls.length;
    const page = await asker.page(
      forwards ? { ...given, first: size, after: cursor } : { ...given, last: size, before: cursor },
    );
    walked.calls.push(upstream.calls.length - before);
    const read = ids(page);
    if (forwards) walked.ids.push(...read);
    else walked.ids.unshift(...read);
    const [more, back] = [await page.hasNextPage(), await page.hasPreviousPage()];
    const all = list.within(window);
    const [first, last] = [all.indexOf(read[0] ?? ''), all.indexOf(read.at(-1) ?? '')];
    if (read.length > 0 && more !== last < all.length - 1) walked.wrong.push(`page ${pages}: hasNextPage ${more}`);
    if (read.length > 0 && back !== first > 0) walked.wrong.push(`page ${pages}: hasPreviousPage ${back}`);
    if (!(forwards ? more : back) || read.length === 0) break;
    cursor = page.cursor(forwards ? read.length - 1 : 0);
    between?.(list, pages);
  }
  const left = new Set(list.within(window));
  walked.expected = throughout.filter((id) => left.has(id));
  return walked;
}

/** The window that the first page pins, in seconds. */
function windowOf(given: ClusterBackupsArguments, now: number): { start: number; end: number } {
  const end = Math.floor((given.endTime ?? now) / 1000);
  const start = given.startTime === undefined ? end - 30 * 86_400 : Math.ceil(given.startTime / 1000);
  return { start, end: Math.min(end, Math.floor(now / 1000)) };
}
