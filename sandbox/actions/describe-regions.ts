import { optionalChoice } from '../calls/parameters.ts';
import { REGIONS } from '../data/regions.ts';
import type { ActionContext } from './action.ts';

export function describeRegions({ parameters }: ActionContext): Record<string, unknown> {
  const english = optionalChoice(parameters, 'AcceptLanguage', ['zh-CN', 'en-US']) === 'en-US';
  const regions = REGIONS.map((region) => ({
    RegionEndpoint: region.endpoint,
    // the English names of the documentation's example end with a line break
    LocalName: english ? `${region.englishName}\n` : region.chineseName,
    RegionId: region.regionId,
    ZoneIds: region.zones.join(','),
    ZoneIdList: { ZoneId: region.zones },
  }));
  return { RegionIds: { KVStoreRegion: regions } };
}
