import type { ClusterBackupStatus, InstanceArchitecture, InstanceStatus } from '../generated/graphql.ts';

/** Days that an instance's page can look back. */
export const LOOK_BACK_DAYS = [7, 30, 90] as const;
type LookBackDays = (typeof LOOK_BACK_DAYS)[number];

export interface InstancesAddress {
  view: 'instances';
  regionId: string;
  /** Absent: the gateway's default account. */
  accountId?: string | undefined;
  search?: string | undefined;
  status?: InstanceStatus | undefined;
  architectureType?: InstanceArchitecture | undefined;
}

export interface InstanceAddress {
  view: 'instance';
  regionId: string;
  instanceId: string;
  accountId?: string | undefined;
  days: LookBackDays;
  /** The backup whose shards are shown. */
  clusterBackupId?: string | undefined;
  /** Only backups in this state. */
  backupStatus?: ClusterBackupStatus | undefined;
}

/**
 * What is looked at, as the fragment of the page's address says it, so that every view can be shared:
 * `#/cn-hangzhou?status=NORMAL`, `#/cn-hangzhou/r-…?days=90`, `#/cn-hangzhou/r-…/cb-…`.
 */
export type Address =
  | { view: 'home'; accountId?: string | undefined }
  | InstancesAddress
  | InstanceAddress
  | { view: 'unknown' };

export const INSTANCE_STATUSES = [
  'NORMAL',
  'CHANGING',
  'CREATING',
  'INACTIVE',
  'FLUSHING',
  'RELEASED',
  'TRANSFORMING',
  'MIGRATING',
  'BACKUP_RECOVERING',
  'MINOR_VERSION_UPGRADING',
  'MAJOR_VERSION_UPGRADING',
  'NETWORK_MODIFYING',
  'SSL_MODIFYING',
] as const satisfies readonly InstanceStatus[];

export const INSTANCE_ARCHITECTURES = [
  'CLUSTER',
  'STANDARD',
  'RWSPLIT',
] as const satisfies readonly InstanceArchitecture[];

export const BACKUP_STATUSES = ['OK', 'FAILED', 'RUNNING'] as const satisfies readonly ClusterBackupStatus[];

const REGION_ID = /^[a-z]{2,}(-[a-z0-9]+)+$/;
const INSTANCE_ID = /^[a-z]{1,8}-[a-z0-9]{1,60}$/;
const BACKUP_ID = /^cb-[a-z0-9]{1,60}$/i;
const ACCOUNT_ID = /^\d{5,20}$/;

/** Whether a text can be the id of an account. */
export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text);
}

/** Whether a text can be the id of an instance. */
export function isInstanceId(text: string): boolean {
  return INSTANCE_ID.test(text);
}

/** Reads a fragment; `unknown` for one that no view has. What does not fit in a parameter is left out. */
export function parseAddress(fragment: string): Address {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const [regionId, instanceId, clusterBackupId, ...more] = path.split('/').filter((part) => part !== '');
  const account = parameters.get('account');
  const accountId = account !== null && isAccountId(account) ? account : undefined;

  if (regionId === undefined) return { view: 'home', accountId };
  if (!REGION_ID.test(regionId) || more.length > 0) return { view: 'unknown' };
  if (instanceId === undefined) {
    return {
      view: 'instances',
      regionId,
      accountId,
      search: parameters.get('search')?.trim() || undefined,
      status: INSTANCE_STATUSES.find((status) => status === parameters.get('status')),
      architectureType: INSTANCE_ARCHITECTURES.find((type) => type === parameters.get('type')),
    };
  }
  if (!INSTANCE_ID.test(instanceId)) return { view: 'unknown' };
  if (clusterBackupId !== undefined && !BACKUP_ID.test(clusterBackupId)) return { view: 'unknown' };
  return {
    view: 'instance',
    regionId,
    instanceId,
    accountId,
    days: LOOK_BACK_DAYS.find((days) => String(days) === parameters.get('days')) ?? 30,
    clusterBackupId,
    backupStatus: BACKUP_STATUSES.find((status) => status === parameters.get('backups')),
  };
}

/** The fragment of an address, with its `#`. */
export function formatAddress(address: Address): string {
  if (address.view === 'unknown') return '#/';
  const parameters = new URLSearchParams();
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') parameters.set(name, value);
  };
  const parts: string[] = [];
  if (address.view === 'instances') {
    parts.push(address.regionId);
    add('search', address.search);
    add('status', address.status);
    add('type', address.architectureType);
  }
  if (address.view === 'instance') {
    parts.push(address.regionId, address.instanceId);
    if (address.clusterBackupId !== undefined) parts.push(address.clusterBackupId);
    if (address.days !== 30) add('days', String(address.days));
    add('backups', address.backupStatus);
  }
  add('account', address.accountId);
  const query = parameters.toString();
  return `#/${parts.join('/')}${query === '' ? '' : `?${query}`}`;
}
