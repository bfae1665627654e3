/** How large one answer may become. */
export interface AnswerLimits {
  /** Of all objects together. */
  fields: number;
  errors: number;
}

/** What an answer is over, when it is. */
export interface ExceededAnswer {
  name: 'answerFields' | 'answerErrors';
  limit: number;
  /** As far as was counted. */
  value: number;
}

/**
 * Counts what one answer has grown to. Upstream calls say little of that: the same page can be selected at a hundred places, and backups lead to
 * their instance, which leads to its backups. Once a limit is exceeded no further object is executed, and the result must not be sent.
 */
export class AnswerBudget {
  exceeded: ExceededAnswer | undefined;
  readonly #limits: AnswerLimits;
  #fields = 0;

  constructor(limits: AnswerLimits) {
    this.#limits = limits;
  }

  /** How many fields were counted so far. */
  get fields(): number {
    return this.#fields;
  }

  /** Takes note of an object with so many fields; false when it is one too many. */
  takes(fields: number): boolean {
    this.#fields += fields;
    if (this.#fields > this.#limits.fields) this.#exceed('answerFields', this.#limits.fields, this.#fields);
    return this.exceeded === undefined;
  }

  /** Takes note of how many errors there are. */
  noteErrors(errors: number): void {
    if (errors > this.#limits.errors) this.#exceed('answerErrors', this.#limits.errors, errors);
  }

  #exceed(name: ExceededAnswer['name'], limit: number, value: number): void {
    this.exceeded ??= { name, limit, value };
  }
}
