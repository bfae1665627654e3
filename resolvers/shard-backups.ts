import { z } from 'zod';
import type { ShardBackupRow } from '../upstream/rows.ts';
import { type ConnectionArguments, checkedSpan, LARGEST_COUNT } from './connection-arguments.ts';
import { decodeCursor, encodeCursor, notOurs } from './cursor.ts';
import { type InstanceKey, instanceKeyText } from './identifiers.ts';

/** A page of the shards of one backup set, which are all at hand already. */
export interface ShardBackupPage {
  rows: readonly ShardBackupRow[];
  totalCount: number;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursor(index: number): string;
}

const partsSchema = z.tuple([
  z
    .string()
    .regex(/^[0-9a-z]{1,4}$/)
    .transform((text) => Number.parseInt(text, 36)),
  z.string().min(1).max(128),
]);

/** Which set the shards are of. */
interface BackupOfShards {
  readonly instance: InstanceKey;
  readonly row: { readonly clusterBackupId: string };
}

/** Chooses a page; without arguments all shards. A cursor remembers the shard's backup, and its place for when it has gone. Raises `BadInput`. */
export function pageOfShards(
  { instance, row: { clusterBackupId } }: BackupOfShards,
  all: readonly ShardBackupRow[],
  given: ConnectionArguments,
): ShardBackupPage {
  const span = checkedSpan(given, LARGEST_COUNT);
  const scope = () => `${instanceKeyText(instance)}/${clusterBackupId}`;
  const place = (text: string, argument: 'after' | 'before') => {
    const parts = partsSchema.safeParse(decodeCursor('s', scope(), 2, text, argument));
    if (!parts.success) throw notOurs(argument);
    const [hint, backupId] = parts.data;
    const index = all.findIndex((row) => row.backupId === backupId);
    return index === -1 ? { at: hint - 0.5 } : { at: index };
  };
  const after = span.after === undefined ? -1 : place(span.after, 'after').at;
  const before = span.before === undefined ? all.length : place(span.before, 'before').at;
  let low = Math.floor(after) + 1;
  let high = Math.max(low, Math.min(all.length, Math.ceil(before)));
  if (span.from === 'end') low = Math.max(low, high - span.count);
  else high = Math.min(high, low + span.count);
  return {
    rows: low === 0 && high === all.length ? all : all.slice(low, high),
    totalCount: all.length,
    hasNextPage: high < all.length,
    hasPreviousPage: low > 0,
    cursor: (index) => encodeCursor('s', scope(), [low + index, (all[low + index] as ShardBackupRow).backupId]),
  };
}
