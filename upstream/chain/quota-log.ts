/** The interval that the upstream counts calls in, in milliseconds. */
export const WINDOW_MS = 60_000;

/** What the way to the upstream may add to the time at which a call is counted there. */
const MARGIN_MS = 100;

/** How long a call counts after it has ended, in milliseconds: at any time before that it may have reached the upstream. */
export const COUNTED_MS = WINDOW_MS + MARGIN_MS;

/** One call's place in the quota. */
export interface QuotaSlot {
  /** Unique among all replicas. */
  readonly member: string;
  readonly takenAt: number;
  /** Epoch milliseconds at which it stops counting; while the call is under way, the latest that this can be. */
  countsUntil: number;
}

/** The calls that this process made for one account and action in the last minute. */
export class QuotaLog {
  readonly #longestCallMs: number;
  readonly #now: () => number;
  readonly #underWay = new Set<QuotaSlot>();
  /** In the order in which they ended; those before `first` no longer count. */
  #ended: QuotaSlot[] = [];
  #first = 0;

  constructor(longestCallMs: number, now: () => number) {
    this.#longestCallMs = longestCallMs;
    this.#now = now;
  }

  take(member: string): QuotaSlot {
    const takenAt = this.#now();
    const slot = { member, takenAt, countsUntil: takenAt + this.#longestCallMs + COUNTED_MS };
    this.#underWay.add(slot);
    return slot;
  }

  /** The call has ended; false for a slot that was dropped. */
  end(slot: QuotaSlot): boolean {
    if (!this.#underWay.delete(slot)) return false;
    slot.countsUntil = this.#now() + COUNTED_MS;
    this.#ended.push(slot);
    return true;
  }

  /** There was no call after all. */
  drop(slot: QuotaSlot): void {
    this.#underWay.delete(slot);
  }

  /** How many calls count now; the effort does not grow with their number. */
  get count(): number {
    this.#forgetEnded();
    return this.#ended.length - this.#first + this.#underWay.size;
  }

  /** What counts now. */
  slots(): QuotaSlot[] {
    this.#forgetEnded();
    return [...this.#ended.slice(this.#first), ...this.#underWay];
  }

  #forgetEnded(): void {
    const now = this.#now();
    while (this.#first < this.#ended.length && (this.#ended[this.#first] as QuotaSlot).countsUntil <= now)
      this.#first += 1;
    if (this.#first < 100 || 2 * this.#first < this.#ended.length) return;
    this.#ended = this.#ended.slice(this.#first);
    this.#first = 0;
  }
}

/** What one replica reckons with when it decides for itself. */
export interface Reckoning {
  /** Until when each call counts that was made while the quota was shared, as far as known: all replicas count those. */
  common: readonly number[];
  /** The same of the calls that this replica has made since. */
  own: readonly number[];
  /** Calls that all replicas together may make. */
  limit: number;
  replicas: { count: number; rank: number };
}

/**
 * Milliseconds until this replica may make a call, 0 for now: what the common calls leave is divided evenly, and the lowest
 * ranks have what does not divide, so that all together stay within the limit without hearing of each other.
 */
export function waitMs({ common, own, limit, replicas }: Reckoning, now: number): number {
  const share = (calls: number) => {
    const left = Math.max(0, limit - calls);
    return Math.floor(left / replicas.count) + (replicas.rank < left % replicas.count ? 1 : 0);
  };
  let commonCalls = common.length;
  let ownCalls = own.length;
  if (ownCalls < share(commonCalls)) return 0;
  const ends = [...common.map((at) => ({ at, common: true })), ...own.map((at) => ({ at, common: false }))];
  for (const end of ends.sort((left, right) => left.at - right.at)) {
    if (end.common) commonCalls -= 1;
    else ownCalls -= 1;
    if (ownCalls < share(commonCalls)) return Math.max(1, end.at - now);
  }
  return WINDOW_MS;
}
