import { describe, expect, it } from 'vitest';
import type { Mark } from '../../../resolvers/cluster-backups/marks.ts';
import {
  choosePageAfter,
  choosePageBefore,
  firstPage,
  SAME_SECOND,
} from '../../../resolvers/cluster-backups/page-choice.ts';
import { CLUSTER_BACKUP_PAGE_SIZES } from '../../../upstream/rkvstore.ts';

const FAR: Mark = { end: 60, offset: 0 };
/** The row itself and the one behind it have to be shown too. */
const BEHIND = 2;

function marksAt(offset: number, middle: number | undefined): [Mark, Mark | undefined] {
  const far = { ...FAR, offset };
  return [far, middle === undefined || offset < middle ? undefined : { end: 0, offset: offset - middle }];
}

/**
 * How many calls it takes to see `count` rows before each of the rows from 0 on, by trying every page of every mark: one shows
 * the rows behind its first one, if it shows a row that is known already and the one behind that.
 */
function fewestCalls(from: number, middle: number | undefined, most: number): number[] {
  const calls: number[] = Array.from({ length: most + 1 }, () => Number.POSITIVE_INFINITY);
  let known = [from];
  for (let made = 1; made <= 4; made++) {
    const reached = new Set<number>();
    for (const row of known) {
      for (const { offset } of marksAt(row, middle).filter((mark) => mark !== undefined)) {
        for (const size of CLUSTER_BACKUP_PAGE_SIZES) {
          const first = Math.floor(offset / size) * size;
          if (offset + BEHIND > first + size) continue;
          const shown = row - (offset - first) + 1;
          if (shown < row) reached.add(shown);
        }
      }
    }
    const furthest = Math.min(...reached);
    for (let count = 1; count <= most; count++) {
      if (from - count >= furthest) calls[count] = Math.min(calls[count] as number, made);
    }
    known = [...reached];
  }
  return calls;
}

/** Calls that following the choices takes. */
function callsOf(from: number, middle: number | undefined, count: number): number {
  let [row, calls] = [from, 0];
  for (; row > from - count; calls++) {
    const choice = choosePageBefore(marksAt(row, middle), from - count < row ? row - (from - count) + 1 : 1, BEHIND, 0);
    if (choice === undefined) return Number.POSITIVE_INFINITY;
    const mark = marksAt(row, middle).find((each) => each?.end === choice.mark.end) as Mark;
    row -= mark.offset - (choice.pageNumber - 1) * choice.pageSize - 1;
  }
  return calls;
}

describe('the choice of a page before a row', () => {
  for (const middle of [undefined, 29, 150]) {
    const marks = middle === undefined ? 'one mark' : `a second mark ${middle} rows into the window`;
    it(`leads to the rows in the fewest calls, with ${marks}`, () => {
      const wrong: string[] = [];
      for (let offset = 302; offset < 2_000; offset += 1) {
        const best = fewestCalls(offset, middle, 300);
        for (const count of [1, 2, 7, 13, 20, 29, 30, 50, 99, 100, 148, 149, 200, 290, 299, 300]) {
          const made = callsOf(offset, middle, count);
          if (made !== best[count]) wrong.push(`${offset}-${count}: ${made}, not ${best[count]}`);
        }
      }
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  }

  it('is one page for up to 143 rows wherever they stand, where the second mark begins 150 rows into the window', () => {
    // As a backward walk asks: with the first row of no use, and some of the same second at either end.
    const [ahead, behind] = [1 + SAME_SECOND, 1 + SAME_SECOND];
    const cut = new Set<number>();
    for (let offset = 310; offset < 3_000; offset++) {
      const marks = marksAt(offset, 150);
      for (let count = 1; count <= 300; count++) {
        const choice = choosePageBefore(marks, count + ahead, behind, 0);
        const first = choice && choice.mark.offset - (choice.pageNumber - 1) * choice.pageSize - count - ahead;
        if (choice === undefined || first === undefined || first < 0) cut.add(count);
      }
    }
    expect(Math.min(...cut)).toBe(144);
  });

  it('is the smallest page of the first mark that shows the rows, and one of the second only where that has none', () => {
    expect(choosePageBefore(marksAt(595, 29), 8, BEHIND, 0)).toMatchObject({ mark: { offset: 595 }, pageSize: 15 });
    const [far, middle] = marksAt(605, 29) as [Mark, Mark];
    // Rows 597 to 606: every page of the far mark ends at row 599.
    expect(choosePageBefore([far, undefined], 8, BEHIND, 0)).toMatchObject({ mark: far, pageNumber: 61, pageSize: 10 });
    // Four rows more to either side: the second mark is looked at less often.
    expect(choosePageBefore([far, middle], 8, BEHIND, 0)).toMatchObject({ mark: middle, pageSize: 50, pageNumber: 12 });
  });

  it('takes no page whose rows a range that looks at ends may leave out', () => {
    const [far, middle] = marksAt(605, 540) as [Mark, Mark];
    expect(choosePageBefore([far, middle], 20, BEHIND, 40)?.mark).toBe(middle);
    expect(choosePageBefore([far, middle], 20, BEHIND, 64)?.mark).toBe(far);
  });

  it('is a first page from the window’s end where the window begins with the rows, with room for some that came', () => {
    expect(firstPage(9, false)).toEqual({ pageSize: 15, pageNumber: 1 });
    expect(firstPage(9, true)).toEqual({ pageSize: 300, pageNumber: 1 });
    expect(firstPage(300, false)).toEqual({ pageSize: 300, pageNumber: 1 });
    expect(firstPage(301, true)).toBeUndefined();
  });
});

describe('the choice of a page after a row', () => {
  it('is the first page while the row stands near its beginning', () => {
    expect(choosePageAfter([{ end: 0, offset: 1 }], 21, false)).toMatchObject({ pageSize: 30, pageNumber: 1 });
    expect(choosePageAfter([{ end: 0, offset: 8 }], 291, false)).toMatchObject({ pageSize: 300, pageNumber: 1 });
  });

  it('leaves room for rows that may have come before the row', () => {
    expect(choosePageAfter([{ end: 0, offset: 1 }], 25, false)).toMatchObject({ pageSize: 30 });
    expect(choosePageAfter([{ end: 0, offset: 1 }], 25, true)).toMatchObject({ pageSize: 50 });
  });

  it('leaves room for others of the second that the page ends with, but not on the first page of all', () => {
    expect(choosePageAfter([{ end: 0, offset: 1 }], 28, false)).toMatchObject({ pageSize: 50 });
    expect(choosePageAfter([{ end: 0, offset: -1 }], 30, false)).toMatchObject({ pageSize: 30 });
  });

  it('is further on, and shows the row itself, where hundreds of rows stand before it', () => {
    const choice = choosePageAfter([{ end: 0, offset: 350 }], 21, false);
    // With the row before it: another one of its second may stand there.
    expect(choice).toMatchObject({ pageSize: 100, pageNumber: 4 });
    expect(choosePageAfter([{ end: 0, offset: 596 }], 21, false)).toMatchObject({ pageNumber: 120, pageSize: 5 });
    expect(choosePageAfter([{ end: 0, offset: 598 }], 21, false)).toBeUndefined();
  });

  it('asks for no more than there is on a page, without a row to begin at', () => {
    expect(choosePageAfter([{ end: 0, offset: -1 }], 301, false)).toMatchObject({ pageSize: 300, pageNumber: 1 });
    expect(choosePageAfter([{ end: 0, offset: -1 }], 300, true)).toMatchObject({ pageSize: 300, pageNumber: 1 });
  });
});
