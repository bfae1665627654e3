import type { Decision } from '../permissions/decision.ts';
import { instanceResource } from '../permissions/kvstore.ts';
import type { InstanceTags, ResourcePermissions } from '../permissions/request-permissions.ts';
import { BadInput, quoted } from '../resolvers/bad-input.ts';
import type { InstanceKey } from '../resolvers/identifiers.ts';
import { AccessDenied } from './access-errors.ts';
import type { Context } from './context.ts';

/**
 * What a principal may do with one action on one instance, in one operation. Only `accessTo` makes them, once it is known what the
 * decision depends on; the decisions themselves are remembered by the operation's permissions.
 */
export class InstanceAccess {
  /** Whether the decision differs between fields, so that each has to be asked for. */
  readonly perField: boolean;
  readonly #context: Context;
  readonly #permissions: ResourcePermissions;
  readonly #tags: InstanceTags | undefined;

  constructor(context: Context, permissions: ResourcePermissions, tags: InstanceTags | undefined) {
    this.#context = context;
    this.#permissions = permissions;
    this.#tags = tags;
    this.perField = permissions.looksAtFields;
  }

  /** Returns when the field (`ShardBackup.downloadUrl`) is allowed, raises `AccessDenied` otherwise. */
  require(field: string): void {
    const decision = this.decide(field);
    if (decision.effect === 'ALLOW') return;
    this.#note(field, decision);
    throw new AccessDenied(this.#permissions.action, this.#permissions.resource);
  }

  /** The decision for a field, or for the action as such, without a denial being noted. */
  decide(field?: string): Decision {
    return this.#permissions.decide(field, this.#tags);
  }

  /** Whether a field is allowed; a denial is not noted. What is read for fields together leaves out those that are not. */
  allows(field: string): boolean {
    return !this.perField || this.decide(field).effect === 'ALLOW';
  }

  /** Whether all of these fields are allowed; a denial is not noted. Asked with the same list again, it answers at once. */
  allowsAll(fields: readonly string[]): boolean {
    return !this.perField || this.#permissions.allowsAll(fields, this.#tags);
  }

  /** Notes that a field which gives away the data itself was read. */
  noteRead(field: string): void {
    this.#note(field, this.decide(field));
  }

  #note(field: string, decision: Decision): void {
    const { action, resource } = this.#permissions;
    this.#context.audit({ action, resource, field, decision });
  }
}

// Only this module holds it, so nobody else can put an access there. No WeakMap: one whose keys come and go with every request keeps them alive
// until the old generation is collected, which took a sixth of the time of small reads.
const GRANTED = Symbol('granted');

/** What stands for the instance where a list of them is asked for: it has no tags. */
export const ANY_INSTANCE = '*';

/** The access that follows from what the policies say. */
interface Granting {
  [GRANTED]?: InstanceAccess;
}

/**
 * The access of the operation's principal to an instance. A promise only where the principal's own policies ask for the instance's
 * tags; when reading them fails the access stands without tags, which denies whatever depends on them.
 */
export function accessTo(context: Context, key: InstanceKey, action: string): InstanceAccess | Promise<InstanceAccess> {
  const resource = instanceResource(key.regionId, key.accountId, key.instanceId);
  const permissions: ResourcePermissions & Granting = context.permissions.on(action, resource);
  if (permissions[GRANTED] !== undefined) return permissions[GRANTED];
  const keep = (tags: InstanceTags | undefined) => {
    const access = new InstanceAccess(context, permissions, tags);
    permissions[GRANTED] = access;
    return access;
  };
  if (permissions.tagKeys.size === 0) return keep(undefined);
  if (key.instanceId === ANY_INSTANCE) return keep(new Map());
  const { account, region } = context.store.knows(key.accountId, key.regionId);
  if (!account || !region) return keep(undefined);
  return context.loaders.instance(key).then(
    ({ row }) => keep(new Map(row?.tags.map((tag) => [tag.key, tag.value] as const))),
    () => keep(undefined),
  );
}

/** Raises `BadInput` for an account or region that the gateway cannot ask: said only to whoever may ask there. */
export function requireKnown(context: Context, place: { accountId: string; regionId: string }): void {
  const { account, region } = context.store.knows(place.accountId, place.regionId);
  if (!account) throw new BadInput(`accountId: expected an account of this gateway, got ${quoted(place.accountId)}`);
  if (!region) throw new BadInput(`regionId: expected a region of R-KVStore, got ${quoted(place.regionId)}`);
}
