import { ask, CONTENDERS, type Running } from './contenders.ts';
import { type Operation, type Place, pageByCursor, pageByNumber } from './operations.ts';
import type { CountingUpstream } from './upstreams.ts';

export type Direction = 'forwards' | 'backwards';

/** A walk through a list, from one end to the other. */
export interface Walk {
  ids: Set<string>;
  /** Milliseconds for each page. */
  pagesMs: number[];
  /** What the upstream was asked. */
  calls: number;
  /** Where the way back begins: the last row's cursor, or the last page's number. */
  end: string | number;
}

export interface WalkOptions {
  place: Place;
  upstream: CountingUpstream;
  /** Rows of a page. */
  size: number;
  /** For the way back: where the way there ended. */
  from?: Walk['end'] | undefined;
  afterPage?: (() => Promise<void>) | undefined;
}

/** Walks by what the server has: the gateway by cursors, the others by the numbers of pages. Nothing is read from a cache. */
export async function walk(running: Running, direction: Direction, options: WalkOptions): Promise<Walk> {
  const { place, upstream, size, from, afterPage } = options;
  const byCursor = running.contender === CONTENDERS.gateway;
  const operationAt = byCursor
    ? (at: Walk['end'] | undefined) => pageByCursor(place, cursorArguments(direction, size, at))
    : (at: Walk['end'] | undefined) => pageByNumber(place, size, Number(at ?? 1));
  const before = await upstream.calls();
  const walked: Walk = { ids: new Set(), pagesMs: [], calls: 0, end: 1 };
  for (let at = from; ; ) {
    const began = performance.now();
    const page = await pageOf(running, operationAt(at));
    walked.pagesMs.push(performance.now() - began);
    for (const { clusterBackupId } of page.nodes) walked.ids.add(clusterBackupId);
    const next = byCursor ? cursorAfter(page, direction) : numberAfter(page, direction, Number(at ?? 1), size);
    if (page.nodes.length > 0) walked.end = byCursor ? (page.pageInfo?.endCursor ?? '') : Number(at ?? 1);
    if (next === undefined) break;
    at = next;
    await afterPage?.();
  }
  walked.calls = (await upstream.calls()) - before;
  return walked;
}

interface Page {
  nodes: { clusterBackupId: string }[];
  pageInfo?: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

async function pageOf({ target }: Running, operation: Operation): Promise<Page> {
  const { headers, ...rest } = target(operation);
  const answer = await ask({ ...rest, headers: { ...headers, 'cache-control': 'no-cache' } });
  return JSON.parse(answer).data.instance.clusterBackups;
}

function cursorArguments(direction: Direction, size: number, cursor: Walk['end'] | undefined) {
  return direction === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor };
}

function cursorAfter({ pageInfo }: Page, direction: Direction): string | undefined {
  if (direction === 'forwards') return pageInfo?.hasNextPage ? pageInfo.endCursor : undefined;
  return pageInfo?.hasPreviousPage ? pageInfo.startCursor : undefined;
}

/** That there are no more pages shows only where one is not full. */
function numberAfter({ nodes }: Page, direction: Direction, number: number, size: number): number | undefined {
  if (direction === 'backwards') return number > 1 ? number - 1 : undefined;
  return nodes.length === size ? number + 1 : undefined;
}
