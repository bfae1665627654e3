import { ExpectedError } from '../resolvers/expected-error.ts';

/** Raised where a field needs a principal and there is none, or none any more. */
export class Unauthenticated extends ExpectedError {
  override readonly name = 'Unauthenticated';

  constructor(message = 'Sign in: send a bearer token in the Authorization header') {
    super(message);
  }
}

/** Raised where the policies of a principal do not allow a field. Says what was asked for and nothing about what exists. */
export class AccessDenied extends ExpectedError {
  override readonly name = 'AccessDenied';
  readonly action: string;
  readonly resource: string;

  constructor(action: string, resource: string) {
    super(`Not allowed: ${action} on ${resource}`);
    this.action = action;
    this.resource = resource;
  }
}
