import { z } from 'zod';
import type { InstancesQuery, RKVStore } from '../../upstream/rkvstore.ts';
import type { InstanceRow } from '../../upstream/rows.ts';
import type { OperationReadOptions } from '../cluster-backups/page-source.ts';
import { type ConnectionArguments, checkedSpan, type Span } from '../connection-arguments.ts';
import { decodeCursor, encodeCursor, notOurs } from '../cursor.ts';
import { INSTANCE_PAGE_SIZES, LARGEST_INSTANCE_PAGE, planPages } from '../page-plan.ts';

/** What instances to list: the region of an account, and what the upstream can filter by. */
export type InstanceFilter = Omit<InstancesQuery, 'accountId' | 'regionId' | 'pageSize' | 'pageNumber'>;

/** A page of instances in the upstream's own order, with the upstream's own total. */
export interface InstancePage {
  rows: readonly InstanceRow[];
  totalCount: number;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursor(index: number): string;
  ageSeconds: number;
  stale: boolean;
}

const partsSchema = z.tuple([
  z
    .string()
    .regex(/^[0-9a-z]{1,6}$/)
    .transform((text) => Number.parseInt(text, 36)),
]);

/** Most ids that one call takes. Source: `InstanceIds` in the DescribeInstances documentation. */
export const MAX_INSTANCE_IDS = 30;

/**
 * Reads the page that `first`, `last`, `after` and `before` name. The cursor holds a place in the upstream's order, so pages are right as
 * far as instances do not come and go between two reads. Raises `BadInput`.
 */
export async function readInstances(
  store: RKVStore,
  place: { accountId: string; regionId: string },
  filter: InstanceFilter,
  given: ConnectionArguments,
  options: OperationReadOptions,
): Promise<InstancePage> {
  const span = checkedSpan(given);
  const scope = `${place.accountId}/${place.regionId} ${JSON.stringify(Object.entries(filter).sort())}`;
  const after = span.after === undefined ? -1 : decodePlace(scope, span.after, 'after');
  const before = span.before === undefined ? undefined : decodePlace(scope, span.before, 'before');
  const pages = new PageCache(store, { ...filter, ...place }, options);

  let low = after + 1;
  let high = before;
  if (span.from === 'end') {
    high ??= await pages.total();
    low = Math.max(low, high - span.count);
  } else {
    high = Math.min(high ?? Number.MAX_SAFE_INTEGER, low + span.count);
  }
  const rows = await pages.rows(low, Math.max(low, high));
  const totalCount = await pages.total();
  return {
    rows,
    totalCount,
    hasNextPage: low + rows.length < totalCount,
    hasPreviousPage: low > 0 && totalCount > 0,
    cursor: (index) => encodeCursor('i', scope, [low + index]),
    ageSeconds: pages.ageSeconds,
    stale: pages.stale,
  };
}

/** The most upstream calls that a page takes: one for each 50, one more where it begins at any place, and one where the total is needed first. */
export function costOfInstances({ from, count, after, before }: Span): number {
  const pages = Math.ceil(count / LARGEST_INSTANCE_PAGE);
  const fromStart = from === 'start' && after === undefined;
  const needsTotal = from === 'end' && before === undefined;
  return Math.max(1, pages + (fromStart || count < 2 ? 0 : 1) + (needsTotal ? 1 : 0));
}

/** Pages of one list, each read once. */
class PageCache {
  ageSeconds = 0;
  stale = false;
  readonly #store: RKVStore;
  readonly #query: Omit<InstancesQuery, 'pageSize' | 'pageNumber'>;
  readonly #options: OperationReadOptions;
  #total: number | undefined;

  constructor(store: RKVStore, query: Omit<InstancesQuery, 'pageSize' | 'pageNumber'>, options: OperationReadOptions) {
    this.#store = store;
    this.#query = query;
    this.#options = options;
  }

  async total(): Promise<number> {
    if (this.#total === undefined) await this.#read(1, 1);
    return this.#total as number;
  }

  /** The rows at the places `low` to `high - 1`, as far as there are any. */
  async rows(low: number, high: number): Promise<InstanceRow[]> {
    const count = Math.min(high, this.#total ?? high) - low;
    if (count <= 0) return [];
    const plan = planPages(low, count, INSTANCE_PAGE_SIZES);
    const pages = await this.#readAll(plan.pageSize, plan.pageNumbers);
    const skip = low - ((plan.pageNumbers[0] as number) - 1) * plan.pageSize;
    return pages.flat().slice(skip, skip + count);
  }

  /** The first page tells the total; the others are read side by side, and none beyond the total. */
  async #readAll(pageSize: number, pageNumbers: readonly number[]): Promise<InstanceRow[][]> {
    const [first, ...others] = pageNumbers as [number, ...number[]];
    const rows = await this.#read(pageSize, first);
    const last = Math.ceil((this.#total as number) / pageSize);
    const rest = await Promise.all(
      others.filter((number) => number <= last).map((number) => this.#read(pageSize, number)),
    );
    return [rows, ...rest];
  }

  async #read(pageSize: number, pageNumber: number): Promise<InstanceRow[]> {
    const answer = await this.#store.describeInstances(
      { ...this.#query, pageSize, pageNumber },
      { ...this.#options, priority: 'interactive' },
    );
    this.#total = answer.value.totalCount;
    this.ageSeconds = Math.max(this.ageSeconds, answer.ageSeconds);
    this.stale ||= answer.stale;
    return [...answer.value.rows];
  }
}

function decodePlace(scope: string, text: string, argument: 'after' | 'before'): number {
  const parts = partsSchema.safeParse(decodeCursor('i', scope, 1, text, argument));
  if (!parts.success) throw notOurs(argument);
  return parts.data[0];
}
