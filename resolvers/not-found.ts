import { ExpectedError } from './expected-error.ts';

/** Something that was asked for by name and is not there. */
export class NotFound extends ExpectedError {
  override readonly name = 'NotFound';
}
