import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import type { InstancesAddress } from '../address/address.ts';
import { navigate } from '../address/use-address.ts';
import { useTitle } from '../browser/use-title.ts';
import { FailureNotice } from '../failure/failure-notice.tsx';
import { QuotaNotice } from '../failure/quota-notice.tsx';
import { StaleNotice } from '../failure/stale-notice.tsx';
import { count } from '../formatting/amounts.ts';
import { NightsLegend } from '../nights/nights-legend.tsx';
import { rememberRegion } from '../shell/last-region.ts';
import { useRegionName } from '../shell/regions.ts';
import { GoToInstance } from './go-to-instance.tsx';
import { InstanceFilters } from './instance-filters.tsx';
import { InstanceTable } from './instance-table.tsx';
import { knownList } from './known-lists.ts';

/** The instances of a region, and how their last nights went. */
export function InstancesView({ address }: { address: InstancesAddress }) {
  const client = useClient();
  const known = useMemo(() => knownList(client, address), [client, address]);
  const { list, nights } = known;
  const state = useSyncExternalStore(list.subscribe, list.state);
  const staleSeconds = useSyncExternalStore(nights.subscribe, nights.staleSeconds);
  const regionName = useRegionName(address.regionId);
  useTitle(regionName);
  useEffect(() => rememberRegion(address.regionId), [address.regionId]);
  useEffect(() => {
    list.want(0);
    return () => list.stop();
  }, [list]);

  const readAgain = () => {
    list.readAgain();
    nights.readAgain();
  };

  const isFiltered = [address.search, address.status, address.architectureType].some((value) => value !== undefined);
  return (
    <div className="instances">
      <header className="view-head">
        <div>
          <h1 tabIndex={-1}>{regionName}</h1>
          <p className="view-sub">
            <code>{address.regionId}</code>
            {state.isCounted && (
              <span aria-live="polite">
                {count(
                  state.total,
                  isFiltered ? 'instance matches' : 'instance',
                  isFiltered ? 'instances match' : 'instances',
                )}
              </span>
            )}
          </p>
        </div>
        <button type="button" className="button" onClick={readAgain}>
          Refresh
        </button>
      </header>
      <StaleNotice seconds={state.staleSeconds ?? staleSeconds} onRetry={readAgain} />
      {state.failure?.kind === 'denied' ? (
        <>
          <FailureNotice failure={state.failure} what="the instances of this region" />
          <GoToInstance address={address} />
        </>
      ) : (
        <>
          <div className="table-tools">
            <InstanceFilters key={address.regionId} address={address} />
            {state.total > 0 && <NightsLegend nights={nights} list={list} />}
          </div>
          {state.failure !== undefined && (
            <FailureNotice failure={state.failure} what="the instances of this region" onRetry={list.retry} />
          )}
          {state.waitingUntil !== undefined && <QuotaNotice until={state.waitingUntil} />}
          {state.hidden?.kind === 'denied' && (
            <p className="notice-line">
              Some columns are hidden from you: <code>{state.hidden.action}</code> is not allowed on every instance.
            </p>
          )}
          {state.isCounted && state.total === 0 ? (
            <section className="notice">
              <h2>{isFiltered ? 'No instance matches' : 'No instance in this region'}</h2>
              {isFiltered ? (
                <button
                  type="button"
                  className="button"
                  onClick={() =>
                    navigate({ view: 'instances', regionId: address.regionId, accountId: address.accountId })
                  }
                >
                  Show all
                </button>
              ) : (
                <p>Choose another region above, or another account.</p>
              )}
            </section>
          ) : (
            <InstanceTable known={known} state={state} address={address} />
          )}
        </>
      )}
    </div>
  );
}
