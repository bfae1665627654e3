import type { ExceededLimit } from './document-limits.ts';

/** The subscriptions that are open in this process, by principal. */
export class OpenSubscriptions {
  readonly #bySubject = new Map<string, number>();
  readonly #limit: number;

  /** @param limit Of one principal at the same time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes one more place for a principal, to be given back once; or says that it has as many as it may have. */
  take(subject: string): { giveBack: () => void } | { exceeded: ExceededLimit } {
    const open = this.#bySubject.get(subject) ?? 0;
    const limit = this.#limit;
    if (open >= limit) return { exceeded: { name: 'subscriptions', limit, value: open + 1 } };
    this.#bySubject.set(subject, open + 1);
    let taken = true;
    return {
      giveBack: () => {
        if (taken) this.#leave(subject);
        taken = false;
      },
    };
  }

  #leave(subject: string): void {
    const left = (this.#bySubject.get(subject) ?? 1) - 1;
    if (left === 0) this.#bySubject.delete(subject);
    else this.#bySubject.set(subject, left);
  }
}
