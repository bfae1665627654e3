import type { Answer, ClusterBackupListQuery, RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupPage } from '../../upstream/rows.ts';
import type { InstanceKey } from '../identifiers.ts';
import type { ConnectionRequest, PageContent } from './connection.ts';
import type { OperationReadOptions, PageAnswer, Provenance } from './page-source.ts';

/** A page that was read, and the one answer that it was made of. */
interface RecentPage {
  key: InstanceKey;
  query: ClusterBackupListQuery;
  value: ClusterBackupPage;
  content: PageContent;
}

/** Backups and shards of all answers behind the pages together; the cache mostly holds them too. 300 backups with 32 shards each are 9,900. */
const MOST_ROWS = 50_000;
/** The cache lets go of links five seconds before they end. */
const LONGEST_KEPT_MS = 1_000;

/**
 * The pages that were read within this second, by what was asked for. Until the second is over a window that ends now is the same window, and its
 * cursors are the same; and as long as the cache still has the answer that a page was made of, the page is right. Without this a small
 * read takes 36 µs instead of 28, and an overview of 50 instances 600 instead of 340, most of it for turns of the queue.
 */
export class RecentPages {
  #second = 0;
  #rows = 0;
  #timer: NodeJS.Timeout | undefined;
  /** By what was asked, then by the id of the instance: of several in different places that have the same id, one. */
  readonly #pages = new Map<string, Map<string, RecentPage>>();

  /**
   * Keeps a page that one answer alone has told, unless its links were asked for: they are read from the upstream or not at all. `now`: epoch
   * milliseconds at which its operation began.
   */
  add(
    { key, asked, selection }: ConnectionRequest,
    content: PageContent,
    { answers, now }: { answers: readonly PageAnswer[]; now: number },
  ): void {
    const [only, ...others] = answers;
    if (only === undefined || others.length > 0 || only.answer.stale || selection.links) return;
    if (content.hasNextPage === undefined || content.hasPreviousPage === undefined || !this.#isOf(now)) return;
    const { query, answer } = only;
    const { value } = answer;
    // Operations that waited for one call together all come with its page.
    const pages = this.#pages.get(asked) ?? new Map<string, RecentPage>();
    if (pages.get(key.instanceId)?.value === value) return;
    const size = value.rows.reduce((sum, { shardBackups }) => sum + 1 + (shardBackups?.length ?? 0), 0);
    if (this.#rows + size > MOST_ROWS) return;
    this.#rows += size;
    this.#pages.set(asked, pages.set(key.instanceId, { key, query, value, content }));
    // Also where no operation follows, as the rows may hold links, which end.
    this.#timer ??= setTimeout(() => this.#forget(), LONGEST_KEPT_MS).unref();
  }

  /** How many pages there are. */
  get size(): number {
    return [...this.#pages.values()].reduce((sum, pages) => sum + pages.size, 0);
  }

  /** The page that was read for the same request. `now`: epoch milliseconds at which the operation began that asks. */
  get({ key, asked }: ConnectionRequest, now: number): RecentPage | undefined {
    if (!this.#isOf(now)) return undefined;
    const page = this.#pages.get(asked)?.get(key.instanceId);
    return page !== undefined && isSameKey(page.key, key) ? page : undefined;
  }

  /** Whether the pages are of this second; they are forgotten when a new one begins. */
  #isOf(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second > this.#second) {
      this.#second = second;
      this.#forget();
    }
    return second === this.#second;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rows = 0;
    this.#pages.clear();
  }
}

function isSameKey(one: InstanceKey, other: InstanceKey): boolean {
  return one.instanceId === other.instanceId && one.regionId === other.regionId && one.accountId === other.accountId;
}

/** A page as an operation recalls it. */
interface RecalledPage {
  content: PageContent;
  provenance: Provenance;
  recalled: true;
}

/** Gives the page that was read for the same request a moment ago, or undefined. */
export type Recall = (request: ConnectionRequest) => RecalledPage | undefined;

/** How one operation recalls pages: each answer is looked up, and counted, once. */
export function recalling(recent: RecentPages, store: RKVStore, options: OperationReadOptions, now: number): Recall {
  const answers = new Map<ClusterBackupListQuery, Answer<ClusterBackupPage> | undefined>();
  return (request) => {
    const page = recent.get(request, now);
    if (page === undefined) return undefined;
    const { query, value, content } = page;
    if (!answers.has(query)) answers.set(query, store.recallClusterBackupList(query, options));
    const answer = answers.get(query);
    if (answer?.value !== value) return undefined;
    const { ageSeconds, stale } = answer;
    const { fullStorageBytes, logStorageBytes } = value;
    const provenance = { ageSeconds, stale, linksWithheld: false, fullStorageBytes, logStorageBytes };
    return { content, provenance, recalled: true };
  };
}
