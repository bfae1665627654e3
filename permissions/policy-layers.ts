import { type CompiledPolicies, decide, type RamRequest } from './compiled-policies.ts';
import type { Decision } from './decision.ts';

/**
 * Everything that RAM looks at for one caller. The gateway itself knows identity policies only; the other layers are here so that
 * the evaluation is RAM's whole one.
 */
export interface PolicyLayers {
  /** The Alibaba Cloud account itself, which policies do not bind. */
  accountRoot?: boolean;
  /** Control policies of a resource directory; absent: none are in force. */
  control?: CompiledPolicies;
  /** The session policy of an assumed role; absent: none was given. */
  session?: CompiledPolicies;
  /** Policies of the caller and of its groups. */
  identity: CompiledPolicies;
}

/** Evaluates the layers in RAM's order. Each must allow; the first that does not is the answer. */
export function decideByLayers(
  { accountRoot, control, session, identity }: PolicyLayers,
  request: RamRequest,
): Decision {
  if (accountRoot) return { effect: 'ALLOW', policy: null, statement: null };
  for (const guard of [control, session]) {
    const decision = guard && decide(guard, request);
    if (decision && decision.effect !== 'ALLOW') return decision;
  }
  return decide(identity, request);
}
