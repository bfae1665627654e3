import { ExpectedError } from './expected-error.ts';

/** An operation that would need more upstream calls than it may make; `cost` is what it would take, at least. */
export class TooCostly extends ExpectedError {
  override readonly name = 'TooCostly';
  readonly cost: number;

  constructor(message: string, cost: number) {
    super(message);
    this.cost = cost;
  }
}
