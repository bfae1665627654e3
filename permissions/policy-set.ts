import { type CompiledPolicies, joinStatements } from './compiled-policies.ts';
import { type CompiledStatement, compileStatement } from './compiled-statement.ts';
import type { Statement } from './policy-document.ts';
import type { Principal } from './principal.ts';

/** Policies by name, and who they are attached to. */
export interface PolicySet {
  /** The policies of a principal: its subject's and all of its groups'. Whoever has none is denied everything. */
  forPrincipal(principal: Pick<Principal, 'subject' | 'groups'>): CompiledPolicies;
}

export interface Attachment {
  to: 'subject' | 'group';
  name: string;
  /** Names of policies. */
  policies: readonly string[];
}

/** Compiles each policy once. An attachment may name only policies that are there. */
export function createPolicySet(
  policies: ReadonlyMap<string, readonly Statement[]>,
  attachments: readonly Attachment[],
): PolicySet {
  const compiled = [...policies].map(([name, statements]) =>
    statements.map((statement, index) => compileStatement(name, index, statement)),
  );
  const positions = new Map([...policies.keys()].map((name, position) => [name, position]));
  const attached = { subject: new Map<string, Set<number>>(), group: new Map<string, Set<number>>() };
  for (const { to, name, policies: names } of attachments) {
    const held = attached[to].get(name) ?? new Set();
    attached[to].set(name, held);
    for (const policy of names) {
      const position = positions.get(policy);
      if (position === undefined) throw new TypeError(`Expected the name of a policy, got ${JSON.stringify(policy)}`);
      held.add(position);
    }
  }
  const joined = new JoinedPolicies(compiled);
  // A token's groups are the same array for as long as the authenticator remembers it.
  const known = new WeakMap<readonly string[], { subject: string | null; policies: CompiledPolicies }>();
  return {
    forPrincipal({ subject, groups }) {
      const before = known.get(groups);
      if (before !== undefined && before.subject === subject) return before.policies;
      const held = new Set(subject === null ? [] : attached.subject.get(subject));
      for (const group of groups) for (const position of attached.group.get(group) ?? []) held.add(position);
      const policies = joined.of(held);
      known.set(groups, { subject, policies });
      return policies;
    },
  };
}

// Principals are many, the combinations of policies that they hold are few; the bound is for a set where they are not.
const MOST_COMBINATIONS = 1_000;

class JoinedPolicies {
  readonly #compiled: readonly (readonly CompiledStatement[])[];
  readonly #combinations = new Map<string, CompiledPolicies>();

  constructor(compiled: readonly (readonly CompiledStatement[])[]) {
    this.#compiled = compiled;
  }

  of(positions: ReadonlySet<number>): CompiledPolicies {
    const sorted = [...positions].sort((a, b) => a - b);
    const combination = sorted.join();
    let policies = this.#combinations.get(combination);
    if (policies === undefined) {
      if (this.#combinations.size >= MOST_COMBINATIONS) this.#combinations.clear();
      policies = joinStatements(sorted.flatMap((position) => this.#compiled[position] ?? []));
      this.#combinations.set(combination, policies);
    }
    return policies;
  }
}
