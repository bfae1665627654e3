import { DESCRIBE_CLUSTER_BACKUP_LIST, DESCRIBE_INSTANCES } from '../permissions/kvstore.ts';
import { checkedId, type InstanceKey } from '../resolvers/identifiers.ts';
import { KeyedInstance } from './admission.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { accessTo, requireKnown } from './instance-access.ts';

/** The arguments of a root field that is about one instance. */
export const instanceArguments = builder.args((t) => ({
  instanceId: t.string({ required: true, description: 'The id of the instance, such as `r-bp1zxszhcgatnx****`.' }),
  regionId: t.string({ required: true, description: 'The id of its region, such as `cn-hangzhou`.' }),
  accountId: t.string({
    description: 'The id of the account that owns the instance. Default: the default account of this gateway.',
  }),
}));

/** The arguments that name an instance. */
export interface InstanceArguments {
  instanceId: string;
  regionId: string;
  accountId?: string | null | undefined;
}

/** The account and region of a root field, checked for shape. Raises `BadInput`. */
export function placeOf(
  context: Context,
  { accountId, regionId }: { accountId?: string | null | undefined; regionId: string },
): { accountId: string; regionId: string } {
  return {
    accountId: accountId == null ? context.store.defaultAccountId : checkedId('accountId', accountId),
    regionId: checkedId('regionId', regionId),
  };
}

/** The instance that the arguments name, checked for shape. Raises `BadInput`. */
export function keyOf(context: Context, given: InstanceArguments): InstanceKey {
  return { ...placeOf(context, given), instanceId: checkedId('instanceId', given.instanceId) };
}

/**
 * An instance by its key, at no call. An account or region that this gateway does not know is `BadInput` for whoever may read something there;
 * everybody else gets what they would get for a known one: the key, and `AccessDenied` for all else.
 */
export function instanceByKey(context: Context, key: InstanceKey, field: string): KeyedInstance {
  const { account, region } = context.store.knows(key.accountId, key.regionId);
  if (!account || !region) {
    for (const action of [DESCRIBE_INSTANCES, DESCRIBE_CLUSTER_BACKUP_LIST]) {
      const access = accessTo(context, key, action);
      // Never a promise, as only the tags of known places are read. Were it awaited, the order of errors would show that the place is unknown.
      if (!(access instanceof Promise) && access.decide(field).effect === 'ALLOW') requireKnown(context, key);
    }
  }
  return new KeyedInstance(key);
}
