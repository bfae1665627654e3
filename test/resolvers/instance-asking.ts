import type { ConnectionArguments } from '../../resolvers/connection-arguments.ts';
import type { InstanceFilter, InstancePage } from '../../resolvers/instances/connection.ts';
import { Asker } from './asking.ts';
import { ACCOUNT, ListedUpstream } from './listed-upstream.ts';

export const PLACE = { accountId: ACCOUNT, regionId: 'cn-hangzhou' };
const NOW = Date.parse('2024-06-30T10:20:30Z');

/** An upstream of an account with so many instances in all its regions. */
export function instancesUpstream(instances: number): ListedUpstream {
  return new ListedUpstream(NOW, {}, instances);
}

/** Asks for pages of the instances of one region, each in an operation of its own. */
export function instancesAsker(upstream: ListedUpstream) {
  return (given: ConnectionArguments, filter: InstanceFilter = {}): Promise<InstancePage> =>
    new Asker(upstream).operation().loaders.instances(PLACE, filter, given);
}
