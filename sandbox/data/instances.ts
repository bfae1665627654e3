import { alphanumeric, fraction, mix, mixText, pick } from './hash.ts';
import { regionOfIndex } from './regions.ts';

/** The size of one account's world, and what it is derived from. */
export interface World {
  accountId: string;
  /** Hash of the seed and the account: other accounts have other instances. */
  key: number;
  instanceCount: number;
  /** Days for which automated backups are kept. */
  days: number;
  /** Shards of every cluster instance; undefined: 2 to 32, by instance. */
  shards: number | undefined;
  /** Whether some instances are backed up round the clock, so that there is always a running backup to look at. */
  runningBackups: boolean;
}

/** An instance, computed from its place in the world. Times are epoch milliseconds. */
export interface Instance {
  index: number;
  key: number;
  instanceId: string;
  name: string;
  regionId: string;
  zoneId: string;
  secondaryZoneId: string | undefined;
  status: string;
  architectureType: 'cluster' | 'standard' | 'rwsplit';
  editionType: 'Community' | 'Enterprise';
  instanceType: 'Redis' | 'Tair';
  engineVersion: string;
  instanceClass: string;
  shardClass: string | undefined;
  /** 1 for what is not a cluster. */
  shardCount: number;
  shardMemoryMegabytes: number;
  chargeType: 'PrePaid' | 'PostPaid';
  createTime: number;
  /** Undefined for PostPaid; past ones are expired. */
  endTime: number | undefined;
  vpcId: string;
  vSwitchId: string;
  networkType: 'VPC' | 'CLASSIC';
  nodeType: string;
  privateIp: string;
  resourceGroupId: string;
  tags: readonly { key: string; value: string }[];
  retentionDays: number;
  /** Backed up round the clock: `always` one running, or one running `often`. */
  busy: 'always' | 'often' | undefined;
}

const DAY = 86_400_000;
const FIRST_CREATION = Date.UTC(2019, 2, 1);

/** Ids carry their index in four letters, scrambled by a multiplication that can be undone, so that an id is found without a search. */
const INDEX_SPACE = 36 ** 4;
const MULTIPLIER = 1_000_003;
const INVERSE = inverseOf(MULTIPLIER, INDEX_SPACE);

/** The most instances that one account can have. */
export const MAX_INSTANCES = INDEX_SPACE;

// biome-ignore format: a list to read at a glance
const NOUNS = [
  'orders', 'sessions', 'carts', 'catalog', 'payments', 'profiles', 'search', 'inventory', 'pricing', 'feed', 'ranking',
  'coupons', 'notifications', 'devices', 'quotas', 'shipping', 'reviews', 'fraud', 'messages', 'leaderboard', 'tokens',
  'flags', 'geo',
] as const;
const TEAMS: readonly [string, ...string[]] = ['orders', 'growth', 'payments', 'search', 'platform', 'games'];
const ENVIRONMENTS: readonly [string, ...string[]] = ['prod', 'prod', 'prod', 'staging', 'dev'];
const SHARD_COUNTS: readonly [number, ...number[]] = [2, 4, 4, 8, 8, 8, 16, 16, 32];
const SHARD_MEMORY: readonly [number, ...number[]] = [1024, 2048, 4096, 4096, 8192, 16_384];
const RARE_STATUSES: readonly [string, ...string[]] = [
  'Changing',
  'BackupRecovering',
  'MinorVersionUpgrading',
  'Transforming',
  'Inactive',
];
const VERSIONS: readonly [string, ...string[]] = ['5.0', '6.0', '7.0', '5.0', '6.0', '4.0'];

export function worldOf(
  accountId: string,
  size: { seed: number; instances: number; days: number; shards: number | undefined; runningBackups: boolean },
): World {
  return {
    accountId,
    key: mixText(mix(size.seed, 1), accountId),
    instanceCount: size.instances,
    days: size.days,
    shards: size.shards,
    runningBackups: size.runningBackups,
  };
}

/** The instance at an index from 0. `now` decides nothing but when a subscription ends. */
export function instanceAt(world: World, index: number, now: number): Instance {
  const key = mix(world.key, index, 2);
  const region = regionOfIndex(index);
  const roll = (salt: number) => mix(key, salt, 3);
  const zone = roll(1) % region.zones.length;
  const architectureType = index % 10 === 7 ? 'standard' : index % 20 === 14 ? 'rwsplit' : 'cluster';
  const cluster = architectureType === 'cluster';
  const tair = cluster && roll(2) % 4 === 0;
  const shardCount = cluster ? (world.shards ?? (index === 0 ? 8 : pick(roll(3), SHARD_COUNTS))) : 1;
  const shardMemoryMegabytes = index === 0 ? 4096 : pick(roll(4), SHARD_MEMORY);
  const prePaid = roll(5) % 3 === 0;
  const expired = prePaid && index !== 0 && roll(6) % 12 === 0;
  const createTime = FIRST_CREATION + Math.floor(fraction(roll(7)) * 3 * 365 * 24 * 60) * 60_000;
  const gigabytes = shardMemoryMegabytes / 1024;
  const engineVersion = index === 0 ? '7.0' : tair ? '6.0' : pick(roll(8), VERSIONS);
  return {
    index,
    key,
    instanceId: instanceIdOf(world, index, key),
    name: nameOf(index, architectureType),
    regionId: region.regionId,
    zoneId: region.zones[zone] ?? '',
    secondaryZoneId:
      region.zones.length > 1 && roll(9) % 2 === 0 ? region.zones[(zone + 1) % region.zones.length] : undefined,
    status: expired ? 'Inactive' : index % 13 === 9 ? pick(roll(11), RARE_STATUSES) : 'Normal',
    architectureType,
    editionType: tair ? 'Enterprise' : 'Community',
    instanceType: tair ? 'Tair' : 'Redis',
    engineVersion,
    instanceClass: tair
      ? `tair.rdb.with.proxy.${gigabytes}g`
      : cluster
        ? `redis.shard.with.proxy.${gigabytes}g.ce`
        : `redis.master.${gigabytes}g.default`,
    shardClass: cluster ? (tair ? `tair.rdb.${gigabytes}g` : `redis.shard.${gigabytes}g.ce`) : undefined,
    shardCount,
    shardMemoryMegabytes,
    chargeType: prePaid ? 'PrePaid' : 'PostPaid',
    createTime,
    endTime: prePaid ? anniversary(createTime, now, expired) : undefined,
    vpcId: `vpc-${region.idPrefix}${alphanumeric(mix(world.key, index % 20, 4, roll(12) % 2), 18)}`,
    vSwitchId: `vsw-${region.idPrefix}${alphanumeric(mix(world.key, index % 20, 5, roll(12) % 2), 18)}`,
    networkType: 'VPC',
    nodeType: cluster ? 'MASTER_SLAVE' : 'double',
    privateIp: `172.16.${roll(13) % 250}.${(roll(14) % 250) + 2}`,
    resourceGroupId: `rg-acfm${alphanumeric(mix(world.key, roll(15) % 3, 6), 11)}`,
    tags: tagsOf(index, roll(16), roll(17)),
    retentionDays: world.days,
    busy: busyOf(world, index, cluster),
  };
}

/** Finds an instance by its id, in this account and any region. */
export function findInstance(world: World, instanceId: string, now: number): Instance | undefined {
  const letters = /^r-[a-z0-9]{3}([a-z0-9]{4})[a-z0-9]{11}$/.exec(instanceId)?.[1];
  if (letters === undefined) return undefined;
  const scrambled = Number.parseInt(letters, 36) - (world.key % INDEX_SPACE) + INDEX_SPACE;
  const index = ((scrambled % INDEX_SPACE) * INVERSE) % INDEX_SPACE;
  if (index >= world.instanceCount || instanceIdOf(world, index, mix(world.key, index, 2)) !== instanceId)
    return undefined;
  return instanceAt(world, index, now);
}

function instanceIdOf(world: World, index: number, key: number): string {
  const scrambled = (index * MULTIPLIER + (world.key % INDEX_SPACE)) % INDEX_SPACE;
  return `r-${regionOfIndex(index).idPrefix}${scrambled.toString(36).padStart(4, '0')}${alphanumeric(key, 11)}`;
}

function nameOf(index: number, architectureType: Instance['architectureType']): string {
  const kind = { cluster: 'cluster', standard: 'cache', rwsplit: 'replicas' }[architectureType];
  const turn = Math.floor(index / NOUNS.length);
  return `${NOUNS[index % NOUNS.length]}-${kind}${turn === 0 ? '' : `-${turn + 1}`}`;
}

function tagsOf(index: number, team: number, environment: number): Instance['tags'] {
  if (index === 0)
    return [
      { key: 'team', value: 'orders' },
      { key: 'env', value: 'prod' },
    ];
  if (team % 9 === 0) return [];
  return [
    { key: 'team', value: pick(team, TEAMS) },
    { key: 'env', value: pick(environment, ENVIRONMENTS) },
  ];
}

function busyOf(world: World, index: number, cluster: boolean): Instance['busy'] {
  if (!world.runningBackups || !cluster) return undefined;
  return index === 0 ? 'always' : index % 16 === 5 ? 'often' : undefined;
}

/** Subscriptions run for whole years and are renewed when they end, but for the expired ones. */
function anniversary(createTime: number, now: number, expired: boolean): number {
  const years = Math.max(1, Math.ceil((now - createTime) / (365 * DAY)));
  return createTime + (expired ? Math.max(1, years - 1) : years) * 365 * DAY;
}

function inverseOf(value: number, modulus: number): number {
  let [a, b, x, y] = [value, modulus, 1, 0];
  while (b !== 0) {
    const quotient = Math.floor(a / b);
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}
