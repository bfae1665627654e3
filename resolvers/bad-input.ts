import { ExpectedError } from './expected-error.ts';

/** Input that cannot be right, found before anything is asked upstream. The message says what was expected, then what came. */
export class BadInput extends ExpectedError {
  override readonly name = 'BadInput';
}

/** Quotes a client's text in a message: bounded, and with control characters escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
