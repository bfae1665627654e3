import { BadInput, quoted } from '../resolvers/bad-input.ts';
import { decodeGlobalId, type GlobalId } from '../resolvers/global-id.ts';
import { checkedId } from '../resolvers/identifiers.ts';

const TYPES = ['Instance', 'ClusterBackup', 'ShardBackup'] as const;

/**
 * What a representation of `_entities` names, by whichever of its keys it brings. It may be any JSON at all: whatever is not right raises
 * `BadInput`. The cost of an operation and its execution both read it here, so that they cannot disagree about what will be read.
 */
export function readRepresentation(representation: unknown): GlobalId {
  if (typeof representation !== 'object' || representation === null || Array.isArray(representation)) {
    throw new BadInput('representations: expected an object with __typename and a key');
  }
  const { __typename: name, id, ...key } = representation as Record<string, unknown>;
  const type = TYPES.find((known) => known === name);
  if (type === undefined) {
    const got = typeof name === 'string' ? `, got ${quoted(name)}` : '';
    throw new BadInput(`representations: expected a __typename of ${TYPES.join(', ')}${got}`);
  }
  if (typeof id === 'string') {
    const decoded = decodeGlobalId(id);
    if (decoded.type === type) return decoded;
    throw new BadInput(`representations: expected the id of a ${type}, got that of a ${decoded.type}`);
  }
  if (type === 'Instance' && isInstanceKey(key)) {
    return {
      type,
      accountId: checkedId('accountId', key.accountId),
      regionId: checkedId('regionId', key.regionId),
      instanceId: checkedId('instanceId', key.instanceId),
    };
  }
  const expected = type === 'Instance' ? 'id, or accountId, regionId and instanceId' : 'id';
  throw new BadInput(`representations: expected a key of ${type}: ${expected}`);
}

function isInstanceKey(key: Record<string, unknown>): key is Record<'accountId' | 'regionId' | 'instanceId', string> {
  return [key.accountId, key.regionId, key.instanceId].every((part) => typeof part === 'string');
}
