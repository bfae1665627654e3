import { useMemo, useSyncExternalStore } from 'react';
import { type Address, formatAddress, parseAddress } from './address.ts';

const CHANGED = 'console:address';

/** What is looked at now; follows links, the browser's buttons and {@link navigate}. */
export function useAddress(): Address {
  const fragment = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseAddress(fragment), [fragment]);
}

/** Goes to another view. With `replace` the browser's back button skips the one before: for typing, and for defaults. */
export function navigate(address: Address, { replace = false } = {}): void {
  const fragment = formatAddress(address);
  if (fragment === window.location.hash) return;
  if (replace) window.history.replaceState(null, '', fragment);
  else window.history.pushState(null, '', fragment);
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(listener: () => void): () => void {
  const events = ['hashchange', 'popstate', CHANGED];
  for (const event of events) window.addEventListener(event, listener);
  return () => {
    for (const event of events) window.removeEventListener(event, listener);
  };
}
