import type { OperatorFamily } from './condition-operators.ts';

export const SOURCE_IP = 'acs:SourceIp';
export const CURRENT_TIME = 'acs:CurrentTime';
export const SECURE_TRANSPORT = 'acs:SecureTransport';
export const MFA_PRESENT = 'acs:MFAPresent';
/** The field being read, as `Type.field`. */
export const FIELD = 'gateway:Field';
export const SUBJECT = 'gateway:Subject';
/** All groups of the principal. */
export const GROUP = 'gateway:Group';

/** The family of a condition key's values; undefined for a key that is not known. */
export type ConditionKeys = (key: string) => OperatorFamily | undefined;

/** The keys that the gateway gives values to. */
export const gatewayConditionKeys: ConditionKeys = (key) =>
  FAMILIES.get(key) ?? (tagKeyOf(key) === undefined ? undefined : 'String');

/** `team` of `acs:ResourceTag/team`; undefined for every other key. */
export function tagKeyOf(key: string): string | undefined {
  if (!key.startsWith(RESOURCE_TAG_PREFIX) || key.length === RESOURCE_TAG_PREFIX.length) return undefined;
  return key.slice(RESOURCE_TAG_PREFIX.length);
}

const RESOURCE_TAG_PREFIX = 'acs:ResourceTag/';

const FAMILIES: ReadonlyMap<string, OperatorFamily> = new Map([
  [SOURCE_IP, 'IP'],
  [CURRENT_TIME, 'Date'],
  [SECURE_TRANSPORT, 'Bool'],
  [MFA_PRESENT, 'Bool'],
  [FIELD, 'String'],
  [SUBJECT, 'String'],
  [GROUP, 'String'],
]);
