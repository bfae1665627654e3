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

/** The decisions of one request: made once each, all at one instant. */
export interface RequestPermissions {
  readonly principal: Principal;
  /** Whether the decision can differ between fields; if not, decide once for all of them. */
  looksAtFields(action: string, resource: string): boolean;
  /** Tags of the instance that the decision can depend on. Empty: do not read them. */
  tagKeys(action: string, resource: string): ReadonlySet<string>;
  /**
   * Decides for a field (`ShardBackup.downloadUrl`), or for the action as such. Without the tags that it depends on
   * (because reading them failed, say) the answer is a deny.
   */
  decide(action: string, resource: string, field?: string, tags?: InstanceTags): Decision;
  /** Whether all of these fields are allowed. */
  allowsAll(action: string, resource: string, fields: readonly string[], tags?: InstanceTags): boolean;
}

/** `now` gives epoch milliseconds; it is asked at most once. */
export function createRequestPermissions(
  policies: CompiledPolicies,
  principal: Principal,
  { now = Date.now }: { now?: () => number } = {},
): RequestPermissions {
  const byAction = new Map<string, Map<string, Remembered>>();
  let known: ConditionContext | undefined;
  // Made when first asked for: most decisions need none of them.
  const values: ConditionContext = {
    get: (key) => {
      known ??= principalValues(principal, now);
      return known.get(key);
    },
  };

  const remembered = (action: string, resource: string): Remembered => {
    const byResource = byAction.get(action) ?? new Map<string, Remembered>();
    byAction.set(action, byResource);
    const entry = byResource.get(resource) ?? remember(policies.applicable(action, resource));
    byResource.set(resource, entry);
    return entry;
  };

  const permissions: RequestPermissions = {
    principal,
    looksAtFields: (action, resource) => remembered(action, resource).looksAtFields,
    tagKeys: (action, resource) => remembered(action, resource).statements.tagKeys,
    decide(action, resource, field, tags) {
      const { statements, looksAtFields, looksAtTags, decisions } = remembered(action, resource);
      const asked = looksAtFields ? field : undefined;
      if (statements.decideField !== undefined) return statements.decideField(asked);
      const made = decisions.get(asked);
      if (made !== undefined) return made;
      // Not remembered, as a later question may bring the tags.
      if (looksAtTags && tags === undefined) return IMPLICIT_DENY;
      const decision = statements.decide(withFieldAndTags(values, asked, tags));
      decisions.set(asked, decision);
      return decision;
    },
    allowsAll(action, resource, fields, tags) {
      const { allowsFields } = remembered(action, resource).statements;
      if (allowsFields !== undefined) return allowsFields(fields);
      return fields.every((field) => permissions.decide(action, resource, field, tags).effect === 'ALLOW');
    },
  };
  return permissions;
}

interface Remembered {
  statements: ApplicableStatements;
  looksAtFields: boolean;
  looksAtTags: boolean;
  /** By field, or by undefined. */
  decisions: Map<string | undefined, Decision>;
}

function remember(statements: ApplicableStatements): Remembered {
  return {
    statements,
    looksAtFields: statements.looksAtFields,
    looksAtTags: statements.tagKeys.size > 0,
    decisions: new Map(),
  };
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
