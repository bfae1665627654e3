import type { Answer } from '../../upstream/rkvstore.ts';
import type { ClusterBackupRow } from '../../upstream/rows.ts';
import { BadInput } from '../bad-input.ts';
import { type ConnectionArguments, checkedSpan, type Span } from '../connection-arguments.ts';
import { type InstanceKey, instanceKeyText } from '../identifiers.ts';
import { decodeRowCursor, encodeRowCursor, type RowCursor } from './cursor.ts';
import { type ClusterBackupFilter, filterText, matcherOf } from './filter.ts';
import type { Provenance } from './page-source.ts';
import { cursorAt, type Stretch } from './stretch.ts';
import { type AskedWindow, askedWindowText, type Window, windowOf } from './window.ts';

/** Which parts of a connection the operation selects, as far as its principal may read them: what is not in here is not read. */
export interface ConnectionSelection {
  /** Backups, their cursors, or whether others precede them. */
  rows: boolean;
  /** Shards of the backups. */
  shards: boolean;
  /** Download links of the shards. */
  links: boolean;
  hasNextPage: boolean;
  totalCount: boolean;
  /** What the upstream says of all backups of the instance together, in any answer. */
  storage: boolean;
}

/** The arguments of one `clusterBackups` field, as asked. */
export interface ClusterBackupsArguments extends ConnectionArguments, AskedWindow {
  filter?: ClusterBackupFilter | null | undefined;
}

/** The arguments of one `clusterBackups` field, checked. */
export interface ConnectionRequest {
  readonly key: InstanceKey;
  readonly window: Window;
  readonly from: Span['from'];
  readonly count: number;
  readonly after: RowCursor | undefined;
  readonly before: RowCursor | undefined;
  /** Null where nothing is filtered. */
  readonly matches: ((row: ClusterBackupRow) => boolean) | null;
  readonly selection: ConnectionSelection;
  /** What the cursors of this connection are bound to. */
  readonly scope: string;
  /** The same for requests that ask the same of whatever instance, as far as the clock has not moved. */
  readonly asked: string;
}

/** Checks the arguments of `clusterBackups`; raises `BadInput`. `now` is epoch milliseconds. */
export function connectionRequest(
  key: InstanceKey,
  given: ClusterBackupsArguments,
  selection: ConnectionSelection,
  now: number,
): ConnectionRequest {
  const span = checkedSpan(given);
  const wholeWindow = windowOf(given, now);
  const wholeSet = `${askedWindowText(given)} ${filterText(given.filter)}`;
  const scope = `${instanceKeyText(key)} ${wholeSet}`;
  const after = span.after === undefined ? undefined : decodeRowCursor(scope, span.after, 'after');
  const before = span.before === undefined ? undefined : decodeRowCursor(scope, span.before, 'before');
  const window = after?.window ?? before?.window ?? wholeWindow;
  if (before !== undefined && (before.window.start !== window.start || before.window.end !== window.end)) {
    throw new BadInput('after, before: expected two cursors of the same walk');
  }
  const count = selection.rows || selection.hasNextPage ? span.count : 0;
  return {
    key,
    window,
    from: span.from,
    count,
    after,
    before,
    matches: matcherOf(given.filter),
    selection,
    scope,
    asked: askedText({ wholeSet, ...span, count, selection }),
  };
}

interface Asked extends Span {
  wholeSet: string;
  selection: ConnectionSelection;
}

let last: { asked: Asked; text: string } | undefined;

/** The very text of the call before where that asked the same: an overview asks so of 50 instances, and finds their pages by it in two thirds of the time. */
function askedText(asked: Asked): string {
  if (last === undefined || !isSame(asked, last.asked)) last = { asked, text: textOf(asked) };
  return last.text;
}

function isSame(one: Asked, other: Asked): boolean {
  return (
    one.selection === other.selection &&
    one.count === other.count &&
    one.from === other.from &&
    one.wholeSet === other.wholeSet &&
    one.after === other.after &&
    one.before === other.before
  );
}

function textOf({ wholeSet, from, count, after = '', before = '', selection }: Asked): string {
  const { rows, shards, links, hasNextPage, totalCount, storage } = selection;
  return `${wholeSet} ${from} ${count} ${after} ${before} ${rows} ${shards} ${links} ${hasNextPage} ${totalCount} ${storage}`;
}

/** What a page holds once it is read. Never changed, so that operations may share it. */
export interface PageContent {
  readonly rows: readonly ClusterBackupRow[];
  readonly stretch: Stretch;
  /** Where the rows stand in the stretch. */
  readonly indices: readonly number[];
  /** Undefined where only another read can tell. */
  readonly hasNextPage: boolean | undefined;
  readonly hasPreviousPage: boolean | undefined;
}

/** What a page can be asked for besides, at the price of further reads; every answer says how old it is. */
export interface PageReads {
  hasNextPage(request: ConnectionRequest): Promise<Answer<boolean>>;
  hasPreviousPage(request: ConnectionRequest): Promise<Answer<boolean>>;
  /** Reads the window whole, as the upstream has no total; raises `TooCostly` for a window too large. */
  totalCount(request: ConnectionRequest): Promise<Answer<number>>;
}

/** A page of backups, with what its connection can be asked for. */
export class BackupPage {
  readonly content: PageContent;
  /** Of what was read for the rows. */
  readonly provenance: Readonly<Provenance>;
  /** Whether an operation before had the same content. */
  readonly recalled: boolean;
  readonly #request: ConnectionRequest;
  readonly #reads: () => PageReads;
  #hasNextPage: boolean | Promise<Answer<boolean>> | undefined;
  #hasPreviousPage: boolean | Promise<Answer<boolean>> | undefined;

  constructor(
    request: ConnectionRequest,
    page: { content: PageContent; provenance: Readonly<Provenance>; recalled: boolean },
    reads: () => PageReads,
  ) {
    this.content = page.content;
    this.provenance = page.provenance;
    this.recalled = page.recalled;
    this.#request = request;
    this.#reads = reads;
    this.#hasNextPage = page.content.hasNextPage;
    this.#hasPreviousPage = page.content.hasPreviousPage;
  }

  get rows(): readonly ClusterBackupRow[] {
    return this.content.rows;
  }

  /** The cursor of the row at an index of `rows`. */
  cursor(index: number): string {
    const { stretch, indices } = this.content;
    return encodeRowCursor(this.#request.scope, cursorAt(stretch, indices[index] as number));
  }

  /** May need one more call, in the rare cases where the rows that were read do not tell. */
  hasNextPage(): boolean | Promise<Answer<boolean>> {
    this.#hasNextPage ??= this.#reads().hasNextPage(this.#request);
    return this.#hasNextPage;
  }

  /** May need one more call, in the rare cases where the rows that were read do not tell. */
  hasPreviousPage(): boolean | Promise<Answer<boolean>> {
    this.#hasPreviousPage ??= this.#reads().hasPreviousPage(this.#request);
    return this.#hasPreviousPage;
  }

  totalCount(): Promise<Answer<number>> {
    return this.#reads().totalCount(this.#request);
  }
}
