import { LARGEST_PAGE } from '../page-plan.ts';
import { MAX_BACKWARD_CALLS } from './backward-walk.ts';
import type { ConnectionRequest, ConnectionSelection } from './connection.ts';
import { MAX_WALK_CALLS } from './forward-walk.ts';

/** What the cost of a page depends on. */
export interface CostedPage {
  from: ConnectionRequest['from'];
  count: number;
  /** Which cursors, filter and fields there are. */
  after: boolean;
  before: boolean;
  filtered: boolean;
  hasPreviousPage: boolean;
  selection: ConnectionSelection;
}

/** The most upstream calls that a page takes. */
export interface PageCost {
  /** Those that pages of the same place share: the dearest of them is what they cost. */
  page: number;
  /** Those of the scan that all fields share which need the window read far or whole. */
  scan: number;
  /** Those that nothing else shares. */
  own: number;
}

/** A page of more than this takes a second call, and so do its shards. */
const ONE_CALL_ROWS = LARGEST_PAGE - 10;

/**
 * The most upstream calls that a page takes as long as the upstream answers newest first, backups lie minutes apart and take less than an
 * hour. Where answers show otherwise the rest is taken from the operation's budget call by call.
 */
export function costOfPage({ selection, ...asked }: CostedPage): PageCost {
  const { from, after, before, filtered, hasPreviousPage } = asked;
  const { hasNextPage, totalCount } = selection;
  const count = selection.rows || hasNextPage ? asked.count : 0;
  const reads = count > 0 || hasNextPage || selection.storage;
  const scans =
    filtered || (from === 'end' && !before) || (totalCount && !selection.shards && !after && from === 'start');
  // Whether anything matches beside the page shows only another read, where the row that stood there has gone.
  const beside = filtered ? MAX_WALK_CALLS : 1;
  const cost: PageCost = { page: 0, scan: totalCount ? MAX_WALK_CALLS : 0, own: 0 };
  const scan = () => {
    if (after) cost.own += MAX_WALK_CALLS;
    else cost.scan = MAX_WALK_CALLS;
  };

  if (!scans && from === 'start') {
    if (reads) cost.page = count > ONE_CALL_ROWS ? 2 : 1;
    if (hasPreviousPage && after) cost.own += beside;
    return cost;
  }
  if (reads) scan();
  if (reads && !scans) cost.own += MAX_BACKWARD_CALLS;
  if (reads && selection.shards) cost.own += shardCalls(count, filtered);
  if (hasNextPage && before) cost.own += beside;
  if (hasPreviousPage && (after || (from === 'end' && !reads))) {
    if (filtered) cost.scan = MAX_WALK_CALLS;
    else cost.own += beside;
  }
  return cost;
}

/** Neighbours that one page holds share a call; those that a filter chooses may lie anywhere among the pages of a scan. */
function shardCalls(count: number, filtered: boolean): number {
  return filtered ? Math.min(count, MAX_WALK_CALLS) : Math.ceil(count / ONE_CALL_ROWS);
}
