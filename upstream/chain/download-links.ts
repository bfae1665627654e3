import type { ClusterBackupPage, ClusterBackupRow, ShardBackupRow } from '../rows.ts';
import type { LinkRules } from './cache-entry.ts';

/** The links to the shards' files in a page of backups: whoever has one has the data. */
export const downloadLinks: LinkRules<ClusterBackupPage> = {
  validUntil(page, now) {
    let until: number | undefined;
    for (const row of page.rows) {
      for (const shard of row.shardBackups ?? []) {
        for (const link of [shard.downloadUrl, shard.internalDownloadUrl]) {
          if (link !== null) until = Math.min(until ?? Number.POSITIVE_INFINITY, linkValidUntil(link, now));
        }
      }
    }
    return until;
  },
  without: (page) => ({ ...page, rows: page.rows.map(rowWithout) }),
};

/**
 * Epoch milliseconds until which a signed OSS link says that it is valid, infinity when it says nothing. `Expires` and the older
 * `x-oss-expires` are epoch seconds; with signature version 4 `x-oss-expires` is seconds from `x-oss-date`.
 * Source: "Add signatures to URLs" of the OSS documentation.
 */
export function linkValidUntil(link: string, now: number): number {
  const seconds = /[?&](?:x-oss-)?expires=(\d{1,12})(?:&|$)/i.exec(link)?.[1];
  if (seconds === undefined) return Number.POSITIVE_INFINITY;
  if (Number(seconds) > 1_000_000_000) return Number(seconds) * 1_000;
  const date = /[?&]x-oss-date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/i.exec(link);
  const from = date ? Date.parse(`${date[1]}-${date[2]}-${date[3]}T${date[4]}:${date[5]}:${date[6]}Z`) : now;
  return from + Number(seconds) * 1_000;
}

function rowWithout(row: ClusterBackupRow): ClusterBackupRow {
  return row.shardBackups ? { ...row, shardBackups: row.shardBackups.map(shardWithout) } : row;
}

function shardWithout(shard: ShardBackupRow): ShardBackupRow {
  if (shard.downloadUrl === null && shard.internalDownloadUrl === null && !shard.faults) return shard;
  const { faults: { downloadUrl, internalDownloadUrl, ...faults } = {}, ...rest } = shard;
  return {
    ...rest,
    downloadUrl: null,
    internalDownloadUrl: null,
    ...(Object.keys(faults).length > 0 ? { faults } : {}),
  };
}
