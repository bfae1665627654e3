import { describe, expect, it } from 'vitest';
import type { Mark } from '../../../resolvers/cluster-backups/marks.ts';
import { choosePageAfter, choosePageBefore, firstPage } from '../../../resolvers/cluster-backups/page-choice.ts';
import { CLUSTER_BACKUP_PAGE_SIZES } from '../../../upstream/rkvstore.ts';

const FAR: Mark = { end: 60, offset: 0 };
/** The row itself and the one behind it have to be shown too. */
const BEHIND = 2;

function marksAt(offset: number, middle: number | undefined): Mark[] {
  const far = { ...FAR, offset };
  return middle === undefined || offset < middle ? [far] : [far, { end: 0, offset: offset - middle }];
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
      for (const { offset } of marksAt(row, middle)) {
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
    const mark = marksAt(row, middle).find(({ end }) => end === choice.mark.end) as Mark;
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

  it('is one call for up to 148 rows wherever they stand, where the second mark begins 150 rows into the window', () => {
    const calls = new Map<number, number>();
    for (let offset = 302; offset < 3_000; offset++) {
      for (let count = 1; count <= 300; count++) {
        calls.set(count, Math.max(calls.get(count) ?? 0, callsOf(offset, 150, count)));
      }
    }
    const upTo = (most: number) => [...calls].filter(([, made]) => made <= most).map(([count]) => count);
    expect(Math.max(...upTo(1))).toBe(148);
    expect(upTo(1)).toHaveLength(148);
    expect(upTo(2).length).toBeGreaterThanOrEqual(297);
    expect(upTo(3)).toHaveLength(300);
  });

  it('is the smallest page that shows the rows, of any mark', () => {
    const [far, middle] = marksAt(605, 29) as [Mark, Mark];
    // Rows 597 to 606: every page of the far mark ends at row 599.
    expect(choosePageBefore([far], 8, BEHIND, 0)).toMatchObject({ mark: far, pageNumber: 61, pageSize: 10 });
    expect(choosePageBefore([far, middle], 8, BEHIND, 0)).toMatchObject({ mark: middle, pageSize: 20, pageNumber: 29 });
  });

  it('takes no page whose rows a range that looks at ends may leave out', () => {
    const [far, middle] = marksAt(200, 150) as [Mark, Mark];
    expect(choosePageBefore([far, middle], 20, BEHIND, 0)?.mark).toBe(far);
    expect(choosePageBefore([middle], 20, BEHIND, 0)?.mark).toBe(middle);
    expect(choosePageBefore([far, middle], 20, BEHIND, 40)?.mark).toBe(far);
    expect(choosePageBefore([middle], 20, BEHIND, 40)?.pageNumber ?? 1).toBe(2);
  });

  it('is a first page from the window’s end where the window begins with the rows, with room for some that came', () => {
    expect(firstPage(9)).toEqual({ pageSize: 15, pageNumber: 1 });
    expect(firstPage(300)).toEqual({ pageSize: 300, pageNumber: 1 });
    expect(firstPage(301)).toBeUndefined();
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
