import type { ApplicableStatements, CompiledPolicies } from './compiled-policies.ts';
import type { ConditionContext, ContextValue } from './condition-context.ts';
import {
  CURRENT_TIME,
  FIELD,
  GROUP,
  MFA_PRESENT,
  SECURE_TRANSPORT,
  SOURCE_IP,
  SUBJECT,
  tagKeyOf,
} from './condition-keys.ts';
import { type Decision, IMPLICIT_DENY } from './decision.ts';
import type { Principal } from './principal.ts';

/** Tags of an instance by key. */
export type InstanceTags = ReadonlyMap<string, string>;

/** What the policies of a request's principal say, all at one instant. */
export interface RequestPermissions {
  readonly principal: Principal;
  /** What they say of an action on a resource: the same object each time. */
  on(action: string, resource: string): ResourcePermissions;
}

/** The decisions on one action on one resource, in one request: made once each. */
export interface ResourcePermissions {
  readonly action: string;
  readonly resource: string;
  /** Whether the decision can differ between fields; if not, decide once for all of them. */
  readonly looksAtFields: boolean;
  /** Tags of the instance that the decision can depend on. Empty: do not read them. */
  readonly tagKeys: ReadonlySet<string>;
  /**
   * Decides for a field (`ShardBackup.downloadUrl`), or for the action as such. Without the tags that it depends on
   * (because reading them failed, say) the answer is a deny.
   */
  decide(field?: string, tags?: InstanceTags): Decision;
  /** Whether all of these fields are allowed; asked with the same list again, it answers at once. */
  allowsAll(fields: readonly string[], tags?: InstanceTags): boolean;
}

/** `now` gives epoch milliseconds; it is asked at most once. */
export function createRequestPermissions(
  policies: CompiledPolicies,
  principal: Principal,
  { now = Date.now }: { now?: () => number } = {},
): RequestPermissions {
  const known = new Map<string, ResourcePermissions[]>();
  let ofPrincipal: ConditionContext | undefined;
  // Made when first asked for: most decisions need none of them.
  const values: ConditionContext = {
    get: (key) => {
      ofPrincipal ??= principalValues(principal, now);
      return ofPrincipal.get(key);
    },
  };
  return {
    principal,
    on(action, resource) {
      const before = known.get(resource);
      const same = before?.find((permissions) => permissions.action === action);
      if (same !== undefined) return same;
      const decisions = new Decisions(action, resource, policies.applicable(action, resource), values);
      if (before === undefined) known.set(resource, [decisions]);
      else before.push(decisions);
      return decisions;
    },
  };
}

class Decisions implements ResourcePermissions {
  readonly action: string;
  readonly resource: string;
  readonly #statements: ApplicableStatements;
  readonly #values: ConditionContext;
  /** By field, or by undefined. */
  #made: Map<string | undefined, Decision> | undefined;
  #allowed: Map<readonly string[], boolean> | undefined;

  constructor(action: string, resource: string, statements: ApplicableStatements, values: ConditionContext) {
    this.action = action;
    this.resource = resource;
    this.#statements = statements;
    this.#values = values;
  }

  get looksAtFields(): boolean {
    return this.#statements.looksAtFields;
  }

  get tagKeys(): ReadonlySet<string> {
    return this.#statements.tagKeys;
  }

  decide(field?: string, tags?: InstanceTags): Decision {
    const asked = this.looksAtFields ? field : undefined;
    if (this.#statements.decideField !== undefined) return this.#statements.decideField(asked);
    const made = this.#made?.get(asked);
    if (made !== undefined) return made;
    // Not remembered, as a later question may bring the tags.
    if (tags === undefined && this.tagKeys.size > 0) return IMPLICIT_DENY;
    const decision = this.#statements.decide(withFieldAndTags(this.#values, asked, tags));
    this.#made ??= new Map();
    this.#made.set(asked, decision);
    return decision;
  }

  allowsAll(fields: readonly string[], tags?: InstanceTags): boolean {
    const { allowsFields } = this.#statements;
    if (allowsFields !== undefined) return allowsFields(fields);
    let allowed = this.#allowed?.get(fields);
    if (allowed === undefined) {
      allowed = fields.every((field) => this.decide(field, tags).effect === 'ALLOW');
      // Not remembered, as a later question may bring the tags.
      if (tags === undefined && this.tagKeys.size > 0) return allowed;
      this.#allowed ??= new Map();
      this.#allowed.set(fields, allowed);
    }
    return allowed;
  }
}

function principalValues(principal: Principal, now: () => number): ConditionContext {
  let time: Date | undefined;
  const values = new Map<string, ContextValue>([
    [SOURCE_IP, principal.sourceIp],
    [SECURE_TRANSPORT, principal.secureTransport],
    [MFA_PRESENT, principal.mfaPresent],
    [GROUP, principal.groups],
  ]);
  if (principal.subject !== null) values.set(SUBJECT, principal.subject);
  return {
    get(key) {
      if (key !== CURRENT_TIME) return values.get(key);
      time ??= new Date(now());
      return time;
    },
  };
}

function withFieldAndTags(
  values: ConditionContext,
  field: string | undefined,
  tags: InstanceTags | undefined,
): ConditionContext {
  return {
    get(key) {
      if (key === FIELD) return field;
      const tagKey = tagKeyOf(key);
      return tagKey === undefined ? values.get(key) : tags?.get(tagKey);
    },
  };
}
