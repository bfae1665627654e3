/** What RAM answers. Names the policy and the statement (from 0) that decided; null when nothing matched. */
export interface Decision {
  effect: 'ALLOW' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';
  policy: string | null;
  statement: number | null;
}

/** Nothing allows it: the answer to whoever has no policies. */
export const IMPLICIT_DENY: Decision = Object.freeze({ effect: 'IMPLICIT_DENY', policy: null, statement: null });
