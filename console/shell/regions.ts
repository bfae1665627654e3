import { createContext, useContext } from 'react';
import type { Read } from '../client/use-read.ts';
import type { RegionsQuery } from '../generated/graphql.ts';

/** The regions of the account that is looked at, read once for everything that names or offers them. */
export const RegionsContext = createContext<Read<RegionsQuery> | undefined>(undefined);

export function useRegions(): Read<RegionsQuery> {
  const regions = useContext(RegionsContext);
  if (regions === undefined) throw new Error('No RegionsContext around');
  return regions;
}

/** The English name of a region; its id while that is not known. */
export function useRegionName(regionId: string): string {
  const { data } = useRegions();
  return data?.regions?.find((region) => region.regionId === regionId)?.name ?? regionId;
}
