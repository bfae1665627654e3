import { z } from 'zod';
import type { ShardBackupRow } from '../upstream/rows.ts';
import { BadInput } from './bad-input.ts';
import { type ConnectionArguments, checkedSpan, LARGEST_COUNT } from './connection-arguments.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ClusterBackupKey } from './global-id.ts';
import { instanceKeyText } from './identifiers.ts';

/** A page of the shards of one backup set, which are all at hand already. */
export interface ShardBackupPage {
  rows: readonly ShardBackupRow[];
  totalCount: number;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursor(index: number): string;
}

const partsSchema = z.tuple([
  z.string().regex(/^[\w.-]{1,64}$/),
  z
    .string()
    .regex(/^[0-9a-z]{1,4}$/)
    .transform((text) => Number.parseInt(text, 36)),
]);

/** Chooses a page; without arguments all shards. A cursor remembers the shard's backup, and its place for when it has gone. Raises `BadInput`. */
export function pageOfShards(
  key: ClusterBackupKey,
  all: readonly ShardBackupRow[],
  given: ConnectionArguments,
): ShardBackupPage {
  const span = checkedSpan(given, LARGEST_COUNT);
  const scope = () => `${instanceKeyText(key)}/${key.clusterBackupId}`;
  const place = (text: string, argument: 'after' | 'before') => {
    const parts = partsSchema.safeParse(decodeCursor('s', scope(), text, argument));
    if (!parts.success) throw new BadInput(`${argument}: expected a cursor of this gateway`);
    const [backupId, hint] = parts.data;
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
    cursor: (index) => encodeCursor('s', scope(), [(all[low + index] as ShardBackupRow).backupId, low + index]),
  };
}
