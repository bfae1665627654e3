import { type ReactNode, useSyncExternalStore } from 'react';
import { formatAddress } from '../address/address.ts';
import { useAddress } from '../address/use-address.ts';
import { onUpstreamCalls, upstreamCalls } from '../client/upstream-calls.ts';
import { useRead } from '../client/use-read.ts';
import { count } from '../formatting/amounts.ts';
import { RegionsDocument } from '../generated/graphql.ts';
import { PlacePicker } from './place-picker.tsx';
import { PrincipalMenu } from './principal-menu.tsx';
import { RegionsContext } from './regions.ts';

/** What stands around every view: where one is, who one is, and what the session has cost. */
export function Shell({ children }: { children: ReactNode }) {
  const address = useAddress();
  const accountId = 'accountId' in address ? address.accountId : undefined;
  const regionId = 'regionId' in address ? address.regionId : undefined;
  const home = regionId === undefined ? '#/' : formatAddress({ view: 'instances', regionId, accountId });
  const regions = useRead(RegionsDocument, { accountId });
  return (
    <RegionsContext value={regions}>
      <button type="button" className="skip-link" onClick={() => document.getElementById('content')?.focus()}>
        Skip to the content
      </button>
      <header className="top-bar">
        <a className="brand" href={home}>
          <svg viewBox="0 0 22 20" width="22" height="20" aria-hidden="true">
            <rect className="brand-ok" y="8" width="4" height="12" rx="1" />
            <rect className="brand-ok" x="6" y="8" width="4" height="12" rx="1" />
            <rect className="brand-failed" x="12" width="4" height="20" rx="1" />
            <rect className="brand-ok" x="18" y="8" width="4" height="12" rx="1" />
          </svg>
          <span>Cluster backups</span>
        </a>
        <PlacePicker regionId={regionId} accountId={accountId} />
        <PrincipalMenu />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <span>All times and days in UTC.</span>
        <UpstreamCallsLine />
      </footer>
    </RegionsContext>
  );
}

function UpstreamCallsLine() {
  const { made, cached } = useSyncExternalStore(onUpstreamCalls, upstreamCalls);
  return (
    <span title="Calls to Alibaba Cloud that this tab has caused, and reads that the gateway answered without one">
      {count(made, 'upstream call')} made, {cached.toLocaleString('en')} spared
    </span>
  );
}
