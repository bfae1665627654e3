import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

export interface SchemaChanges {
  /** What an operation that was right would stumble over. */
  breaking: string[];
  /** What a client that was right may be surprised by: a new enum value, a new default. */
  dangerous: string[];
}

/**
 * What happened to a schema since it was released, as far as clients would notice. Taking away a field counts as breaking unless
 * it was deprecated in the released schema already.
 */
export async function changesSince(released: string, current: string): Promise<SchemaChanges> {
  const changes = await diff(buildSchema(released), buildSchema(current), [DiffRule.suppressRemovalOfDeprecatedField]);
  const messages = (level: CriticalityLevel) =>
    changes.filter(({ criticality }) => criticality.level === level).map(({ message }) => message);
  return { breaking: messages(CriticalityLevel.Breaking), dangerous: messages(CriticalityLevel.Dangerous) };
}
