/** A region as `DescribeRegions` shows it. Endpoints are those of the official SDK's map. */
export interface SandboxRegion {
  regionId: string;
  endpoint: string;
  /** LocalName for `AcceptLanguage` `zh-CN`, the default, and `en-US`. */
  chineseName: string;
  englishName: string;
  zones: readonly string[];
  /** What the ids of its instances begin with, after `r-`. */
  idPrefix: string;
}

const CENTRAL = 'r-kvstore.aliyuncs.com';

export const REGIONS: readonly SandboxRegion[] = [
  region('cn-hangzhou', '华东1(杭州)', 'China (Hangzhou)', 'bp1', 'hijk', CENTRAL),
  region('cn-shanghai', '华东2(上海)', 'China (Shanghai)', 'uf6', 'bglm', CENTRAL),
  region('cn-qingdao', '华北1(青岛)', 'China (Qingdao)', 'm5e', 'bc', CENTRAL),
  region('cn-beijing', '华北2(北京)', 'China (Beijing)', '2ze', 'fhkl', CENTRAL),
  region('cn-zhangjiakou', '华北3(张家口)', 'China (Zhangjiakou)', '8vb', 'abc'),
  region('cn-huhehaote', '华北5(呼和浩特)', 'China (Hohhot)', 'hp3', 'ab'),
  region('cn-wulanchabu', '华北6(乌兰察布)', 'China (Ulanqab)', '0jl', 'abc', CENTRAL),
  region('cn-shenzhen', '华南1(深圳)', 'China (Shenzhen)', 'wz9', 'cdef'),
  region('cn-heyuan', '华南2(河源)', 'China (Heyuan)', 'f8z', 'ab', CENTRAL),
  region('cn-guangzhou', '华南3(广州)', 'China (Guangzhou)', '7xv', 'ab'),
  region('cn-chengdu', '西南1(成都)', 'China (Chengdu)', '2vc', 'ab'),
  region('cn-nanjing', '华东5(南京)', 'China (Nanjing)', 'gc7', 'a'),
  region('cn-fuzhou', '华东6(福州)', 'China (Fuzhou)', 'gw0', 'a'),
  region('cn-hongkong', '中国香港', 'China (Hong Kong)', 'j6c', 'bcd'),
  region('ap-southeast-1', '新加坡', 'Singapore', 't4n', 'abc'),
  region('ap-southeast-2', '澳大利亚(悉尼)', 'Australia (Sydney)', 'p0w', 'ab'),
  region('ap-southeast-3', '马来西亚(吉隆坡)', 'Malaysia (Kuala Lumpur)', '8ps', 'ab'),
  region('ap-southeast-5', '印度尼西亚(雅加达)', 'Indonesia (Jakarta)', 'k1a', 'abc'),
  region('ap-southeast-6', '菲律宾(马尼拉)', 'Philippines (Manila)', '5ts', 'a'),
  region('ap-southeast-7', '泰国(曼谷)', 'Thailand (Bangkok)', '0jo', 'a'),
  region('ap-northeast-1', '日本(东京)', 'Japan (Tokyo)', '6we', 'abc'),
  region('ap-northeast-2', '韩国(首尔)', 'South Korea (Seoul)', 'mj7', 'a'),
  region('ap-south-1', '印度(孟买)', 'India (Mumbai)', 'a2d', 'ab'),
  region('us-east-1', '美国(弗吉尼亚)', 'US (Virginia)', '0xi', 'ab'),
  region('us-west-1', '美国(硅谷)', 'US (Silicon Valley)', 'rj9', 'ab'),
  region('eu-west-1', '英国(伦敦)', 'UK (London)', 'd7o', 'ab'),
  region('eu-central-1', '德国(法兰克福)', 'Germany (Frankfurt)', 'gw8', 'ab'),
  region('me-east-1', '阿联酋(迪拜)', 'UAE (Dubai)', 'eb3', 'a'),
  region('me-central-1', '沙特(利雅得)', 'SAU (Riyadh)', 'l4v', 'ab'),
];

const BY_ID: ReadonlyMap<string, SandboxRegion> = new Map(REGIONS.map((each) => [each.regionId, each]));

export function findRegion(regionId: string): SandboxRegion | undefined {
  return BY_ID.get(regionId);
}

/** Where instances stand: the instance at `index` is in the region at `index` modulo the length, so regions need no search. */
const PLACES = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-beijing',
  'cn-zhangjiakou',
  'ap-southeast-1',
  'cn-hangzhou',
  'cn-shenzhen',
  'cn-shanghai',
  'cn-hangzhou',
  'cn-hongkong',
  'cn-beijing',
  'ap-southeast-1',
  'cn-hangzhou',
  'eu-central-1',
  'cn-shanghai',
  'cn-zhangjiakou',
  'us-west-1',
  'cn-hangzhou',
  'cn-beijing',
  'ap-northeast-1',
];

export function regionOfIndex(index: number): SandboxRegion {
  const found = findRegion(PLACES[index % PLACES.length] ?? 'cn-hangzhou');
  if (!found) throw new Error(`no region for the instance at ${index}`);
  return found;
}

function region(
  regionId: string,
  chineseName: string,
  englishName: string,
  idPrefix: string,
  zoneLetters: string,
  endpoint = `r-kvstore.${regionId}.aliyuncs.com`,
): SandboxRegion {
  const zones = [...zoneLetters].map((letter) => `${regionId}-${letter}`);
  return { regionId, endpoint, chineseName, englishName, zones, idPrefix };
}
