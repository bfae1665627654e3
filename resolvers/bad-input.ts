import { ExpectedError } from './expected-error.ts';

/** Input that cannot be right, found before anything is asked upstream. The message says what was expected, then what came. */
export class BadInput extends ExpectedError {
  override readonly name = 'BadInput';
}

/** An operation that would need more upstream calls than it may make; `cost` is what it would take, at least. */
export class TooCostly extends ExpectedError {
  override readonly name = 'TooCostly';
  readonly cost: number;

  constructor(message: string, cost: number) {
    super(message);
    this.cost = cost;
  }
}

/** Something that was asked for by name and is not there. */
export class NotFound extends ExpectedError {
  override readonly name = 'NotFound';
}

/** Quotes a client's text in a message: bounded, and with control characters escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
