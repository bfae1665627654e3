import { describe, expect, it } from 'vitest';
import { INSTANCE_PAGE_SIZES, pageHolding, pageSizeFor, planPages } from '../../resolvers/page-plan.ts';
import { CLUSTER_BACKUP_PAGE_SIZES } from '../../upstream/rkvstore.ts';

const OFFSETS = 2_000;
const COUNTS = 301;

/** Deals rows out to pages one by one, as somebody would with a pack of cards: the page that each row is on, from 1. */
function dealt(pageSize: number): number[] {
  const pages: number[] = [];
  for (let page = 1; pages.length < OFFSETS + COUNTS; page++) {
    for (let row = 0; row < pageSize; row++) pages.push(page);
  }
  return pages;
}

/** Compares the plan for every offset and count with the best of all page sizes; gives the first plans that differ. */
function differences(pageSizes: readonly number[]): string[] {
  const pages = new Map(pageSizes.map((size) => [size, dealt(size)]));
  const found: string[] = [];
  for (let offset = 0; offset < OFFSETS; offset++) {
    for (let count = 1; count <= COUNTS; count++) {
      let [calls, rows, best] = [Number.POSITIVE_INFINITY, 0, 0];
      for (const [size, pageOf] of pages) {
        const needs = (pageOf[offset + count - 1] as number) - (pageOf[offset] as number) + 1;
        if (needs < calls || (needs === calls && needs * size < rows))
          [calls, rows, best] = [needs, needs * size, size];
      }
      const plan = planPages(offset, count, pageSizes);
      const first = pages.get(best)?.[offset] as number;
      const right =
        plan.pageSize === best &&
        plan.pageNumbers.length === calls &&
        plan.pageNumbers.every((number, index) => number === first + index);
      if (!right && found.length < 5) found.push(`${offset}+${count}: ${JSON.stringify(plan)}`);
    }
  }
  return found;
}

describe('the page planner', () => {
  it('makes the fewest calls, and among those reads the fewest rows, for every count up to 301 and offset below 2,000', () => {
    expect(differences(CLUSTER_BACKUP_PAGE_SIZES)).toEqual([]);
  });

  it('does so for instances too, whose pages may have any size up to 50', () => {
    expect(differences(INSTANCE_PAGE_SIZES)).toEqual([]);
  });

  it('names the one page that holds some rows, and none where each page size cuts them apart', () => {
    expect(pageHolding(31, 20)).toEqual({ pageSize: 30, pageNumber: 2 });
    expect(pageHolding(599, 2)).toBeUndefined();
    expect(pageHolding(0, 300)).toEqual({ pageSize: 300, pageNumber: 1 });
    expect(pageHolding(0, 301)).toBeUndefined();
  });

  it('takes the smallest page for a number of rows, and the largest where none is large enough', () => {
    expect([1, 5, 6, 21, 31, 101, 300, 1_000].map(pageSizeFor)).toEqual([5, 5, 10, 30, 50, 200, 300, 300]);
  });
});
