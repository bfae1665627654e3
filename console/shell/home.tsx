import { useEffect } from 'react';
import { navigate } from '../address/use-address.ts';
import { failureAt } from '../failure/failure.ts';
import { FailureNotice } from '../failure/failure-notice.tsx';
import { firstRegion } from './last-region.ts';
import { useRegions } from './regions.ts';

/** Nobody stays here: goes on to a region, so that one click after signing in there is something to see. */
export function Home({ accountId }: { accountId: string | undefined }) {
  const { data, failures, readAgain } = useRegions();
  const failure = failureAt(failures, 'regions');
  const regionId = firstRegion((data?.regions ?? []).map((region) => region.regionId));
  useEffect(() => {
    if (regionId !== undefined) navigate({ view: 'instances', regionId, accountId }, { replace: true });
  }, [regionId, accountId]);
  if (failure !== undefined)
    return <FailureNotice failure={failure} what="the regions of this account" onRetry={readAgain} />;
  return (
    <p className="reading" role="status">
      Loading regions …
    </p>
  );
}
