import { z } from 'zod';

/**
 * What the upstream does not publish, as switches: a client has to be right whichever way each of them stands. They may be
 * changed while the sandbox runs. The first value named is the default.
 */
export const behaviourSchema = z.strictObject({
  /** Whether `StartTime` to `EndTime` looks at when a backup started or ended. One that still runs counts as ending now. */
  rangeLooksAt: z.enum(['start', 'end']),
  /** Whether a backup exactly on a border of the range is in it. */
  rangeBorders: z.enum(['inclusive', 'exclusive', 'end-exclusive']),
  /** Whether the range still applies when `ClusterBackupId` is given. */
  rangeAppliesToId: z.boolean(),
  /** Order by start time; `unordered` is a fixed order that has nothing to do with time. */
  order: z.enum(['newest-first', 'oldest-first', 'unordered']),
  /** Order of backups that started in the same second; `unstable` is another one on each call. */
  ties: z.enum(['id-descending', 'id-ascending', 'as-listed', 'unstable']),
  /** What stands for the shards with `NoShardBackup=True`. */
  withoutShards: z.enum(['omitted', 'empty']),
  /** What `MaxResults` counts: sets on this page, sets in the range, or the page's size. */
  maxResults: z.enum(['returned', 'total', 'page-size']),
  /** A `PageSize` outside the published list is an error, or becomes the next smaller one on the list. */
  pageSizeOutsideList: z.enum(['reject', 'clamp']),
  /** `ClusterBackups` of an empty page. */
  emptyList: z.enum(['empty', 'omitted']),
  /** `ClusterBackupEndTime` while the backup runs. */
  endTimeWhileRunning: z.enum(['omitted', 'empty']),
  /** `LogStorageSize` of an instance without log backups. */
  logStorageSize: z.enum(['zero', 'omitted']),
  /** What an instance that is not a cluster answers. */
  notACluster: z.enum(['empty', 'error']),
  /** HTTP status of `Throttling*`. */
  throttlingStatus: z.literal([400, 429]),
  /** Whether throttled answers say when to come back, in `x-acs-retry-after` (milliseconds). */
  retryAfterHeader: z.boolean(),
  /** HTTP status of `InvalidSecurityToken.Expired`. */
  tokenExpiredStatus: z.literal([400, 403]),
});

export type Behaviour = z.output<typeof behaviourSchema>;

export const DEFAULT_BEHAVIOUR: Readonly<Behaviour> = {
  rangeLooksAt: 'start',
  rangeBorders: 'inclusive',
  rangeAppliesToId: true,
  order: 'newest-first',
  ties: 'id-descending',
  withoutShards: 'omitted',
  maxResults: 'returned',
  pageSizeOutsideList: 'reject',
  emptyList: 'empty',
  endTimeWhileRunning: 'omitted',
  logStorageSize: 'zero',
  notACluster: 'empty',
  throttlingStatus: 400,
  retryAfterHeader: true,
  tokenExpiredStatus: 400,
};
