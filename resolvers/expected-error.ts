/**
 * An error that is an answer, and no fault of anybody here. One request can raise thousands of them, and nobody looks at their stacks, which are
 * half of what raising costs: they have none.
 */
export class ExpectedError extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
