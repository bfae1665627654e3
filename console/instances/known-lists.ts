import type { Client } from '@urql/core';
import { formatAddress, type InstancesAddress } from '../address/address.ts';
import { createNightsReader, type NightsReader } from '../nights/nights-reader.ts';
import { readNights } from '../nights/read-nights.ts';
import { createInstanceList, type InstanceList } from './instance-list.ts';
import { instancePages } from './instance-pages.ts';

/** A list with what is known of its backups, and how far down it was left. */
export interface KnownList {
  list: InstanceList;
  nights: NightsReader;
  scrollTop: number;
  /** The row that had the focus; -1 for none. */
  focusedRow: number;
}

const KEPT_LISTS = 12;
const lists = new WeakMap<Client, Map<string, KnownList>>();

/** The list of an address. Kept for a principal's session, so that the way back from an instance leads to the same rows. */
export function knownList(client: Client, address: InstancesAddress): KnownList {
  const ofClient = lists.get(client) ?? new Map<string, KnownList>();
  lists.set(client, ofClient);
  const key = formatAddress(address);
  const known = ofClient.get(key);
  if (known !== undefined) return known;
  const created: KnownList = {
    list: createInstanceList({ readPage: instancePages(client, filterOf(address)) }),
    nights: createNightsReader({ read: readNights(client) }),
    scrollTop: 0,
    focusedRow: -1,
  };
  ofClient.set(key, created);
  for (const old of ofClient.keys()) if (ofClient.size > KEPT_LISTS) ofClient.delete(old);
  return created;
}

function filterOf({ regionId, accountId, search, status, architectureType }: InstancesAddress) {
  return { regionId, accountId, filter: { search, status, architectureType } };
}
