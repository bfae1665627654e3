import type { Product } from './call.ts';
import { UpstreamError } from './upstream-error.ts';

/** Where a call goes. */
export interface Endpoint {
  /** `https://r-kvstore.aliyuncs.com`, with the port where it is not the scheme's own. */
  origin: string;
  /** `/`, unless the override has a path of its own. */
  path: string;
}

/** Finds where a call goes. Hosts come from the table below or from the operator, never from a request. */
export type Endpoints = (product: Product, regionId: string) => Endpoint;

/** Which hosts are called. */
export interface EndpointOptions {
  /** `vpc`: hosts that only machines inside the region's VPC reach. */
  network?: 'public' | 'vpc';
  /** One base URL for every call, whatever its region and product. */
  override?: string | undefined;
}

const CENTRAL = 'r-kvstore.aliyuncs.com';

/** Public host of each region. Source: `_endpointMap` of `@alicloud/r-kvstore20150101` 6.4.0. */
export const REGION_HOSTS: Readonly<Record<string, string>> = {
  'cn-qingdao': CENTRAL,
  'cn-beijing': CENTRAL,
  'cn-wulanchabu': CENTRAL,
  'cn-hangzhou': CENTRAL,
  'cn-shanghai': CENTRAL,
  'cn-heyuan': CENTRAL,
  'cn-hangzhou-finance': CENTRAL,
  'ap-northeast-2-pop': CENTRAL,
  'cn-beijing-finance-pop': CENTRAL,
  'cn-beijing-gov-1': CENTRAL,
  'cn-beijing-nu16-b01': CENTRAL,
  'cn-edge-1': CENTRAL,
  'cn-fujian': CENTRAL,
  'cn-haidian-cm12-c01': CENTRAL,
  'cn-hangzhou-bj-b01': CENTRAL,
  'cn-hangzhou-internal-prod-1': CENTRAL,
  'cn-hangzhou-internal-test-1': CENTRAL,
  'cn-hangzhou-internal-test-2': CENTRAL,
  'cn-hangzhou-internal-test-3': CENTRAL,
  'cn-hangzhou-test-306': CENTRAL,
  'cn-hongkong-finance-pop': CENTRAL,
  'cn-qingdao-nebula': CENTRAL,
  'cn-shanghai-et15-b01': CENTRAL,
  'cn-shanghai-et2-b01': CENTRAL,
  'cn-shanghai-inner': CENTRAL,
  'cn-shanghai-internal-test-1': CENTRAL,
  'cn-shenzhen-inner': CENTRAL,
  'cn-shenzhen-st4-d01': CENTRAL,
  'cn-shenzhen-su18-b01': CENTRAL,
  'cn-wuhan': CENTRAL,
  'cn-yushanfang': CENTRAL,
  'cn-zhangbei': CENTRAL,
  'cn-zhangbei-na61-b01': CENTRAL,
  'cn-zhangjiakou-na62-a01': CENTRAL,
  'cn-zhengzhou-nebula-1': CENTRAL,
  'eu-west-1-oxs': CENTRAL,
  'rus-west-1-pop': CENTRAL,
  'cn-zhengzhou-jva': 'r-kvstore.cn-zhengzhou-jva.aliyuncs.com',
  'cn-wuhan-lr': 'r-kvstore.cn-wuhan-lr.aliyuncs.com',
  'cn-hongkong': 'r-kvstore.cn-hongkong.aliyuncs.com',
  'cn-zhangjiakou': 'r-kvstore.cn-zhangjiakou.aliyuncs.com',
  'cn-shenzhen': 'r-kvstore.cn-shenzhen.aliyuncs.com',
  'cn-nanjing': 'r-kvstore.cn-nanjing.aliyuncs.com',
  'ap-northeast-2': 'r-kvstore.ap-northeast-2.aliyuncs.com',
  'ap-northeast-1': 'r-kvstore.ap-northeast-1.aliyuncs.com',
  'cn-fuzhou': 'r-kvstore.cn-fuzhou.aliyuncs.com',
  'cn-chengdu': 'r-kvstore.cn-chengdu.aliyuncs.com',
  'cn-guangzhou': 'r-kvstore.cn-guangzhou.aliyuncs.com',
  'ap-southeast-1': 'r-kvstore.ap-southeast-1.aliyuncs.com',
  'ap-southeast-2': 'r-kvstore.ap-southeast-2.aliyuncs.com',
  'ap-southeast-3': 'r-kvstore.ap-southeast-3.aliyuncs.com',
  'cn-huhehaote': 'r-kvstore.cn-huhehaote.aliyuncs.com',
  'ap-southeast-5': 'r-kvstore.ap-southeast-5.aliyuncs.com',
  'ap-southeast-6': 'r-kvstore.ap-southeast-6.aliyuncs.com',
  'ap-southeast-7': 'r-kvstore.ap-southeast-7.aliyuncs.com',
  'us-east-1': 'r-kvstore.us-east-1.aliyuncs.com',
  'us-southeast-1': 'r-kvstore.us-southeast-1.aliyuncs.com',
  'eu-west-1': 'r-kvstore.eu-west-1.aliyuncs.com',
  'us-west-1': 'r-kvstore.us-west-1.aliyuncs.com',
  'eu-central-1': 'r-kvstore.eu-central-1.aliyuncs.com',
  'na-south-1': 'r-kvstore.na-south-1.aliyuncs.com',
  'me-east-1': 'r-kvstore.me-east-1.aliyuncs.com',
  'me-central-1': 'r-kvstore.me-central-1.aliyuncs.com',
  'ap-south-1': 'r-kvstore.ap-south-1.aliyuncs.com',
  'cn-heyuan-acdr-1': 'r-kvstore.cn-heyuan-acdr-1.aliyuncs.com',
  'cn-shenzhen-finance-1': 'r-kvstore.cn-shenzhen-finance-1.aliyuncs.com',
  'cn-beijing-finance-1': 'r-kvstore.cn-beijing-finance-1.aliyuncs.com',
  'cn-shanghai-finance-1': 'r-kvstore.cn-shanghai-finance-1.aliyuncs.com',
  'cn-wulanchabu-gic-1': 'r-kvstore.cn-wulanchabu-gic-1.aliyuncs.com',
};

/** Whether R-KVStore has a host for it. */
export function isKnownRegion(regionId: string): boolean {
  return Object.hasOwn(REGION_HOSTS, regionId);
}

/**
 * @returns a function that raises an `UpstreamError` of kind `invalid` for a region that is not in the table, the
 * override notwithstanding: a region is also part of what is signed and shown
 * @throws TypeError when the override is not an `http:` or `https:` URL without credentials, query and fragment
 */
export function createEndpoints({ network = 'public', override }: EndpointOptions = {}): Endpoints {
  const everywhere = override === undefined ? undefined : endpointOf(override);
  return (product, regionId) => {
    if (!isKnownRegion(regionId)) throw new UpstreamError({ kind: 'invalid', message: 'The region is not known.' });
    return everywhere ?? { origin: `https://${hostOf(product, regionId, network)}`, path: '/' };
  };
}

function hostOf(product: Product, regionId: string, network: 'public' | 'vpc'): string {
  if (product === 'sts') return network === 'vpc' ? `sts-vpc.${regionId}.aliyuncs.com` : 'sts.aliyuncs.com';
  // The SDK ignores its `network` setting for every region of its map; these hosts are those of the endpoint page.
  return network === 'vpc' ? `r-kvstore-vpc.${regionId}.aliyuncs.com` : (REGION_HOSTS[regionId] ?? CENTRAL);
}

function endpointOf(baseUrl: string): Endpoint {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const usable =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && url.search === '' && url.hash === '';
  if (!usable) throw new TypeError('The upstream endpoint must be an http or https URL without credentials and query.');
  return { origin: url.origin, path: url.pathname };
}
