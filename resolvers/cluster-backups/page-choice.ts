import { CLUSTER_BACKUP_PAGE_SIZES } from '../../upstream/rkvstore.ts';
import { type BackupPagePlan, LARGEST_PAGE, pageHolding, pageSizeFor } from '../page-plan.ts';
import type { Mark } from './marks.ts';

/** A page of the call that a mark counts in. */
export interface PageChoice extends BackupPagePlan {
  mark: Mark;
}

/** Rows that may have come, since they were counted, into a range that reaches to the present. */
const SPARE = 2;
/** The second mark is read less often than the first, so that its rows may have moved further since: by so many, either way. */
const SPARE_ASIDE = 4;
/** Rows of one second that a page's end may cut apart: so many more are read, and the page still shows where they end. */
export const SAME_SECOND = 3;

/**
 * The page that shows a row and `count` rows after it: a first page where the row stands near enough to its beginning, since what comes and goes
 * before the row does not matter there; else the smallest page of any mark's call; else the page that shows the most of them, of which the last
 * one is of no use yet. An offset of -1 is the place before the first row. `mayGrow`: rows may have been added before it.
 */
export function choosePageAfter(marks: readonly Mark[], count: number, mayGrow: boolean): PageChoice | undefined {
  const [near] = marks;
  const atTop = (near?.offset ?? 0) + 1 + count;
  if (near !== undefined && (atTop <= LARGEST_PAGE || near.offset < 0)) {
    return {
      mark: near,
      pageSize: pageSizeFor(atTop + (near.offset < 0 ? 0 : SAME_SECOND) + (mayGrow ? SPARE : 0)),
      pageNumber: 1,
    };
  }
  // One row more before it: then other rows of its second cannot stand on the page before.
  return (
    smallest(marks, ({ offset }) => pageHolding(Math.max(0, offset - 1), count + 2)) ??
    widest(marks, 1, (first, pageSize) => pageSize - 3 - first)
  );
}

/**
 * The page that shows the `before` rows before a row, and `behind` rows from it on: the smallest page of the first mark's call that does, else of
 * the second's; else the page that shows the most of them, of which the first one is of no use yet. `hidden`: so many of a call's first rows cannot be
 * relied on, as a range that looks at ends leaves out some of them.
 */
export function choosePageBefore(
  [far, middle]: readonly [Mark, Mark | undefined],
  before: number,
  behind: number,
  hidden: number,
): PageChoice | undefined {
  const holding = (mark: Mark | undefined, spare: number) => {
    const first = (mark?.offset ?? 0) - before - spare;
    const page = first < hidden ? undefined : pageHolding(first, before + behind + 2 * spare);
    return mark && page && { mark, ...page };
  };
  return (
    holding(far, 0) ??
    holding(middle, SPARE_ASIDE) ??
    holding(middle, 0) ??
    widest(middle ? [far, middle] : [far], 0, (index, pageSize, offset) =>
      index + behind > pageSize ? 0 : Math.min(index - 1, offset - hidden),
    )
  );
}

/** The first page that shows the first `count` rows of a window and what may have come before them, if one does: some rows, or as many as can be. */
export function firstPage(count: number, mayBeMany: boolean): BackupPagePlan | undefined {
  if (count > LARGEST_PAGE) return undefined;
  return { pageSize: mayBeMany ? LARGEST_PAGE : pageSizeFor(count + SPARE), pageNumber: 1 };
}

function smallest(marks: readonly Mark[], plan: (mark: Mark) => BackupPagePlan | undefined): PageChoice | undefined {
  let best: PageChoice | undefined;
  for (const mark of marks) {
    const page = plan(mark);
    if (page !== undefined && (best === undefined || page.pageSize < best.pageSize)) best = { mark, ...page };
  }
  return best;
}

/** `shows`: how many rows a page is good for that has the row `lead` rows before the mark's at an index. */
function widest(
  marks: readonly Mark[],
  lead: number,
  shows: (index: number, pageSize: number, offset: number) => number,
): PageChoice | undefined {
  let best: (PageChoice & { shown: number }) | undefined;
  for (const mark of marks) {
    const row = Math.max(0, mark.offset - lead);
    for (const pageSize of CLUSTER_BACKUP_PAGE_SIZES) {
      const shown = shows(row % pageSize, pageSize, mark.offset);
      if (shown <= (best?.shown ?? 0)) continue;
      best = { mark, pageSize, pageNumber: Math.floor(row / pageSize) + 1, shown };
    }
  }
  return best;
}
