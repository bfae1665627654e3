import type { Context } from './context.ts';

/** What the field of a subscription returns: its events, and what must go on holding for whoever gets them. */
export class CheckedEvents<Event> implements AsyncIterable<Event> {
  /** Of the field. */
  readonly path: readonly (string | number)[];
  readonly #events: AsyncIterableIterator<Event>;
  readonly #check: (context: Context) => unknown;

  /** `check` raises what ends the subscription; it is given a context of its own each time. */
  constructor(
    path: readonly (string | number)[],
    events: AsyncIterableIterator<Event>,
    check: (context: Context) => unknown,
  ) {
    this.path = path;
    this.#events = events;
    this.#check = check;
  }

  async check(context: Context): Promise<void> {
    await this.#check(context);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Event> {
    return this.#events;
  }
}
