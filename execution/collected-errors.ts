import type { GraphQLError } from 'graphql';
import type { AnswerBudget } from './answer-budget.ts';
import type { Place } from './field.ts';

/** The errors of one execution, without those below a place that an earlier error has made null. */
export class CollectedErrors {
  readonly errors: GraphQLError[] = [];
  readonly #nulls = new Set<Place | undefined>();
  readonly #budget: AnswerBudget;

  constructor(budget: AnswerBudget) {
    this.#budget = budget;
  }

  /** `place` is where the null stands; undefined: the whole answer. */
  add(error: GraphQLError, place: Place | undefined): void {
    if (this.#isNull(place)) return;
    this.#nulls.add(place);
    this.errors.push(error);
    this.#budget.noteErrors(this.errors.length);
  }

  #isNull(place: Place | undefined): boolean {
    for (let above = place; above !== undefined; above = above.prev) if (this.#nulls.has(above)) return true;
    return this.#nulls.has(undefined);
  }
}
