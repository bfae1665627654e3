import type { ActionContext } from '../../sandbox/actions/action.ts';
import { describeClusterBackupList as answerList } from '../../sandbox/actions/describe-cluster-backup-list.ts';
import { describeInstances as answerInstances } from '../../sandbox/actions/describe-instances.ts';
import { type Behaviour, DEFAULT_BEHAVIOUR } from '../../sandbox/behaviour.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { instanceAt, worldOf } from '../../sandbox/data/instances.ts';
import { describeClusterBackupList } from '../../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../../upstream/operations/describe-instances.ts';
import type { Answer, ClusterBackupListQuery, InstancesQuery, RKVStore } from '../../upstream/rkvstore.ts';
import type { ClusterBackupPage, InstancePage } from '../../upstream/rows.ts';

export const ACCOUNT = '1234567890123456';
const operations = { list: describeClusterBackupList(), instances: describeInstances() };

/**
 * An upstream without a socket, for tests that make thousands of calls: the sandbox's own actions and the client's own parsing, with
 * nothing in between, so no answer is remembered.
 */
export class ListedUpstream {
  /** Epoch milliseconds; may be moved. */
  now: number;
  readonly behaviour: Behaviour;
  /** The backups of the one instance; may be changed. */
  readonly backups: ExplicitBackup[] = [];
  /** What each call asked for. */
  readonly calls: ClusterBackupListQuery[] = [];
  readonly instanceCalls: InstancesQuery[] = [];
  /** Called before each list is answered. */
  onCall: (() => void) | undefined;
  /** Remembers every answer, and gives it again to the same question; see `remember`. */
  #remembered: Map<string, Answer<ClusterBackupPage>> | undefined;
  /** What the answers are said to be. */
  provenance: Partial<Omit<Answer<unknown>, 'value'>> = {};
  readonly key: { accountId: string; regionId: string; instanceId: string };
  readonly store: RKVStore;
  #forget = () => true;
  readonly #world;

  constructor(now: number, behaviour: Partial<Behaviour> = {}, instances = 1) {
    this.now = now;
    this.behaviour = { ...DEFAULT_BEHAVIOUR, ...behaviour };
    this.#world = worldOf(ACCOUNT, { seed: 1, instances, days: 30, shards: 2, runningBackups: false });
    const { regionId, instanceId } = instanceAt(this.#world, 0, now);
    this.key = { accountId: ACCOUNT, regionId, instanceId };
    this.store = {
      defaultAccountId: ACCOUNT,
      knows: () => ({ account: true, region: true }),
      describeClusterBackupList: async (query) => this.#list(query),
      recallClusterBackupList: (query, { readThrough }) => (readThrough ? undefined : this.#recall(query)),
      describeInstances: async (query) => this.#instances(query),
      describeRegions: () => Promise.reject(new Error('not asked for here')),
    };
  }

  /** From now on answers are remembered, as a cache might: until `forget` is true of a question. */
  remember(forget: () => boolean): void {
    this.#remembered = new Map();
    this.#forget = forget;
  }

  #list(query: ClusterBackupListQuery): Answer<ClusterBackupPage> {
    const known = this.#recall(query);
    if (known !== undefined) return known;
    const answer = this.#call(query);
    this.#remembered?.set(questionOf(query), answer);
    return answer;
  }

  #recall(query: ClusterBackupListQuery): Answer<ClusterBackupPage> | undefined {
    const known = this.#remembered?.get(questionOf(query));
    return known !== undefined && !this.#forget() ? known : undefined;
  }

  #call(query: ClusterBackupListQuery): Answer<ClusterBackupPage> {
    this.onCall?.();
    this.calls.push(query);
    const body = answerList(this.#context(operations.list.parameters(query)));
    return this.#answer(operations.list.parse({ RequestId: 'R', ...body }, query));
  }

  #instances(query: InstancesQuery): Answer<InstancePage> {
    this.instanceCalls.push(query);
    const body = answerInstances(this.#context(operations.instances.parameters(query)));
    return this.#answer(operations.instances.parse({ RequestId: 'R', ...body }, query));
  }

  #answer<Value>(value: Value): Answer<Value> {
    return { value, ageSeconds: 0, stale: false, ...this.provenance };
  }

  #context(parameters: Record<string, string>): ActionContext {
    const { now, behaviour, backups, key } = this;
    return {
      parameters,
      world: this.#world,
      accessKeyId: 'sandbox',
      now,
      behaviour,
      backups: new Map([[key.instanceId, backups]]),
    };
  }
}

/** Questions that a cache would answer alike have the same text. */
function questionOf({
  startTime,
  endTime,
  meaning = `${startTime}-${endTime}`,
  ...rest
}: ClusterBackupListQuery): string {
  return JSON.stringify([meaning, rest]);
}
